#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What switches and container networks look for in a card: names of ports, the switch's number, representors that are one's
# own; and packets without any rule.
. ./offload.sh

# sys DEVICE FILE: what the kernel says of a device; fails when it says nothing.
sys() {
  local text
  { read -r text < "/sys/class/net/$1/$2"; } 2> /dev/null && [[ -n $text ]] && echo "$text"
}

# is WANTED COMMAND...: whether the command prints just that.
is() {
  local said
  said=$("${@:2}")
  echo "$said"
  [[ $said == "$1" ]]
}

differ() {
  echo "$1 $2"
  [[ -n $1 && -n $2 && $1 != "$2" ]]
}

driver_of() {
  local key value
  while read -r key value; do
    [[ $key != driver: ]] || echo "$value"
  done < <(ethtool -i "$1")
}

# refuses WORD PARAMETER=VALUE...: whether the module is not loaded, and its reason has the word.
refuses() {
  local text
  mark
  ! load_module "${@:2}" || return 1
  text=$(dmesg_since_mark)
  echo "$text"
  [[ $text == *"$1"* && ! -d $debug ]]
}

check "no number of cards but 1 to 8" refuses nics nics=9
check "no number of VFs but 1 to 16" refuses vfs vfs=0
check "no table that is too large" refuses table table=65537
check "no wire to a card that there is not" refuses wires wires=0-2
check "no end of two wires" refuses wires nics=3 wires=0-1,1-2

cards nics=3 vfs=2 wires=0-2
check "the uplink is port p0" is p0 sys sn0 phys_port_name
check "a representor is port pf0vf1" is pf0vf1 sys sn2r1 phys_port_name
check "all ports of a card are of one switch" is "$(sys sn0 phys_switch_id)" sys sn0r1 phys_switch_id
check "cards are switches of their own" differ "$(sys sn0 phys_switch_id)" "$(sys sn1 phys_switch_id)"
check_fails "a VF is no port of the switch" sys sn0v0 phys_switch_id
check "a driver of that name" is ovnfast_smartnic driver_of sn0r0
check_fails "there are no more cards than asked for" sys sn3 address
check_fails "there are no more VFs than asked for" sys sn0v2 address
ip link set sn1 vf 1 mac 0a:00:00:00:09:09
check "the uplink gives VFs their MAC" is 0a:00:00:00:09:09 sys sn1v1 address
check_fails "a VF that there is not gets none" ip link set sn1 vf 2 mac 0a:00:00:00:09:09

# Without rules a VF and its representor are the two ends of a cable, and so are uplinks that are wired.
netns east west red blue
printf 'link set %s netns %s name %s\n' sn0 east up0 sn0r0 east red_h sn2 west up2 sn0v0 red eth0 sn0v1 blue eth0 sn0r1 east blue_h |
  ip -batch -
for one in "east up0 172.16.0.1/24" "west up2 172.16.0.2/24" "east red_h 10.0.0.1/24" "red eth0 10.0.0.2/24" \
  "east blue_h 10.0.1.1/24" "blue eth0 10.0.1.2/24"; do
  # shellcheck disable=SC2086 # words
  raise $one || not_ok "$one comes up"
done
card[east]=0
for one in "red 10.0.0.1" "east 10.0.1.2" "west 172.16.0.1"; do
  # shellcheck disable=SC2086 # words
  check "$one can be reached" pings $one 1
done
check "what a VF sends is for its representor, and the other way round" \
  counts card0.slow_packets=20 card0.hw_packets=0 red_h=20 blue_h=0 -- pings red 10.0.0.1 20
check "another VF, another representor" counts blue_h=20 red_h=0 -- pings east 10.0.1.2 20
check "uplinks are wired" counts up0=20 card0.wire_tx=20 red_h=0 -- pings west 172.16.0.1 20
patience=1
check_fails "control: a pod does not come to the wire by itself" pings red 172.16.0.2 1

remove east blue
check "devices come back from a namespace that goes" wait_until 10 test -e /sys/class/net/up0 -a -e /sys/class/net/eth0
check "it unloads" unload_module
check_fails "and nothing is left" compgen -G "/sys/class/net/*[02]"
