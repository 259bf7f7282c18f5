#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A pod whose rules mark packets for policy routing (a VPN, a transparent proxy) keeps those rules, and gets its bypass
# back when the rules go.
. ./fastpath.sh

# Five datagrams, which a mark sends nowhere; the other end counts what arrives.
arrive() {
  guard blue 'udp dport 7000' accept
  datagrams red "${BLUE[$1]}" 7000 5 2> /dev/null
  hits blue pre_routing="$2" local_in="$2"
}

pair
both_families red marks << 'RULES'
  chain local_out {
    type route hook output priority mangle
    udp dport 7000 meta mark set 7
  }
RULES
for family in -4 -6; do
  printf '%s\n' "route add blackhole default table 100" "rule add fwmark 7 lookup 100" | ip -n red "$family" -batch -
done
check "control: without the module marked packets go nowhere" arrive ipv4 0
check "control: nor over ipv6" arrive ipv6 0
load
set_mode off blue
check "the pod is recognised" says red role=pod bypass=no reason=mangle
check "marked packets go nowhere" arrive ipv4 0
check "nor over ipv6" arrive ipv6 0
set_mode pod red
check "control: forced to be a pod, it does not mark them" arrive ipv4 5
check "control: nor over ipv6" arrive ipv6 5
set_mode auto red
in_ns red nft flush ruleset
check "without the rules it is an endpoint" says red bypass=yes reason=endpoint
check "control: and what it sends arrives" arrive ipv4 5
