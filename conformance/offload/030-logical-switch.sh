#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two pods of one node on a logical switch of OVN.
. ./offload.sh

cards
node east 0 172.16.0.1/24
ovn east=172.16.0.1
check "a logical switch" logical_switch net red=10.0.0.1 blue=10.0.0.2
pod red east 0 10.0.0.1/24 && pod blue east 1 10.0.0.2/24 || bail "no pods"
check "OVN is done with it" synchronous 1

check "pods reach each other, the neighbours unknown" soon pings red 10.0.0.2 5
know red 10.0.0.2
know blue 10.0.0.1
check "control: without hw-offload the card carries nothing" \
  counts card0.hw_packets=0 "card0.slow_packets>=40" -- pings red 10.0.0.2 20
check_fails "control: and no flow is offloaded" is_offloaded east red_h blue_h

offload east
pings red 10.0.0.2 5
check "red to blue is offloaded" soon is_offloaded east red_h blue_h
check "blue to red is offloaded" soon is_offloaded east blue_h red_h
check "the card carries every packet, the software none" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 east.software=0 red_h=0 blue_h=0 -- pings red 10.0.0.2 20
head -c 4000000 /dev/urandom > "$run/bytes"
check "TCP from the first packet on, and every byte arrives" \
  counts "card0.hw_packets>=300" card0.slow_packets=0 east.missed=0 east.software=0 -- \
  transfer tcp red blue 10.0.0.2 7000 "$run/bytes"
evidence "$(dump east logical-switch)"
