#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Ports, switch, node and module go while there are flows in the card: nothing of them stays.
. ./offload.sh
. "$OVNFAST_LIB/memory.sh"

cards
node east 0
vsctl east set bridge br-int fail-mode=standalone
pod red east 0 10.0.0.1/24
pod blue east 1 10.0.0.2/24
pod green east 2 10.0.0.3/24
offload east tc-policy=skip_sw
pings red 10.0.0.2 5 && pings red 10.0.0.3 5
check "control: rules in the card" soon is_offloaded east red_h blue_h
check "of both pairs" soon is_offloaded east red_h green_h

check "a port goes" vsctl east del-port br-int green_h
check "and its rules with it" soon no_rule 0 green_h
check "others stay" counts "card0.hw_packets>=30" -- pings red 10.0.0.2 20
check "the switch goes" stop_switch "$run/east" --cleanup
check "and all rules" soon holds 0 0

check "a new switch" start_switch east "$run/east"
pings red 10.0.0.2 5
check "makes new rules" soon is_offloaded east red_h blue_h
check "without a switch" stop_open_vswitch "$run/east"
check_fails "control: they are still there" holds 0 0
remove east
check "the node goes: its devices come back without rules" soon holds 0 0

# What a switch does, by hand: a hundred rules on each of three ports, and a hundred that put packets into Geneve.
many() {
  local port number
  load_module && raise host sn0 172.16.0.1/24 && ip link add gnv0 type geneve external && ip link set gnv0 up || return 1
  for port in sn0r0 sn0r1 sn0r2 sn0; do
    ip link set "$port" up
    tc qdisc add dev "$port" clsact
    for ((number = 0; number < 100; number++)); do
      echo "filter add dev $port ingress protocol ip pref 1 flower skip_sw dst_ip 10.1.0.$number" \
        "${encapsulate[$port]-} action mirred egress redirect dev ${to[$port]-sn0r3}"
    done
  done > "$run/rules"
  tc -batch "$run/rules" && holds 0 400 && unload_module && ip link del gnv0
}
declare -A encapsulate=([sn0r2]="action tunnel_key set src_ip 172.16.0.1 dst_ip 172.16.0.2 id 5 dst_port 6081") to=([sn0r2]=gnv0)
check "the module goes" unload_module
remove red blue green
modprobe -a geneve act_tunnel_key
netns host
check "nothing stays in memory of 400 rules that go with the module" leaks_nothing 100 many
