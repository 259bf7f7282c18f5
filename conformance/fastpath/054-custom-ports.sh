#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The tunnel ports are what the parameters say, and then the usual ones are ports like any other.
. ./fastpath.sh

# udp_to PORT PORT: three datagrams to each over each family; the rules of both ends count them.
udp_to() {
  local port family
  guard red "udp dport { $1, $2 }" accept
  guard blue "udp dport { $1, $2 }"
  for family in ipv4 ipv6; do
    for port in "$@"; do datagrams red "${BLUE[$family]}" "$port" 3; done
  done
}

# tcp_to PORT: one SYN over each family, which is answered by a reset.
tcp_to() {
  local family syn="tcp dport $1 tcp flags & (syn | ack) == syn"
  guard_both "$syn" accept
  for family in ipv4 ipv6; do
    in_ns red bash -c ": > /dev/tcp/${BLUE[$family]}/$1" 2> /dev/null
  done
}

skipped() {
  hits red local_out=0 post_routing=0 && hits blue pre_routing=0
}

# met PACKETS
met() {
  hits red local_out="$1" post_routing="$1" && hits blue pre_routing="$1" local_in="$1"
}

pair
load geneve_port=16081 vxlan_port=14789 stt_port=17471
set_mode node red blue
udp_to 16081 14789
check "datagrams to the ports given skip the rules" skipped
udp_to 6081 4789
check "datagrams to the usual ports meet them" met 12
tcp_to 17471
check "TCP to the port given skips the rules" skipped
tcp_to 7471
check "TCP to the usual port meets them" met 2

unload_module
load
set_mode node red blue
udp_to 16081 14789
check "control: without the parameters datagrams to those ports meet the rules" met 12
udp_to 6081 4789
check "control: and those to the usual ports skip them" skipped
tcp_to 7471
check "control: TCP to the usual port skips them" skipped
