#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Connections that end badly: reset by either side, with data unread or none, and processes that are killed. What has
# arrived is right, who is left learns of it, and the next connection works.
. ./bypass.sh

# What kernels that lose it say.
lost="is lost when a connection is reset, or closed after its reader|not all of"

cases() {
  local blue=(at blue listen "${ANY[ipv4]}:7000") red=(at red dial "${BLUE[ipv4]}:7000") name=''
  [[ $1 == bypass ]] || name='control, stock: '
  known=$lost carries "$1" "the client resets with data unread" \
    "${blue[@]}" meet gone 50000 -- "${red[@]}" send 50000 arrived reset meet
  known=$lost carries "$1" "the server resets with data unread" \
    "${blue[@]}" meet send 50000 arrived reset meet -- "${red[@]}" meet meet gone 50000
  carries "$1" "a reset wakes one who polls" \
    "${blue[@]}" recv 1000 meet gone 0 -- "${red[@]}" send 1000 meet pause 100 reset
  # What the bypass does not take any more goes through the stack.
  check "${name}a reset wakes a sender that is blocked" traffic \
    at blue path any listen "${ANY[ipv4]}:7000" recv 1000 meet pause 300 reset -- "${red[@]}" send 1000 meet flooded
  carries "$1" "the client is killed" \
    "${blue[@]}" recv 5000 meet over 0 -- "${red[@]}" send 5000 meet die
  known=$lost carries "$1" "the server is killed with data unread" \
    "${blue[@]}" send 5000 meet die -- "${red[@]}" send 5000 meet over 5000
  carries "$1" "both are killed" \
    "${blue[@]}" send 5000 meet die -- "${red[@]}" send 5000 meet die
  carries "$1" "the next connection works" \
    "${blue[@]}" recv 5000 send 5000 eof -- "${red[@]}" send 5000 recv 5000
}

reset_wakes() {
  traffic -p "$1" at blue listen "${ANY[ipv4]}:7000" recv 1000 meet readgone 0 -- \
    at red dial "${BLUE[ipv4]}:7000" send 1000 meet pause 100 reset
}

pods bridge
check "control, stock: a reset wakes a read" reset_wakes stock
on_both cases
bypass_load --bypass 7000
known_bug "a read that waits for data returns EAGAIN when the connection is reset" "Resource temporarily unavailable" \
  reset_wakes bypass
