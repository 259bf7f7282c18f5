#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Loading, unloading, and the coming and going of namespaces leave no memory behind.
. ./fastpath.sh

rounds=20
declare -A before after

# Objects in use in each cache of the general allocator, KiB of per-CPU memory, mappings of the vmalloc space. Caches
# give back what they merely keep when they are told to shrink.
# shellcheck disable=SC2034 # into is another name of before and after
measure() {
  local -n into=$1
  local cache count key
  for cache in /sys/kernel/slab/kmalloc*; do
    echo 1 > "$cache/shrink"
    read -r count _ < "$cache/objects"
    into[${cache##*/}]=$count
  done
  while read -r key count _; do
    [[ $key != Percpu: ]] || into["percpu KiB"]=$count
  done < /proc/meminfo
  mapfile -t lines < /proc/vmallocinfo
  into["vmalloc"]=${#lines[@]}
}

# Less than one object for each round is noise of the kernel's own; what is freed later gets its time.
settled() {
  local key grown=''
  measure after
  for key in "${!after[@]}"; do
    ((after[$key] - ${before[$key]:-0} < rounds)) || grown+=" $key: ${before[$key]:-0} then ${after[$key]}"
  done
  [[ -z $grown ]] || leaked=$grown
  [[ -z $grown ]]
}

# leaks_nothing COMMAND: a leak grows with every batch of rounds; what the kernel keeps once it has needed it does not.
leaks_nothing() {
  local batch leaked=''
  for batch in 1 2 3; do
    measure before
    "$1" "$rounds" || return 1
    wait_until 10 settled && return
    echo "batch $batch, grown over $rounds rounds:$leaked"
  done
  return 1
}

reload() {
  local round
  for ((round = 0; round < $1; round++)); do
    insmod "$OVNFAST_MODULE" && rmmod "$OVNFAST_MODULE_NAME" || return 1
  done
}

namespaces() {
  local round
  for ((round = 0; round < $1; round++)); do
    unshare --net true || return 1
  done
}

[[ -w /sys/kernel/slab/kmalloc-64/shrink ]] || bail "the kernel does not tell what its caches hold"
pair
load
pings red "${BLUE[ipv4]}" 5 > /dev/null
unload_module
check "loads and unloads $rounds times and leaves nothing in memory" leaks_nothing reload

load
check "$rounds namespaces come and go and leave nothing in memory" leaks_nothing namespaces
unload_module

# The measure is good for something: what is held shows.
measure before
for ((round = 0; round < rounds; round++)); do netns "held$round"; done
rounds=$((rounds * 2 / 3)) check_fails "control: namespaces that stay do show" settled
