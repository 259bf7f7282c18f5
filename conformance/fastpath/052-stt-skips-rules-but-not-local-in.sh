#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# STT is TCP to port 7471 as far as the kernel is concerned. A node's rules are skipped on the way out and at
# PRE_ROUTING, but never at LOCAL_IN: there Open vSwitch takes STT from the kernel by a hook of its own.
. ./fastpath.sh

match='tcp dport 7471'
pair
for family in ipv4 ipv6; do
  guard_both "$match" accept
  check "control: without the module it arrives over $family" transfer tcp red blue "${BLUE[$family]}" 7471 "$payload"
  check "control: by the rules of the sender" hits red local_out=+ post_routing=+
  check "control: and of the receiver" hits blue pre_routing=+ local_in=+
done
load
set_mode node red blue

# Every packet that PRE_ROUTING bypassed went on to the rules of LOCAL_IN.
all_at_local_in() {
  local said status
  wait_until 5 _all_at_local_in "$1"
  status=$?
  echo "the rules of LOCAL_IN saw ${HITS[local_in]}; $said"
  return "$status"
}

_all_at_local_in() {
  read_hits blue
  _says blue "pre_routing.$1.bypassed=${HITS[local_in]}" "local_in.$1.bypassed=0" && ((HITS[local_in] > 0))
}

for family in ipv4 ipv6; do
  guard_both "$match" accept
  reset red blue
  check "STT over $family arrives" transfer tcp red blue "${BLUE[$family]}" 7471 "$payload"
  check "the rules of the sender saw nothing" hits red local_out=0 post_routing=0
  check "the sender bypassed it" says red {local_out,post_routing}."$family".bypassed=+
  check "the receiver's rules saw nothing at PRE_ROUTING, and every packet at LOCAL_IN" hits blue pre_routing=0 local_in=+
  check "as many as were bypassed at PRE_ROUTING" all_at_local_in "$family"
  guard blue "$match" drop
  patience=0.3 check_fails "a rule at LOCAL_IN can drop STT over $family" \
    transfer tcp red blue "${BLUE[$family]}" 7471 "$payload"
done
