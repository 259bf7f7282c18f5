#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The first namespace of the machine is a node without any setting: its tunnels skip its rules, other traffic does not.
. ./fastpath.sh

undo nft delete table inet guard
undo ip link delete tun0
netns host red
join host host0 "${BLUE[ipv4]}/24" "${BLUE[ipv6]}/64" red red0 "${RED[ipv4]}/24" "${RED[ipv6]}/64"

# through LABEL: what happens to ping through each kind of tunnel, over one family each.
through() {
  local kind port family
  for kind in "geneve 6081 ipv4" "vxlan 4789 ipv6"; do
    read -r kind port family <<< "$kind"
    tunnel "$kind" "$port" "$family" red host
    guard host "udp dport $port" drop
    if [[ $1 == control* ]]; then
      patience=0.1 check_fails "$1: rules drop $kind over $family" pings red 10.9.0.2 3
      check "$1: they saw it" hits host pre_routing=3 local_in=3
    else
      check "$1: ping through $kind over $family is answered" pings red 10.9.0.2 5
      check "$1: no rule saw it" no_hits host
    fi
  done
}

through "control, no module"
load
set_mode node red
check "the first namespace is a node" says host mode=auto role=node bypass=yes reason=tunnels
through "with the module"
check "its tunnel packets were bypassed at each hook" \
  says host {local_out,post_routing,pre_routing,local_in}.ipv{4,6}.bypassed=5
guard host 'meta l4proto { icmp, ipv6-icmp }' accept
check "ping outside of the tunnels is answered" pings red "${BLUE[ipv4]}" 5
check "and over ipv6" pings red "${BLUE[ipv6]}" 5
check "but meets the rules" hits host local_out=10 post_routing=10 pre_routing=10 local_in=10
