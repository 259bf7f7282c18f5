#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Connections, with the rules that OVN's ACLs come to: the software begins and ends them, the card carries them in between.
# By tc alone, which needs no CONFIG_NET_TC_SKB_EXT.
. ./offload.sh
. ./tc.sh

cards nics=1 vfs=2
modprobe act_ct || bail "no connections in tc"
bare_node east 0
bare_pod red east 0 10.0.0.1/24
bare_pod blue east 1 10.0.0.2/24
know red 10.0.0.2
know blue 10.0.0.1

check "red: look it up" add_rule east sn0r0 ip 0 1 ct_state -trk action ct zone 5 pipe action goto chain 1
check "red: what is established" add_rule east sn0r0 ip 1 1 ct_state +trk+est action mirred egress redirect dev sn0r1
check "red: what is new" add_rule east sn0r0 ip 1 2 ct_state +trk+new action ct commit zone 5 pipe action mirred egress redirect dev sn0r1
# Blue answers, and begins nothing.
check "blue: look it up" add_rule east sn0r1 ip 0 1 ct_state -trk action ct zone 5 pipe action goto chain 1
check "blue: what is established" add_rule east sn0r1 ip 1 1 ct_state +trk+est action mirred egress redirect dev sn0r0
check "blue: what is new" add_rule east sn0r1 ip 1 2 ct_state +trk+new action drop
check "the card takes the rules" holds 0 6

# connections NUMBER: whether the card knows so many directions of connections.
connections() {
  local name value
  while read -r name value; do
    [[ $name != ct_entries ]] || break
  done < "$debug/nic0/counters"
  [[ $value == "$1" ]] || {
    cat "$debug/nic0/table"
    return 1
  }
}

head -c 2000000 /dev/urandom > "$run/bytes"
check "control: the card knows no connection" connections 0
check "red to blue: the card carries what is established, the software begins and ends it" \
  counts "card0.hw_packets>=1000" "card0.slow_packets>=5" "card0.slow_packets<=100" -- \
  transfer tcp red blue 10.0.0.2 7000 "$run/bytes"
check "a connection that has ended is soon forgotten" soon connections 0

# refused PORT: blue begins, and nothing comes of it.
refused() {
  local patience=1
  ! reached blue 10.0.0.1 "$1"
}
answer_with_peer tcp red 7001
check "what blue begins is not let through, and the card carries none of it" counts card0.hw_packets=0 -- refused 7001
check "control: red would answer" ask tcp red 10.0.0.1 7001
check "red to blue again" transfer tcp red blue 10.0.0.2 7000 "$run/bytes"
