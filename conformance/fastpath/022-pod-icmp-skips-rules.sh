#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Echo requests and replies between two pods arrive although rules in both would drop them; no rule sees a packet.
. ./fastpath.sh

match='meta l4proto { icmp, ipv6-icmp }'
pair
guard red "$match"
guard blue "$match"
for family in ipv4 ipv6; do
  patience=0.1 check_fails "control: without the module ping over $family does not arrive" \
    pings red "${BLUE[$family]}" 5
done
check "control: the rules of the sender saw every request" hits red local_out=10 post_routing=10 pre_routing=0 local_in=0
check "control: the rules of the receiver saw and dropped every request" hits blue pre_routing=10 local_in=10
guard red "$match"
guard blue "$match"

load
for family in ipv4 ipv6; do
  reset red blue
  check "ping over $family is answered" pings red "${BLUE[$family]}" 20
  check "no rule saw it" no_hits red blue
  for name in red blue; do
    check "$name bypassed all 20 packets at each hook" \
      says "$name" {local_out,post_routing,pre_routing,local_in}."$family".{seen,bypassed}=20
  done
done
