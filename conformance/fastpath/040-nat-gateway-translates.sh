#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A namespace with NAT rules of its own translates from the very first packet, whether the rules or the module came
# first: destination (to an address of its own) and source, IPv4 and IPv6. The endpoints beside it bypass.
. ./fastpath.sh

nat_rules() {
  in_ns gate nft -f - << 'RULES'
table ip nat {
  chain pre_routing {
    type nat hook prerouting priority -100
    ip daddr 10.1.0.1 meta l4proto { tcp, udp } th dport 80 dnat to 10.2.0.2:8080
  }
  chain post_routing {
    type nat hook postrouting priority 100
    oifname "gate2" masquerade
  }
}
table ip6 nat {
  chain pre_routing {
    type nat hook prerouting priority -100
    ip6 daddr fd01::1 meta l4proto { tcp, udp } th dport 80 dnat to [fd02::2]:8080
  }
  chain post_routing {
    type nat hook postrouting priority 100
    oifname "gate2" masquerade
  }
}
RULES
}

# asked PEER PROTOCOL NAMESPACE ADDRESS PORT: whether the server is reached and sees that peer.
asked() {
  local peer
  peer=$(ask "${@:2}")
  echo "server sees ${peer:-(nobody)}"
  [[ $peer == "$1" ]]
}

servers() {
  answer_with_peer udp blue 8080 && answer_with_peer tcp blue 8080
}

translates() {
  check "$1: the first datagram to the gateway's address reaches the server" asked 10.2.0.1 udp red 10.1.0.1 80
  check "$1: the first datagram over ipv6 too" asked fd02::1 udp red fd01::1 80
  [[ $1 != control* ]] || return
  check "$1: TCP too" asked 10.2.0.1 tcp red 10.1.0.1 80
  check "$1: TCP over ipv6 too" asked fd02::1 tcp red fd01::1 80
  check "$1: a datagram to the server's own address comes from the gateway" asked 10.2.0.1 udp red 10.2.0.2 8080
  check "$1: and over ipv6" asked fd02::1 udp red fd02::2 8080
}

row
nat_rules
servers || bail "the servers do not listen"
translates "control, no module"
load
check "the gateway is recognised by its rules" says gate role=pod bypass=no reason=nat
translates "rules first"
check "the gateway bypassed nothing" says gate {local_out,post_routing,pre_routing,local_in}.ipv{4,6}.bypassed=0
check "because of its rules" says gate pre_routing.ipv{4,6}.nat=+
check "the client bypassed" says red bypass=yes reason=endpoint {local_out,post_routing,pre_routing,local_in}.ipv{4,6}.bypassed=+
check "the server bypassed" says blue bypass=yes reason=endpoint {local_out,post_routing,pre_routing,local_in}.ipv{4,6}.bypassed=+

remove red gate blue
stop_background
row
# Its packets have been judged before there are rules, so that a judgement that is kept too long shows.
check "before it has rules the gateway answers" in_ns red ping -q -c 1 -W 2 10.1.0.1
check "as an endpoint" says gate bypass=yes reason=endpoint pre_routing.ipv4.bypassed=+ local_out.ipv4.bypassed=+
nat_rules
reset gate
servers || bail "the servers do not listen"
translates "module first"
check "again the gateway bypassed nothing" says gate {local_out,post_routing,pre_routing,local_in}.ipv{4,6}.bypassed=0

set_mode pod gate
check "control: a gateway forced to be a pod" says gate mode=pod role=pod bypass=yes reason=forced
patience=0.5 check_fails "control: does not translate to the server" asked 10.2.0.1 udp red 10.1.0.1 80
patience=0.5 check_fails "control: nor back over ipv6" asked fd02::1 udp red fd02::2 8080
set_mode auto gate
check "set back to auto it translates again" asked 10.2.0.1 udp red 10.1.0.1 80
in_ns gate nft flush ruleset
check "without its rules it is no NAT gateway any more" says gate reason=router
