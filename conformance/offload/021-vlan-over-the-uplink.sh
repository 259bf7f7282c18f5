#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Pods of two nodes in a VLAN, the uplinks being ports of the bridges: the cards push the tag and pop it.
. ./offload.sh

cards
node east 0
node west 1
vsctl east set bridge br-int fail-mode=standalone -- add-port br-int sn0
vsctl west set bridge br-int fail-mode=standalone -- add-port br-int sn1
pod red east 0 10.0.0.1/24
pod blue west 0 10.0.0.2/24
pod green west 1 10.0.0.3/24
vsctl east set port red_h tag=10
vsctl west set port blue_h tag=10 -- set port green_h tag=20

check "pods of a VLAN reach each other" pings red 10.0.0.2 5
know red 10.0.0.2
know blue 10.0.0.1
check "control: without hw-offload the cards carry nothing" \
  counts card0.hw_packets=0 card1.hw_packets=0 card0.slow_packets=40 card1.slow_packets=40 -- pings red 10.0.0.2 20

offload east west tc-policy=skip_sw
pings red 10.0.0.2 5
check "the tag is pushed by the card" soon is_offloaded east red_h "*push_vlan(vid=10,pcp=0),sn0"
check "and popped by the other one" soon is_offloaded west sn1 "*pop_vlan,blue_h" "vlan(vid=10"
check "back it is pushed" soon is_offloaded west blue_h "*push_vlan(vid=10,pcp=0),sn1"
check "and popped" soon is_offloaded east sn0 "*pop_vlan,red_h" "vlan(vid=10"
check "the cards carry every packet, the software none" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 red_h=0 sn0=0 \
  card1.hw_packets=40 card1.slow_packets=0 west.missed=0 blue_h=0 sn1=0 -- pings red 10.0.0.2 20
head -c 2000000 /dev/urandom > "$run/bytes"
check "TCP too, and every byte arrives" \
  counts "card1.hw_packets>=50" card0.slow_packets=0 card1.slow_packets=0 -- transfer tcp red blue 10.0.0.2 7000 "$run/bytes"
report_flows east vlan-east
report_flows west vlan-west
know red 10.0.0.3
know green 10.0.0.1
patience=1
check_fails "control: another VLAN is not reached" pings red 10.0.0.3 1
