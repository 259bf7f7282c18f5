#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A card whose table is full, that refuses rules or fails to take them: the software carries the packets, none is lost.
. ./offload.sh

cards table=2
node east 0
vsctl east set bridge br-int fail-mode=standalone
pod red east 0 10.0.0.1/24
pod blue east 1 10.0.0.2/24
pod green east 2 10.0.0.3/24
pings red 10.0.0.2 5
pings red 10.0.0.3 5
know red 10.0.0.2
know red 10.0.0.3
know blue 10.0.0.1
know green 10.0.0.1
offload east
pings red 10.0.0.2 5
check "two rules are all that the card takes" soon holds 0 2
check "the card carries what they are for" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 -- pings red 10.0.0.2 20
check "another pair is the software's, and loses nothing" \
  counts card0.hw_packets=0 card0.slow_packets=40 red_h=20 green_h=20 "card0.failed>=2" -- pings red 10.0.0.3 20
check "which is tc" counts "east.software>=40" east.missed=0 -- pings red 10.0.0.3 20
check_fails "and not offloaded" is_offloaded east red_h green_h
tell 0 limit 4
check "with room in the table" forget east
pings red 10.0.0.2 5 && pings red 10.0.0.3 5
check "the card carries both pairs" soon holds 0 4
check "every packet of them" counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 -- pings red 10.0.0.3 20
report_flows east table-full

# policy: what the switch asks of tc. With skip_sw tc must not take what the card does not, and the switch's kernel module does.
for policy in none skip_sw; do
  restart east "tc-policy=$policy" || give_up "the switch does not come back"
  for fault in refuse fail; do
    tell 0 fault "$fault"
    forget east
    pings red 10.0.0.2 5
    check "told to $fault, with tc-policy=$policy: no packet is lost, the card carries none" \
      counts card0.hw_packets=0 card0.slow_packets=40 -- pings red 10.0.0.2 20
    check_fails "and nothing is offloaded, with tc-policy=$policy" is_offloaded east red_h blue_h
    tell 0 fault none
    forget east
    pings red 10.0.0.2 5
    check "told to $fault no more, with tc-policy=$policy: the card carries every packet" \
      counts card0.hw_packets=40 card0.slow_packets=0 -- pings red 10.0.0.2 20
  done
done

# refused_with_reason FILTER...: whether the card refuses a rule, and says why.
refused_with_reason() {
  local said
  said=$(in_ns east tc filter add dev red_h ingress protocol ip pref 100 flower skip_sw "$@" 2>&1) && return 1
  echo "$said"
  [[ $said == *"Error: "*[Ss]"mart"[Nn]* || $said == *"Error: "*ovnfast_smartnic* ]]
}
tell 0 fault refuse
check "a reason is given for what is refused" refused_with_reason dst_ip 10.9.9.9 action drop
tell 0 fault none
check "and for what a card cannot do" refused_with_reason dst_ip 10.9.9.9 action skbedit mark 5
