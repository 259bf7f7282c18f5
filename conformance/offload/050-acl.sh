#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ACLs of OVN that track connections: what they allow goes through and what they drop does not, by card or software; a
# connection is offloaded where the kernel lets the switch and the card share what they know of a packet.
. ./offload.sh

cards
node east 0 172.16.0.1/24
ovn east=172.16.0.1
logical_switch net red=10.0.0.1 blue=10.0.0.2
pod red east 0 10.0.0.1/24
pod blue east 1 10.0.0.2/24
know red 10.0.0.2
know blue 10.0.0.1
offload east
check "OVN is done with it" synchronous 1
soon pings red 10.0.0.2 5
check "control: without ACLs the card carries every packet" \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 -- pings red 10.0.0.2 20

# From red, connections to port 7000 and their answers; nothing else that is IP.
check "ACLs" nbctl acl-add net from-lport 1000 'inport == "red" && tcp.dst == 7000' allow-related -- \
  acl-add net from-lport 900 'inport == "red" && ip4' drop -- \
  acl-add net to-lport 1000 'outport == "blue" && tcp.dst == 7000' allow-related -- \
  acl-add net to-lport 900 'outport == "blue" && ip4' drop
check "OVN is done with them" synchronous 1
switch "$run/east" vlog/set netdev_offload_tc:file:dbg
head -c 2000000 /dev/urandom > "$run/bytes"
check "what is allowed arrives, and its answers" transfer tcp red blue 10.0.0.2 7000 "$run/bytes"
patience=1
check_fails "what is not allowed does not" pings red 10.0.0.2 2
check_fails "nor does TCP to another port" reached red 10.0.0.2 7001
patience=10

# Open vSwitch hands a packet from a rule to the next one by its recirculation number, of which the card's rules can have
# none unless the kernel was built with CONFIG_NET_TC_SKB_EXT.
if grep -q 'recirc_id sharing not supported' "$run/east/switch.log"; then
  check_fails "known lack of this kernel (CONFIG_NET_TC_SKB_EXT): flows with ct and recirc are not offloaded" \
    is_offloaded east red_h "*ct(*recirc(*"
  check "they are the kernel's" is_software east red_h "*ct(*recirc(*"
else
  check "red to the connection tracker is offloaded" soon is_offloaded east red_h "*ct(*recirc(*"
  check "from the connection tracker to blue is offloaded" soon is_offloaded east red_h "*blue_h" "ct_state(0x22/*recirc_id("
  check "the card carries what is established, the software begins it" \
    counts "card0.hw_packets>=1000" "card0.slow_packets<=100" -- transfer tcp red blue 10.0.0.2 7000 "$run/bytes"
fi
report_flows east acl

nbctl acl-del net
check "OVN is done without them" synchronous 1
soon pings red 10.0.0.2 5
check "without ACLs the card carries every packet again" soon \
  counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 -- pings red 10.0.0.2 20
