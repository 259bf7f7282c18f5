#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two pods of one node, on a bridge of Open vSwitch that learns.
. ./offload.sh

cards
node east 0
vsctl east set bridge br-int fail-mode=standalone
pod red east 0 10.0.0.1/24
pod blue east 1 10.0.0.2/24

check "pods reach each other, the neighbours unknown" pings red 10.0.0.2 5
know red 10.0.0.2
know blue 10.0.0.1
offload_red_and_blue
report_flows east two-pods-on-a-bridge

# Flows live as long as the card says that they are used: the switch sees nothing of the packets.
vsctl east set open_vswitch . other_config:max-idle=3000
trickle() {
  local -i left
  for ((left = 8; left > 0; left--)); do
    pings red 10.0.0.2 2 && sleep 0.5 || return 1
  done
}
pings red 10.0.0.2 5
check "flows that the card uses stay" counts card0.hw_packets=32 card0.slow_packets=0 east.missed=0 -- trickle
check "flows that nobody uses go" soon no_flows east red_h
check "from the card, too" soon holds 0 0
check "they come back" counts "card0.slow_packets>=1" "east.missed>=1" "card0.hw_packets>=30" -- pings red 10.0.0.2 20
check "and are offloaded again" soon is_offloaded east red_h blue_h

# No software to hide behind: what the card does not do is not done by tc.
check "the switch comes back with tc-policy=skip_sw" restart east tc-policy=skip_sw max-idle=10000
pings red 10.0.0.2 5
check "red to blue is offloaded, tc-policy=skip_sw" soon is_offloaded east red_h blue_h
check "blue to red is offloaded, tc-policy=skip_sw" soon is_offloaded east blue_h red_h
check "the card alone carries every packet" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 red_h=0 blue_h=0 -- pings red 10.0.0.2 20
