#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two tenants have the same addresses, and connections with the same ports at the same time. Each gets its own bytes
# only: the streams tell whose they are.
. ./bypass.sh

pods bridge
pods bridge other-

# The second one comes when the first one is there. The reply waits until both servers have read, so that all four sockets
# are in use at once.
tenants() {
  local way=$1 other=$2 from=$3 to=$4 port=$5
  shift 5
  traffic "$@" \
    at red key A sniff red0 -- at other-red key B sniff red0 -- \
    at blue key A path "$way" listen "${ANY[ipv6]}:7000" open meet meet recv 50000 meet send 40000 shut eof -- \
    at other-blue key B path "$other" listen "${ANY[ipv6]}:7000" meet open meet recv 50000 meet send 40000 shut eof -- \
    at red key A path "$way" from "$from:$port" dial "$to:7000" open meet meet send 50000 meet recv 40000 eof shut -- \
    at other-red key B path "$other" from "$from:$port" dial "$to:7000" meet open meet send 50000 meet recv 40000 eof shut
}

cases() {
  local name=''
  [[ $1 == bypass ]] || name='control, stock: '
  check "${name}two tenants over IPv4" tenants "$1" "$other_way" 10.0.0.1 10.0.0.2 4001
  check "${name}two tenants over IPv6" tenants "$1" "$other_way" '[fd00::1]' '[fd00::2]' 4002
}

other_way=stock cases stock
bypass_load
# Where programs cannot tell the namespaces of two sockets, the second one's addresses are ambiguous.
other_way=$(bypass_status 'if .variant == "bypass-4.18" then "stock" else "bypass" end')
cases bypass
if [[ $other_way == stock ]]; then
  check "the second one was refused as ambiguous" test "$(bypass_status '.counters | .kept_ambiguous + .kept_unknown')" -gt 0
fi
check "control: bytes of another tenant do show" \
  expect_text "not the beginning of a stream of key B" traffic at blue key A listen 0.0.0.0:7000 send 100 -- \
  at red key B dial 10.0.0.2:7000 recv 100
check "it unloads" bypass_unload
