#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Tunnel packets that the way below carries in fragments arrive intact between nodes that track connections: only the
# first fragment has a port, so it must go where the others go.
. ./fastpath.sh

tunnel_mtu=8000
pair
cut_here
track red blue


# What of the tunnel's packets came as fragments met the rules, every one.
met_rules() {
  local said status
  wait_until 5 _met_rules
  status=$?
  echo "the rules of PRE_ROUTING saw ${HITS[pre_routing]}; $said"
  return "$status"
}

_met_rules() {
  read_hits blue
  _says blue pre_routing.ipv4.fragment="${HITS[pre_routing]}" && ((HITS[pre_routing] > 0))
}

# through LABEL KIND PORT: over IPv4, since the kernel's tunnels fragment only there.
through() {
  tunnel "$2" "$3" ipv4
  guard blue "${is_fragment[ipv4]}" accept
  check "$1: 20 kB datagrams through $2 arrive" transfer udp red blue 10.9.0.2 7000 "$payload" 20000
  check "$1: over ipv6 too" transfer udp red blue fd09::2 7000 "$payload" 20000
  check "$1: TCP too" transfer tcp red blue 10.9.0.2 7001 "$payload"
}

through "control, no module" geneve 6081
check "control, no module: they came in fragments" hits blue pre_routing=+
through "control, no module" vxlan 4789
check "control, no module: they came in fragments" hits blue pre_routing=+
load
set_mode node red blue
for kind in "geneve 6081" "vxlan 4789"; do
  reset red blue
  # shellcheck disable=SC2086 # two words
  through "with the module" $kind
  check "no fragment was bypassed" met_rules
  check "what was whole, was" says red {local_out,post_routing}.ipv4.bypassed=+
done

# As tunnel packets of 20 kB would look, also over IPv6: nobody unpacks these.
for name in red blue; do ip -n "$name" link delete tun0; done
for family in ipv4 ipv6; do
  guard blue "${is_fragment[$family]}" accept
  reset red blue
  check "20 kB datagrams to a tunnel port over $family arrive" \
    transfer udp red blue "${BLUE[$family]}" 6081 "$payload" 20000
  check "no fragment of 77 was bypassed" says blue pre_routing."$family".fragment=77 pre_routing."$family".bypassed=0
  check "every one met the rules" hits blue pre_routing=77
  check "the sender bypassed the 6 datagrams whole" \
    says red {local_out,post_routing}."$family".bypassed=6
  check "the receiver bypassed them whole" says blue local_in."$family".bypassed=6
done
