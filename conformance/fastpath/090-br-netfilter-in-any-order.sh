#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# With br_netfilter, which calls the hooks for bridged packets and steals packets at PRE_ROUTING itself, nothing is lost
# and bridged packets meet the node's rules as they do without the module - whichever of the two came first.
. ./fastpath.sh

# A node with a bridge, and two pods on it.
bridge() {
  local name number=1
  netns node red blue
  printf '%s\n' "link add br0 type bridge" "link set br0 up" "address add 10.3.0.254/24 dev br0" |
    ip -n node -batch -
  for name in red blue; do
    ip link add "${name}0" netns "$name" type veth peer name "port$number" netns node
    ip -n node link set "port$number" master br0 up
    raise "$name" "${name}0" "10.3.0.$number/24"
    number=$((number + 1))
  done
  tunnel_end vxlan 4789 red 10.3.0.1 10.3.0.254 1
  tunnel_end vxlan 4789 node 10.3.0.254 10.3.0.1 2
  # Until the neighbours know each other.
  pings red 10.3.0.2 1 && pings red 10.3.0.254 1
}

# seen_by_node: what the node's rules see of 5 echo requests and replies between the pods, and then of 5 to the node.
seen_by_node() {
  local chain address
  {
    echo 'table inet guard'
    echo 'delete table inet guard'
    echo 'table inet guard {'
    for chain in prerouting:-500 forward:0 postrouting:0 input:0 output:0; do
      echo "chain ${chain%:*} {"
      echo "type filter hook ${chain%:*} priority ${chain#*:}"
      echo 'icmp type { echo-request, echo-reply } counter'
      echo '}'
    done
    echo '}'
  } | in_ns node nft -f -
  for address in 10.3.0.2 10.3.0.254; do
    pings red "$address" 5 > /dev/null || return 1
    read_hits node
    echo "prerouting ${HITS[prerouting]} forward ${HITS[forward]} postrouting ${HITS[postrouting]}" \
      "input ${HITS[input]} output ${HITS[output]}"
  done
}

same_as_without() {
  local seen
  seen=$(seen_by_node)
  echo "${seen//$'\n'/, then }"
  [[ $seen == "$without" ]]
}

with_module() {
  check "$1: the node's rules see what they see without the module" same_as_without

  set_mode node red
  guard red 'udp dport 4789'
  guard node 'udp dport 4789'
  check "$1: ping through a tunnel to the node is answered" pings red 10.9.0.2 5
  check "$1: its packets skip the rules of LOCAL_IN and LOCAL_OUT" hits node local_in=0 local_out=0
  check "$1: and all those of the pod" no_hits red
  set_mode auto red

  # What is for the node itself comes by PRE_ROUTING twice: once as bridged, once as its own.
  set_mode pod node
  reset node
  guard node 'icmp type echo-request'
  check "$1: ping to a node that bypasses everything local is answered" pings red 10.3.0.254 5
  check "$1: its LOCAL_IN bypassed it" says node local_in.ipv4.bypassed=5
  check "$1: and its rules did not see it" hits node local_in=0
  check "$1: ping between the pods is still answered" pings red 10.3.0.2 5
  check "$1: bridged packets are transit to it" says node pre_routing.ipv4.transit=15 post_routing.ipv4.transit=10
  set_mode node node
}

traffic_of_pods() {
  guard red 'ip protocol icmp'
  check "ping between the pods is answered" pings red 10.3.0.2 5
  check "ping to the node is answered" pings red 10.3.0.254 5
  check "and skips the rules of the pods" no_hits red
}

modprobe br_netfilter || bail "no br_netfilter"
bridge
without=$(seen_by_node)
check "control: without the module rules see bridged packets, and packets for the node once" test "$without" = \
  $'prerouting 10 forward 10 postrouting 10 input 0 output 0\nprerouting 15 forward 10 postrouting 15 input 5 output 5'
guard node 'udp dport 4789'
patience=0.1 check_fails "control: without the module the rules drop the tunnel" pings red 10.9.0.2 5
load
set_mode node node
traffic_of_pods
with_module "br_netfilter first"

unload_module
remove node red blue
rmmod br_netfilter
load
check "control: br_netfilter is not loaded" test ! -e /sys/module/br_netfilter
bridge
set_mode node node
modprobe br_netfilter
with_module "module first"

rmmod br_netfilter
unload_module
check "after the module is gone bridged ping is answered" pings red 10.3.0.2 5
remove node red blue
