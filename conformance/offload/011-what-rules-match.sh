#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What rules of tc match, to the bit: the card carries what a rule says, and nothing that is next to it. And what tc tells of
# a rule is what the card counted. Open vSwitch matches no ports on a bridge that learns, and a card that looks at
# addresses only would do for it.
. ./offload.sh
. ./tc.sh

cards vfs=2
bare_node east 0 172.16.0.1/24
bare_node west 1 172.16.0.2/24
bare_pod red east 0 10.0.0.1/24
bare_pod blue east 1 10.0.0.2/24
bare_pod green west 0 10.0.0.3/24
know_uplinks east=172.16.0.1 west=172.16.0.2

# Nobody has these addresses, so nobody answers.
for one in 10.0.0.8 10.0.0.9 10.0.0.10 fd00::8 fd00::9 fd00::a; do
  know red "$one" 0a:00:00:00:00:02
done
ip -n red address add fd00::1/64 dev eth0 nodad
# It tells of its multicast groups twice, within seconds, and then no more.
sleep 5

# carried WHAT COMMAND...: whether each of three packets is carried by the card.
carried() {
  check "$1: the card carries it" counts card0.hw_packets=3 card0.slow_packets=0 sn0r0=0 -- "${@:2}"
}

# left WHAT COMMAND...: whether each of three packets is left to the software.
left() {
  check "$1: the software gets it" counts card0.hw_packets=0 card0.slow_packets=3 sn0r0=3 -- "${@:2}"
}

to_blue=(action mirred egress redirect dev sn0r1)
left "no rule" datagrams red 10.0.0.9 7000 3
check "a rule for a port" rule east sn0r0 ip skip_sw ip_proto udp dst_port 7000 "${to_blue[@]}"
carried "that port" datagrams red 10.0.0.9 7000 3
left "another port" datagrams red 10.0.0.9 7001 3
check "a rule for a port of the sender" rule east sn0r0 ip skip_sw ip_proto udp src_port 6000 "${to_blue[@]}"
carried "from that port" datagrams red 10.0.0.9 7000 3 sourceport=6000
left "from another port" datagrams red 10.0.0.9 6000 3 sourceport=7000
check "a rule for two addresses" rule east sn0r0 ip skip_sw dst_ip 10.0.0.8/31 "${to_blue[@]}"
carried "the first" datagrams red 10.0.0.8 7000 3
carried "the second" datagrams red 10.0.0.9 7000 3
left "the next" datagrams red 10.0.0.10 7000 3

# told: packets and bytes that the hardware carried, as tc has it.
told() {
  local line
  while read -r line; do
    [[ $line =~ ^'Sent hardware '([0-9]+)' bytes '([0-9]+) ]] && echo "${BASH_REMATCH[2]} ${BASH_REMATCH[1]}"
  done < <(in_ns east tc -s filter show dev sn0r0 ingress)
}

# tells TEXT: whether that is it.
tells() {
  local said
  said=$(told)
  echo "$said"
  [[ $said == "$1" ]]
}
# 14 bytes of Ethernet, 20 of IPv4, 8 of UDP, and one.
check "tc tells packets and bytes" tells "6 258"
check "no others when it is asked again" tells "6 258"
carried "three more" datagrams red 10.0.0.9 7000 3
check "and it tells those" tells "9 387"

# idle SECONDS: whether tc takes the rule for unused for no longer than that.
idle() {
  local line
  while read -r line; do
    [[ $line =~ ' used '([0-9]+)' sec' ]] || continue
    echo "$line"
    ((BASH_REMATCH[1] <= $1))
    return
  done < <(in_ns east tc -s filter show dev sn0r0 ingress)
}
sleep 5
check_fails "control: tc tells of a rule how long nothing has used it" idle 3
datagrams red 10.0.0.9 7000 3
check "and of one that the card has just used" idle 3

check "a rule for two addresses of IPv6" rule east sn0r0 ipv6 skip_sw ip_proto udp dst_ip fd00::8/127 dst_port 7000 \
  "${to_blue[@]}"
carried "the second of IPv6" datagrams red fd00::9 7000 3
left "the next of IPv6" datagrams red fd00::a 7000 3
left "another port of IPv6" datagrams red fd00::9 7001 3

# Tags of VLANs that the pod pushes itself.
in_ns red tc qdisc add dev eth0 clsact
for one in 10 20; do
  in_ns red tc filter add dev eth0 egress pref "$one" protocol ip flower ip_proto udp dst_port "70$one" \
    action vlan push id "$one" || not_ok "tags of VLAN $one"
done
check "a rule for a VLAN" rule east sn0r0 802.1Q skip_sw vlan_id 10 "${to_blue[@]}"
carried "that VLAN" datagrams red 10.0.0.9 7010 3
left "another VLAN" datagrams red 10.0.0.9 7020 3
left "no VLAN" datagrams red 10.0.0.9 7000 3

# to_tunnel ID OPTION: red's packets go to the other node by the card, in Geneve.
to_tunnel() {
  rule east sn0r0 ip skip_sw action tunnel_key set id "$1" src_ip 172.16.0.1 dst_ip 172.16.0.2 dst_port 6081 \
    geneve_opts "0102:80:$2" pipe action mirred egress redirect dev gen
}

# out_of_tunnel KEY=N...: three packets of red, and what the card of the other node makes of them.
out_of_tunnel() {
  counts card0.encapsulated=3 card0.slow_packets=0 "$@" -- datagrams red 10.0.0.9 7000 3
}
for one in east west; do
  ip -n "$one" link add gen type geneve external dstport 6081
  ip -n "$one" link set gen up
  in_ns "$one" tc qdisc add dev gen clsact
done
check "a rule for a network and an option of Geneve" rule west gen ip enc_key_id 7 geneve_opts 0102:80:00010002 \
  action tunnel_key unset pipe action mirred egress redirect dev sn1r0
to_tunnel 7 00010002
check "both of them: the card carries it" out_of_tunnel card1.decapsulated=3 card1.hw_packets=3 card1.slow_packets=0
to_tunnel 8 00010002
check "another network: the software gets it" out_of_tunnel card1.decapsulated=0 card1.hw_packets=0 card1.slow_packets=3
to_tunnel 7 00010003
check "another option: the software gets it" out_of_tunnel card1.decapsulated=0 card1.hw_packets=0 card1.slow_packets=3

# larger BYTES: three echo requests with so much in them, which nobody answers.
larger() {
  local patience=1
  ! pings red 10.0.0.9 3 "$1"
}
to_tunnel 7 00010002
# 1500 bytes less 20 of IPv4, 8 of UDP, 8 of Geneve, 8 of its option, 14 of Ethernet, and 20 and 8 of what is in there.
check "the largest that fits the underlay: the card carries it" \
  counts card0.encapsulated=3 card1.decapsulated=3 card0.slow_packets=0 -- larger 1414
check "one byte more: the software gets it" \
  counts card0.encapsulated=0 card0.slow_packets=3 card0.too_long=0 card0.wire_tx=0 -- larger 1415
