#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A VF that is unplugged and a link that goes down take nothing with them but what went over them; both come back.
. ./offload.sh

cards
node east 0
node west 1
vsctl east set bridge br-int fail-mode=standalone -- add-port br-int sn0
vsctl west set bridge br-int fail-mode=standalone -- add-port br-int sn1
pod red east 0 10.0.0.1/24
pod blue east 1 10.0.0.2/24
pod green west 0 10.0.0.3/24
pings red 10.0.0.2 2
pings red 10.0.0.3 2
know red 10.0.0.2
know red 10.0.0.3
know blue 10.0.0.1
know green 10.0.0.1
offload east west
pings red 10.0.0.2 5 && pings red 10.0.0.3 5
check "control: the card carries red to blue" \
  counts card0.hw_packets=40 card0.slow_packets=0 -- pings red 10.0.0.2 20
check "control: the cards carry red to green" \
  counts card0.hw_packets=40 card0.slow_packets=0 card1.hw_packets=40 card1.slow_packets=0 -- pings red 10.0.0.3 20

patience=1
tell 0 link 0
check_fails "the link goes: nothing reaches the other node" pings red 10.0.0.3 2
patience=10
check "pods of one node do not notice" counts card0.hw_packets=40 card0.slow_packets=0 -- pings red 10.0.0.2 20
tell 0 link 1
check "the link comes back: the other node is reached" pings red 10.0.0.3 5
check "by the cards" counts card0.hw_packets=40 card0.slow_packets=0 card1.hw_packets=40 -- pings red 10.0.0.3 20

patience=1
tell 0 unplug 1
check_fails "blue's VF is gone" ip -n blue link show eth0
check_fails "blue is not reached" pings red 10.0.0.2 2
patience=10
check "others do not notice" counts card0.hw_packets=40 card0.slow_packets=0 card1.hw_packets=40 -- pings red 10.0.0.3 20
tell 0 unplug "plug 1"
plug_in blue sn0v1 10.0.0.2/24
know blue 10.0.0.1
check "plugged in again, blue is reached" soon pings red 10.0.0.2 5
check "by the card" counts card0.hw_packets=40 card0.slow_packets=0 -- pings red 10.0.0.2 20
