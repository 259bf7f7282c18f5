#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Pods of two nodes on a logical switch of OVN: the cards encapsulate in Geneve, and take the packets out again.
. ./offload.sh

cards
node east 0 172.16.0.1/24
node west 1 172.16.0.2/24
ovn east=172.16.0.1 west=172.16.0.2
check "a logical switch" logical_switch net red=10.0.0.1 blue=10.0.0.2
pod red east 0 10.0.0.1/24 && pod blue west 0 10.0.0.2/24 || bail "no pods"
check "OVN is done with it" synchronous 2

check "pods reach each other, the neighbours unknown" soon pings red 10.0.0.2 5
know red 10.0.0.2
know blue 10.0.0.1
in_ns east ip neigh replace 172.16.0.2 lladdr "$(in_ns west cat /sys/class/net/sn1/address)" dev sn0 nud permanent
check "control: without hw-offload the cards carry nothing" \
  counts card0.hw_packets=0 card1.hw_packets=0 "card0.slow_packets>=40" "card1.slow_packets>=40" -- pings red 10.0.0.2 20

offload east west
pings red 10.0.0.2 5
check "red to the tunnel is offloaded" soon is_offloaded east red_h "*tunnel(*),genev_sys_6081"
check "the tunnel to red is offloaded" soon is_offloaded east genev_sys_6081 "*red_h" "tunnel(*geneve("
check "blue to the tunnel is offloaded" soon is_offloaded west blue_h "*tunnel(*),genev_sys_6081"
check "the tunnel to blue is offloaded" soon is_offloaded west genev_sys_6081 "*blue_h" "tunnel(*geneve("
check "the cards carry every packet, the software none" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 east.software=0 sn0=0 red_h=0 \
  card1.hw_packets=40 card1.slow_packets=0 west.missed=0 west.software=0 sn1=0 blue_h=0 -- pings red 10.0.0.2 20
evidence "$(dump east two-nodes-east)" "$(dump west two-nodes-west)"
