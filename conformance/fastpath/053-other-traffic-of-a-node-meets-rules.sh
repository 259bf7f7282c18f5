#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In a node only tunnel packets skip rules: other ports, the tunnel ports of the other protocol, tunnel ports as source,
# and ICMP do not.
. ./fastpath.sh

count=4
# One SYN each, answered by a reset: nobody listens.
connect() {
  in_ns red bash -c ": > /dev/tcp/$1/$2" 2> /dev/null
}

match='udp dport { 6080, 6082, 7471, 9000 }'
match_tcp='tcp dport { 4789, 6081, 7470 } tcp flags & (syn | ack) == syn'
pair
load
set_mode node red blue
for family in ipv4 ipv6; do
  reset red blue
  guard red "$match" accept
  guard blue "$match"
  for port in 6080 6082 7471; do datagrams red "${BLUE[$family]}" "$port" "$count"; done
  datagrams red "${BLUE[$family]}" 9000 "$count" sourceport=6081
  check "UDP to other ports over $family met every rule" hits red local_out=16 post_routing=16
  check "and those of the receiver" hits blue pre_routing=16 local_in=16
  check "nothing was bypassed" says red {local_out,post_routing}."$family".bypassed=0 local_out."$family".other=16
  check "nor at the receiver" says blue {pre_routing,local_in}."$family".bypassed=0 local_in."$family".other=16

  guard_both "$match_tcp" accept
  for port in 4789 6081 7470; do connect "${BLUE[$family]}" "$port"; done
  check "TCP to other ports over $family met every rule" hits red local_out=3 post_routing=3
  check "and those of the receiver" hits blue pre_routing=3 local_in=3
  check "nothing was bypassed" says red local_out."$family".bypassed=0

  # What was counted above in the same namespaces would have been bypassed on a tunnel port.
  datagrams red "${BLUE[$family]}" 6081 "$count"
  datagrams red "${BLUE[$family]}" 4789 "$count"
  check "control: datagrams to the tunnel ports were bypassed" says red {local_out,post_routing}."$family".bypassed=8
  check "control: by the receiver too" says blue {pre_routing,local_in}."$family".bypassed=8
done

guard red 'meta l4proto { icmp, ipv6-icmp }' drop
patience=0.1 check_fails "rules apply to ping" pings red "${BLUE[ipv4]}" 5
check "which met every one" hits red local_out=5 post_routing=5 pre_routing=5 local_in=5
