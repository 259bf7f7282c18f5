#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Pods of one node on logical switches of OVN, and a logical router between those.
. ./offload.sh

cards
node east 0 172.16.0.1/24
ovn east=172.16.0.1
logical_switch net red=10.0.0.1 blue=10.0.0.2
logical_switch other green=10.0.1.3
logical_router router net=10.0.0.254/24 other=10.0.1.254/24
pod red east 0 10.0.0.1/24
pod blue east 1 10.0.0.2/24
pod green east 2 10.0.1.3/24
check "OVN is done with it" synchronous 1

check "pods reach each other, the neighbours unknown" soon pings red 10.0.0.2 5
know red 10.0.0.2
know blue 10.0.0.1
gateway red 10.0.0.254
gateway green 10.0.1.254
check "and by way of the router" soon pings red 10.0.1.3 5
offload_red_and_blue

pings red 10.0.1.3 5
check "red by way of the router to green is offloaded" soon is_offloaded east red_h "*set(eth(*ttl=63*green_h"
check "green by way of the router to red is offloaded" soon is_offloaded east green_h "*set(eth(*ttl=63*red_h"
check "the card routes every packet, the software none" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 east.software=0 red_h=0 green_h=0 -- pings red 10.0.1.3 20
check "TCP too, but for its first packets, with checksums that hold" \
  counts "card0.hw_packets>=50" "card0.slow_packets<=10" -- transfer tcp red green 10.0.1.3 7001 "$run/bytes"
report_flows east one-node
