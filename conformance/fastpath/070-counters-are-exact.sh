#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The counters tell exactly how many packets of each family met each hook, and what became of them.
. ./fastpath.sh

all() {
  says "$1" local_out."$2".{seen,bypassed}="$3" post_routing."$2".{seen,bypassed}="$3" \
    pre_routing."$2".{seen,bypassed}="$4" local_in."$2".{seen,bypassed}="$4"
}

none() {
  says "$1" {local_out,post_routing,pre_routing,local_in}.ipv{4,6}.{seen,bypassed,fragment,transit,nat,router,off,other}=0
}

pair
load
check "counters start at nothing" none red
check "those of each namespace" none blue
pings red "${BLUE[ipv4]}" 17 > /dev/null
check "17 echo requests and replies: sender" all red ipv4 17 17
check "17 echo requests and replies: receiver" all blue ipv4 17 17
check "none of IPv6 is counted" says blue {local_out,post_routing,pre_routing,local_in}.ipv6.seen=0
pings red "${BLUE[ipv6]}" 11 > /dev/null
check "11 over IPv6: sender" all red ipv6 11 11
check "11 over IPv6: receiver" all blue ipv6 11 11
sink udp blue 7000 "$_output.sunk"
datagrams red "${BLUE[ipv4]}" 7000 13
datagrams red "${BLUE[ipv6]}" 7000 7
check "13 datagrams more: sender" all red ipv4 30 17
check "13 datagrams more: receiver" all blue ipv4 17 30
check "7 datagrams over IPv6 more: sender" all red ipv6 18 11
check "7 datagrams over IPv6 more: receiver" all blue ipv6 11 18
check "and all were received" test "$(wc -c < "$_output.sunk")" = 20
# Each passes all four hooks of its namespace, once.
pings red 127.0.0.1 5 > /dev/null
check "5 echo requests and replies to itself pass each hook twice 5 times" all red ipv4 40 27

set_mode off red
pings red "${BLUE[ipv4]}" 4 > /dev/null
check "what is not bypassed is counted with its reason" \
  says red {local_out,post_routing,pre_routing,local_in}.ipv4.off=4 local_out.ipv4.seen=44 local_out.ipv4.bypassed=40
check "the other end goes on" says blue {local_out,post_routing}.ipv4.bypassed=21

netns green
check "a new namespace starts at nothing" none green
