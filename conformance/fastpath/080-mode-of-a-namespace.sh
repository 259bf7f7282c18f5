#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each namespace has a mode of its own that can be read and set at any time, and does what it says.
. ./fastpath.sh

mode_is() {
  local mode
  mode=$(in_ns "$1" cat /proc/sys/net/kube_ovn_fastpath/mode)
  echo "$1: mode $mode"
  [[ $mode == "$2" ]]
}

# Ping meets the rules of red everywhere, or nowhere; a tunnel packet (nobody listens to it) likewise.
ping_meets() {
  guard red 'icmp type { echo-request, echo-reply }' accept
  pings red "${BLUE[ipv4]}" 5 && hits red local_out="$1" post_routing="$1" pre_routing="$1" local_in="$1"
}

tunnel_meets() {
  guard red 'udp dport 6081' accept
  datagrams red "${BLUE[ipv4]}" 6081 5
  hits red local_out="$1" post_routing="$1"
}

pair
load
check "a new namespace is in mode auto" mode_is red auto
check "and an endpoint" says red mode=auto role=pod bypass=yes reason=endpoint
check "auto: ping skips the rules" ping_meets 0

set_mode off red
check "mode off is kept" mode_is red off
check "off: says so" says red mode=off role=off bypass=no reason=off
check "off: ping meets the rules" ping_meets 5
check "off: tunnels meet the rules" tunnel_meets 5
check "blue is not concerned" says blue mode=auto role=pod bypass=yes

set_mode node red
check "mode node is kept" mode_is red node
check "node: says so" says red mode=node role=node bypass=yes reason=tunnels
check "node: ping meets the rules" ping_meets 5
check "node: tunnels skip the rules" tunnel_meets 0

set_mode pod red
check "mode pod is kept" mode_is red pod
check "pod: says so" says red mode=pod role=pod bypass=yes reason=forced
check "pod: ping skips the rules" ping_meets 0
check "pod: tunnels skip the rules" tunnel_meets 0

for word in on pods '' 0 POD 'pod off' "$(printf '%300s' x)"; do
  check_fails "mode '${word: -8}' is refused" set_mode "$word" red
done
check "a refused mode changes nothing" mode_is red pod

set_mode auto red
check "mode auto is kept" mode_is red auto
check "auto again: an endpoint again" says red mode=auto role=pod bypass=yes reason=endpoint
check "auto again: ping skips the rules" ping_meets 0

netns host
mode_is host auto > /dev/null || not_ok "precondition" "the first namespace is not in mode auto"
undo 'echo auto > /proc/sys/net/kube_ovn_fastpath/mode'
check "the first namespace is a node" says host mode=auto role=node bypass=yes reason=tunnels
set_mode off host
check "it too can be told off" says host mode=off role=off bypass=no reason=off
check "which concerns no other" says red mode=auto role=pod bypass=yes
netns green
check "nor a new one" says green mode=auto role=pod bypass=yes
