#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A namespace that routes without NAT applies its rules to what it forwards, from the very first packet, and once it has
# forwarded, to its own traffic too. Before that it is an endpoint, whatever `forwarding` says.
. ./fastpath.sh

# Counts datagrams to port 7000 wherever gate may meet them, and drops those to port 7001 on their way through.
rules() {
  in_ns gate nft -f - << 'RULES'
table inet guard {
  chain pre_routing {
    type filter hook prerouting priority -300
    udp dport 7000 counter
  }
  chain forward {
    type filter hook forward priority 0
    udp dport 7001 drop
    udp dport 7000 counter
  }
  chain post_routing {
    type filter hook postrouting priority 0
    udp dport 7000 counter
  }
  chain local_in {
    type filter hook input priority 0
    udp dport 7000 counter
  }
}
RULES
}

declare -A SERVER=([ipv4]=10.2.0.2 [ipv6]=fd02::2)

# meets LABEL: one datagram over each family, and the rules have seen it.
meets() {
  datagrams red 10.2.0.2 7000 1
  check "$1: the first datagram met every rule on its way" hits gate pre_routing=1 forward=1 post_routing=1 local_in=0
  datagrams red fd02::2 7000 1
  check "$1: the first over ipv6 too" hits gate pre_routing=2 forward=2 post_routing=2 local_in=0
}

echo x > "$_output.one"
drops() {
  local family
  for family in ipv4 ipv6; do
    patience=0.2 check_fails "$1: a rule of the router drops what it forwards over $family" \
      transfer udp red blue "${SERVER[$family]}" 7001 "$_output.one"
    check "$1: and lets pass what it does not name over $family" \
      transfer udp red blue "${SERVER[$family]}" 7002 "$_output.one"
  done
}

row
route_over blue 10.2.0.1 fd02::1
rules
meets "control, no module"
remove red gate blue

load
row
route_over blue 10.2.0.1 fd02::1
rules
check "a namespace that could forward but has not is an endpoint" says gate role=pod bypass=yes reason=endpoint
datagrams red 10.1.0.1 7000 3
datagrams red fd01::1 7000 3
check "so its own traffic skips its rules" hits gate pre_routing=0 local_in=0
check "and is counted" says gate {pre_routing,local_in}.ipv{4,6}.bypassed=3
meets "with the module"
check "the first packet it forwards is transit when it comes" says gate pre_routing.ipv4.transit=1
check "now it is a router" says gate role=pod bypass=no reason=router
drops "with the module"
datagrams red 10.1.0.1 7000 3
datagrams red fd01::1 7000 3
check "so its own traffic meets its rules" hits gate pre_routing=8 local_in=6
set_mode pod gate
datagrams red 10.1.0.1 7000 3
check "control: forced to be a pod, its own traffic skips them again" hits gate pre_routing=8 local_in=6
datagrams red 10.2.0.2 7000 1
check "but never what it forwards" hits gate pre_routing=9 forward=3 post_routing=3 local_in=6
set_mode auto gate
reset gate
check "reset makes it forget" says gate bypass=yes reason=endpoint
check "the endpoints beside it bypassed" says red bypass=yes local_out.ipv{4,6}.bypassed=+
