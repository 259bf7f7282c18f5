#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# At load, and only then, the module says in four lines which hooks it has registered, in a fixed order.
. ./fastpath.sh

expected='init_module,kube_ovn_fastpath_local_out
init_module,kube_ovn_fastpath_post_routing
init_module,kube_ovn_fastpath_pre_routing
init_module,kube_ovn_fastpath_local_in'

# What the log got since the last mark is just these lines of ours.
log_is() {
  local log
  log=$(dmesg_since_mark | grep -F -e init_module -e kube_ovn_fastpath | grep -v 'taints kernel\|module verification')
  printf '%s\n' "$log"
  [[ $log == "$1" ]]
}

pair
check "control: nothing is said before the module is loaded" log_is ''

mark
check "loads" load_module
check "exactly the four lines, in order" log_is "$expected"

mark
netns green
check "traffic flows" pings red "${BLUE[ipv4]}" 3
set_mode off red
check "new namespaces, traffic and settings say nothing more" log_is ''

mark
check "unloads" unload_module
check "unloading says nothing" log_is ''

mark
check "loads again" load_module
check "the same four lines again" log_is "$expected"
