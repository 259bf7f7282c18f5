#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# TCP between two pods arrives although rules in both would drop it, and none of those rules sees a packet.
. ./fastpath.sh

match='meta l4proto tcp'
pair
guard_both "$match"
for family in ipv4 ipv6; do
  patience=0.3 check_fails "control: without the module TCP over $family does not arrive" \
    transfer tcp red blue "${BLUE[$family]}" 7000 "$payload"
  check "control: it met the rules of the sender" hits red local_out=+ post_routing=+
  check "control: it met the rules of the receiver" hits blue pre_routing=+ local_in=+
  guard_both "$match"
done

load
# All TCP packets of a pod pass its one device, so the device tells how many there were.
equals_the_wire() {
  local in out said status
  wait_until 5 _equals_the_wire "$@"
  status=$?
  echo "$1: the device sent $out and received $in; $said"
  return "$status"
}

_equals_the_wire() {
  read_wire "$1" "$2"
  in=$((WIRE[in] - before_in[$1])) out=$((WIRE[out] - before_out[$1]))
  _says "$1" {local_out,post_routing}."$3".{seen,bypassed}="$out" {pre_routing,local_in}."$3".{seen,bypassed}="$in" &&
    ((in > 0 && out > 0))
}

declare -A before_in before_out
for family in ipv4 ipv6; do
  reset red blue
  for name in red blue; do
    read_wire "$name" "${name}0"
    before_in[$name]=${WIRE[in]} before_out[$name]=${WIRE[out]}
  done
  check "TCP over $family arrives" transfer tcp red blue "${BLUE[$family]}" 7000 "$payload"
  check "no rule saw it" no_hits red blue
  check "the sender bypassed every packet at every hook" equals_the_wire red red0 "$family"
  check "the receiver bypassed every packet at every hook" equals_the_wire blue blue0 "$family"
done
