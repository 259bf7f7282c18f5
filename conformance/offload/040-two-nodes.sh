#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Pods of two nodes on logical switches of OVN: the cards put the packets into Geneve, and take them out again.
. ./offload.sh

cards
node east 0 172.16.0.1/24
node west 1 172.16.0.2/24
ovn east=172.16.0.1 west=172.16.0.2
logical_switch net red=10.0.0.1 blue=10.0.0.2
logical_switch other green=10.0.1.3
logical_router router net=10.0.0.254/24 other=10.0.1.254/24
# 1500 bytes less the 58 of Geneve as OVN has it: the MTU that fits the underlay.
pod red east 0 10.0.0.1/24 1442
pod blue west 0 10.0.0.2/24 1442
pod green west 1 10.0.1.3/24 1442
check "OVN is done with it" synchronous 2

check "pods reach each other, the neighbours unknown" soon pings red 10.0.0.2 5
know red 10.0.0.2
know blue 10.0.0.1
gateway red 10.0.0.254
gateway green 10.0.1.254
know_uplinks east=172.16.0.1 west=172.16.0.2
check "control: without hw-offload the cards carry nothing" counts card0.hw_packets=0 card1.hw_packets=0 \
  card0.slow_packets=40 card1.slow_packets=40 sn0=20 sn1=20 -- pings red 10.0.0.2 20

offload east west
pings red 10.0.0.2 5
to_tunnel="*tunnel(*geneve(*),genev_sys_6081"
check "red to the tunnel is offloaded" soon is_offloaded east red_h "$to_tunnel"
check "the tunnel to red is offloaded" soon is_offloaded east genev_sys_6081 red_h "tunnel(*geneve("
check "blue to the tunnel is offloaded" soon is_offloaded west blue_h "$to_tunnel"
check "the tunnel to blue is offloaded" soon is_offloaded west genev_sys_6081 blue_h "tunnel(*geneve("
check "the cards carry every packet, the software none" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 east.software=0 sn0=0 red_h=0 \
  card0.encapsulated=20 card0.decapsulated=20 card1.encapsulated=20 card1.decapsulated=20 \
  card1.hw_packets=40 card1.slow_packets=0 west.missed=0 west.software=0 sn1=0 blue_h=0 -- pings red 10.0.0.2 20
head -c 2000000 /dev/urandom > "$run/bytes"
check "TCP too, from its first packet on, and every byte arrives" \
  counts "card0.encapsulated>=50" card0.slow_packets=0 card1.slow_packets=0 card0.too_long=0 -- \
  transfer tcp red blue 10.0.0.2 7000 "$run/bytes"
check "the largest packet fits" \
  counts card0.encapsulated=3 card0.too_long=0 card0.slow_packets=0 -- in_ns red ping -q -c 3 -i 0.01 -W 10 -M "do" -s 1414 10.0.0.2

pings red 10.0.1.3 5
check "red by way of the router to the tunnel is offloaded" soon is_offloaded east red_h "*tunnel(*set(eth(*ttl=63*genev_sys_6081"
check "green by way of the router to the tunnel is offloaded" soon is_offloaded west green_h "*tunnel(*set(eth(*ttl=63*genev_sys_6081"
check "the cards route every packet" counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 red_h=0 \
  card1.hw_packets=40 card1.slow_packets=0 west.missed=0 green_h=0 -- pings red 10.0.1.3 20
check "TCP too, but for its first packets, with checksums that hold" \
  counts "card0.encapsulated>=50" "card0.slow_packets<=10" "card1.slow_packets<=10" -- \
  transfer tcp red green 10.0.1.3 7001 "$run/bytes"
report_flows east two-nodes-east
report_flows west two-nodes-west

# Pods whose MTU leaves no room for Geneve send what the underlay does not take.
ip -n red link set eth0 mtu 1500
ip -n blue link set eth0 mtu 1500
too_large() {
  ! in_ns red ping -q -c 2 -i 0.1 -W 1 -M "do" -s 1472 10.0.0.2
}
check "control: too large for the underlay: the card leaves it to the software, which cannot do it either" \
  counts "card0.slow_packets>=2" card0.encapsulated=0 card0.too_long=0 -- too_large
ip -n east link set sn0 mtu 1558
ip -n west link set sn1 mtu 1558
pings red 10.0.0.2 5
check "an underlay with room: the cards carry it all" \
  counts "card0.encapsulated>=50" card0.slow_packets=0 card1.slow_packets=0 card0.too_long=0 -- \
  transfer tcp red blue 10.0.0.2 7003 "$run/bytes"
