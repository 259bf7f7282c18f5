#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A pod that redirects its own traffic (a sidecar does) keeps its rules: for connections that come in and for those that
# go out, made with nft for both families or with iptables.
. ./fastpath.sh

# asked PEER NAMESPACE ADDRESS PORT
asked() {
  local peer
  peer=$(ask tcp "${@:2}")
  echo "server sees ${peer:-(nobody)}"
  [[ $peer == "$1" ]]
}

redirect_with_nft() {
  # The last chain: before 4.18 answers are translated back only where there is one.
  both_families blue sidecar << 'RULES'
  chain inbound {
    type nat hook prerouting priority -100
    tcp dport 80 redirect to :8080
  }
  chain outbound {
    type nat hook output priority -100
    tcp dport 81 redirect to :8080
  }
  chain back {
    type nat hook postrouting priority 100
  }
RULES
}

redirect_with_iptables() {
  local tables
  for tables in {ip,ip6}tables-"$1"; do
    in_ns blue "$tables-restore" -w << 'RULES' || return 1
*nat
-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
-A OUTPUT -p tcp --dport 81 -j REDIRECT --to-ports 8080
COMMIT
RULES
  done
}

# works LABEL [FAMILY]: over IPv4 and that family (IPv6).
works() {
  local family
  for family in ipv4 ${2-ipv6}; do
    check "$1: a connection to port 80 reaches the sidecar over $family" asked "${RED[$family]}" red "${BLUE[$family]}" 80
    check "$1: a connection out to port 81 reaches the sidecar over $family" asked "${BLUE[$family]}" blue "${RED[$family]}" 81
  done
}

fails() {
  patience=0.5 check_fails "$1: a connection to port 80 fails" asked "${RED[ipv4]}" red "${BLUE[ipv4]}" 80
  patience=0.5 check_fails "$1: a connection out to port 81 fails" asked "${BLUE[ipv6]}" blue "${RED[ipv6]}" 81
}

pair
answer_with_peer tcp blue 8080
fails "control, no rules"
redirect_with_nft
works "control, no module"
load
check "the pod is recognised by its rules" says blue role=pod bypass=no reason=nat
works "nft"
check "the other end bypassed" says red bypass=yes reason=endpoint local_out.ipv{4,6}.bypassed=+
set_mode pod blue
fails "control, forced to be a pod"
set_mode auto blue
in_ns blue nft flush ruleset
check "without its rules it is an endpoint" says blue bypass=yes reason=endpoint
for family in ip ip6; do
  printf 'table %s one { chain outbound { type nat hook output priority -100; }; }\n' "$family" | in_ns blue nft -f -
  check "NAT of $family alone is enough" says blue bypass=no reason=nat
  in_ns blue nft delete table "$family" one
done

for kind in legacy nft; do
  if ! redirect_with_iptables "$kind" > "$_output" 2>&1; then
    evidence "iptables-$kind does not work on this kernel: $(head -n 1 "$_output")"
    continue
  fi
  check "the pod is recognised by its iptables-$kind rules" says blue bypass=no reason=nat
  works "iptables-$kind" ''
  tried=1
  for tables in {ip,ip6}tables-"$kind"; do in_ns blue "$tables" -w -t nat -F; done
done
check "one kind of iptables works on this kernel" test "${tried-}" = 1
