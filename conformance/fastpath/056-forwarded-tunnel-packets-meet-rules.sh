#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A node that only forwards the tunnel packets of others applies its rules to every one of them.
. ./fastpath.sh

row
route_over blue 10.2.0.1 fd02::1
in_ns gate nft -f - << 'RULES'
table inet guard {
  chain pre_routing {
    type filter hook prerouting priority -300
    udp dport { 6081, 4789 } counter
  }
  chain forward {
    type filter hook forward priority 0
    udp dport { 6081, 4789 } counter
  }
  chain post_routing {
    type filter hook postrouting priority 0
    udp dport { 6081, 4789 } counter
  }
  chain local_in {
    type filter hook input priority 0
    udp dport { 6081, 4789 } counter
  }
}
RULES

send() {
  local address
  for address in 10.2.0.2 fd02::2; do
    datagrams red "$address" 6081 4
    datagrams red "$address" 4789 3
  done
}

send
check "control: without the module each packet meets the rules" hits gate pre_routing=14 forward=14 post_routing=14
load
set_mode node gate
send
check "and with it" hits gate pre_routing=28 forward=28 post_routing=28
check "it is counted as transit" says gate {pre_routing,post_routing}.ipv{4,6}.transit=7 \
  {pre_routing,post_routing}.ipv{4,6}.bypassed=0
datagrams red 10.1.0.1 6081 5
datagrams red fd01::1 4789 5
check "control: packets to the node itself skip them" hits gate pre_routing=28 local_in=0
check "control: and are counted" says gate {pre_routing,local_in}.ipv{4,6}.bypassed=5
