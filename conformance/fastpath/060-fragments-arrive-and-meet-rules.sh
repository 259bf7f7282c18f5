#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Datagrams of 20 kB between pods arrive intact, with conntrack and without. Fragments are never bypassed, so whoever
# puts them together gets all of them; whole packets still are.
. ./fastpath.sh

# 6 datagrams make 77 fragments at an MTU of 1500: five of 20000 bytes and one of 8894.
datagrams=6 fragments=77
pair
cut_here
for family in ipv4 ipv6; do
  guard blue "${is_fragment[$family]}" accept
  check "control: without the module they arrive over $family" \
    transfer udp red blue "${BLUE[$family]}" 7000 "$payload" 20000
  check "control: as fragments" hits blue pre_routing="$fragments"
done
load

# fragmented LABEL FAMILY: sends the datagrams.
fragmented() {
  guard blue "${is_fragment[$2]}" accept
  reset red blue
  check "$1: datagrams of 20 kB over $2 arrive" transfer udp red blue "${BLUE[$2]}" 7000 "$payload" 20000
  check "$1: the rules saw every fragment" hits blue pre_routing="$fragments"
  check "$1: no fragment was bypassed" \
    says blue pre_routing."$2".seen="$fragments" pre_routing."$2".fragment="$fragments" pre_routing."$2".bypassed=0
  check "$1: the sender bypassed the whole datagrams" \
    says red {local_out,post_routing}."$2".{seen,bypassed}="$datagrams" {local_out,post_routing}."$2".fragment=0
}

fragmented "no conntrack" ipv4
check "no conntrack: whole again they are bypassed" says blue local_in.ipv4.{seen,bypassed}="$datagrams"
fragmented "no conntrack" ipv6

track red blue
for family in ipv4 ipv6; do
  fragmented conntrack "$family"
  check "conntrack: whole again they are bypassed" says blue local_in."$family".{seen,bypassed}="$datagrams"
  check "conntrack: 20 kB echo requests over $family are answered" pings red "${BLUE[$family]}" 5 20000
done
guard blue 'udp dport 7000' accept
check "control: datagrams that need no fragments arrive" transfer udp red blue "${BLUE[ipv4]}" 7000 "$payload" 1000
check "control: and skip the rules" no_hits blue
