#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What rules of tc do to packets: drop them, copy them, change their addresses and ports with the checksums that cover them,
# put them into VXLAN and take them out.
. ./offload.sh
. ./tc.sh

cards vfs=3
bare_node east 0 172.16.0.1/24
bare_node west 1 172.16.0.2/24
bare_pod red east 0 10.0.0.1/24
bare_pod blue east 1 10.0.0.2/24
bare_pod white east 2 10.0.0.4/24
bare_pod green west 0 10.0.0.3/24
know_uplinks east=172.16.0.1 west=172.16.0.2
for one in red=10.0.0.2 blue=10.0.0.1 red=10.0.0.3 green=10.0.0.1; do
  know "${one%=*}" "${one#*=}"
done
# Nobody has this address, so nobody answers.
know red 10.0.0.9 0a:00:00:00:00:02
head -c 1000000 /dev/urandom > "$run/bytes"

check "a rule that drops" rule east sn0r0 ip skip_sw action drop
check "the card drops, and says so" \
  counts card0.hw_packets=3 card0.dropped=3 card0.slow_packets=0 sn0r0=0 -- datagrams red 10.0.0.2 7000 3

# seen: how many packets white has received.
seen() {
  local name count
  while read -r name _ count _; do
    [[ $name != eth0: ]] || echo "$count"
  done < <(in_ns white cat /proc/net/dev)
}

# copied: whether three packets of red come to white.
copied() {
  local -i before
  before=$(seen)
  datagrams red 10.0.0.9 7000 3
  echo "white received $(($(seen) - before))"
  (($(seen) == before + 3))
}
check "a rule that copies" rule east sn0r0 ip skip_sw action mirred egress mirror dev sn0r2 \
  action mirred egress redirect dev sn0r1
check "the card copies" counts card0.hw_packets=3 card0.slow_packets=0 -- copied

# Red takes 10.0.0.9:80 for what is 10.0.0.2:7000.
check "rules that translate" rule east sn0r0 ip skip_sw ip_proto tcp dst_ip 10.0.0.9 dst_port 80 \
  action pedit ex munge ip dst set 10.0.0.2 munge tcp dport set 7000 pipe csum ip and tcp pipe \
  mirred egress redirect dev sn0r1
check "and back" rule east sn0r1 ip skip_sw ip_proto tcp src_port 7000 \
  action pedit ex munge ip src set 10.0.0.9 munge tcp sport set 80 pipe csum ip and tcp pipe \
  mirred egress redirect dev sn0r0
answer_with_peer tcp blue 7000
for sums in on off; do
  in_ns red ethtool -K eth0 tx "$sums" > /dev/null
  in_ns blue ethtool -K eth0 tx "$sums" > /dev/null
  check "the card translates, checksums of the card $sums" \
    counts "card0.hw_packets>=6" card0.slow_packets=0 -- ask tcp red 10.0.0.9 80
done

for one in east west; do
  ip -n "$one" link add vx type vxlan external dstport 4789
  ip -n "$one" link set vx up
  in_ns "$one" tc qdisc add dev vx clsact
done
ip -n red link set eth0 mtu 1450
ip -n green link set eth0 mtu 1450
# encapsulate NODE DEVICE FROM TO
encapsulate() {
  rule "$1" "$2" ip skip_sw action tunnel_key set id 7 src_ip "$3" dst_ip "$4" dst_port 4789 pipe \
    mirred egress redirect dev vx
}
check "into VXLAN" encapsulate east sn0r0 172.16.0.1 172.16.0.2
check "into VXLAN, the other way" encapsulate west sn1r0 172.16.0.2 172.16.0.1
check "out of VXLAN" rule west vx ip enc_key_id 7 action tunnel_key unset pipe mirred egress redirect dev sn1r0
check "out of VXLAN, the other way" rule east vx ip enc_key_id 7 action tunnel_key unset pipe \
  mirred egress redirect dev sn0r0
check "the cards carry every packet" counts card0.encapsulated=20 card0.decapsulated=20 card1.decapsulated=20 \
  card0.slow_packets=0 card1.slow_packets=0 sn0=0 sn1=0 -- pings red 10.0.0.3 20
check "TCP too, of large segments, and every byte arrives" counts "card0.encapsulated>=50" card0.too_long=0 -- \
  transfer tcp red green 10.0.0.3 7000 "$run/bytes"
