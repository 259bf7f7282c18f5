#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# All kinds of traffic at once, for long: streams in both directions, requests and answers, connections that come and
# go, readers that are slow, pods of two tenants with equal addresses.
. ./bypass.sh

# tenant KEY [PREFIX]: sets ENDS to what one tenant does.
tenant() {
  local blue=(at "${2-}blue" path any) red=(at "${2-}red" path any) any=${ANY[ipv6]}
  # shellcheck disable=SC2054 # the commas are of traffic
  ENDS=(
    "${blue[@]}" key "$1" conns 10 listen "$any:7001" both 600000/1,100,3000,65536 600000 eof --
    "${blue[@]}" key "$1" conns 20 listen "$any:7002" answer 100 3000 --
    "${blue[@]}" key "$1" listen "$any:7003" repeat 150 open both 3000/100 40000/1000 eof close end --
    "${blue[@]}" key "$1" listen "$any:7004" repeat 50 recv 20000/3000 pause 5 end eof --
    "${red[@]}" key "$1" conns 10 dial "${BLUE[ipv4]}:7001" both 600000/65536,7,1000 600000 --
    "${red[@]}" key "$1" conns 20 dial "${BLUE[ipv6]}:7002" repeat 150 send 100 recv 3000 end --
    "${red[@]}" key "$1" dial "${BLUE[mapped]}:7003" repeat 150 open both 40000/64,9000 3000 close end --
    "${red[@]}" key "$1" dial "${BLUE[ipv4]}:7004" send 1000000/65536,1
  )
}

soak() {
  tenant A
  local first=("${ENDS[@]}")
  tenant B other-
  traffic -t 600 "${first[@]}" -- "${ENDS[@]}"
}

pods bridge
pods bridge other-
check "control, stock: all of it arrives" soak
bypass_load --bypass 7000-7010
check "all of it arrives" soak
said=$(bypass_status '.counters | [.joined, .closed, .joined - .closed, .flow_unpaired + .flow_begun + .flow_broken] | join(" ")')
evidence "joined, closed, left, flows that were not redirected: $said"
read -r joined _ left odd <<< "$said"
check "all that were joined have ended" test "$joined" -gt 300 -a "$left" = 0
# On a busy machine a client may send before the server's end is known.
check "hardly a connection was kept half on the stack" test "$((odd * 20))" -le "$joined"
