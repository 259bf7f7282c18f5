#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A load balancer of OVN chooses a backend by a hash, which no card computes: the software does, and the traffic of all
# pods of that logical switch is tracked. Without it, which is ENABLE_LB=false, the card carries what it can.
. ./offload.sh

cards
node east 0 172.16.0.1/24
ovn east=172.16.0.1
logical_switch net red=10.0.0.1 blue=10.0.0.2
logical_switch other green=10.0.1.3 white=10.0.1.4
logical_router router net=10.0.0.254/24 other=10.0.1.254/24
pod red east 0 10.0.0.1/24
pod blue east 1 10.0.0.2/24
pod green east 2 10.0.1.3/24
pod white east 3 10.0.1.4/24
know red 10.0.0.2
know blue 10.0.0.1
gateway red 10.0.0.254
gateway green 10.0.1.254
gateway white 10.0.1.254
offload east
check "OVN is done with it" synchronous 1
soon pings red 10.0.0.2 5
check "control: without a load balancer the card carries every packet" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 -- pings red 10.0.0.2 20

check "a load balancer" nbctl lb-add service 10.96.0.1:80 10.0.1.3:7000,10.0.1.4:7000 tcp -- ls-lb-add net service
check "OVN is done with it" synchronous 1
answer_with_peer tcp green 7000
answer_with_peer tcp white 7000
check "the service answers" ask tcp red 10.96.0.1 80
check "to whoever asks again" ask tcp red 10.96.0.1 80
check "the flow that computes a hash is the software's" is_software east red_h "*hash(*"
check_fails "no flow with a hash is offloaded" is_offloaded east red_h "*hash(*"
check_fails "nor one that matches a hash" is_offloaded east red_h "*" "dp_hash(0x*"
report_flows east load-balancer

nbctl ls-lb-del net service
check "OVN is done without it" synchronous 1
patience=2
check_fails "control: nobody answers for the service any more" reached red 10.96.0.1 80
patience=10
soon pings red 10.0.0.2 5
check "red to blue is offloaded" soon is_offloaded east red_h blue_h
check "without a load balancer the card carries every packet again" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 -- pings red 10.0.0.2 20
