#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Loading, unloading, and the coming and going of namespaces leave no memory behind.
. ./fastpath.sh
# shellcheck source=../guest/memory.sh
. "$OVNFAST_LIB/memory.sh"

rounds=20

reload() {
  local round
  for ((round = 0; round < rounds; round++)); do
    insmod "$OVNFAST_MODULE" && rmmod "$OVNFAST_MODULE_NAME" || return 1
  done
}

namespaces() {
  local round
  for ((round = 0; round < rounds; round++)); do
    unshare --net true || return 1
  done
}

pair
load
pings red "${BLUE[ipv4]}" 5 > /dev/null
unload_module
check "loads and unloads $rounds times and leaves nothing in memory" leaks_nothing "$rounds" reload

load
check "$rounds namespaces come and go and leave nothing in memory" leaks_nothing "$rounds" namespaces
unload_module

# The measure is good for something: what is held shows.
mark_memory
for ((round = 0; round < rounds; round++)); do netns "held$round"; done
check "control: namespaces that stay do show" has_grown $((rounds * 2 / 3))
