#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# UDP between two pods arrives although rules in both would drop it, and none of those rules sees a packet.
. ./fastpath.sh

match='udp dport 7000'
pair
guard red "$match"
guard blue "$match"
for family in ipv4 ipv6; do
  datagrams red "${BLUE[$family]}" 7000 9
done
check "control: without the module the rules of the sender saw every datagram" hits red local_out=18 post_routing=18
check "control: the rules of the receiver saw and dropped every datagram" hits blue pre_routing=18 local_in=18
guard red "$match"
guard blue "$match"

load
for family in ipv4 ipv6; do
  reset red blue
  check "UDP over $family arrives" transfer udp red blue "${BLUE[$family]}" 7000 "$payload" 1000
  check "no rule saw it" no_hits red blue
  check "the sender bypassed all 109 datagrams" \
    says red {local_out,post_routing}."$family".{seen,bypassed}=109
  check "the receiver bypassed all 109 datagrams" \
    says blue {pre_routing,local_in}."$family".{seen,bypassed}=109
done
