# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For tests that give the cards their rules by tc, without a switch: `. ./tc.sh` after offload.sh.

# bare_node NAME NUMBER [ADDRESS/LENGTH]: a network namespace with card NUMBER: its uplink, which may have an address in the
# underlay, and its representors, all of them up and ready for rules.
bare_node() {
  local name=$1 number=$2 device
  card["$name"]=$number
  netns "$name"
  for device in "/sys/class/net/sn$number" "/sys/class/net/sn${number}r"*; do
    _take "$name" "${device##*/}" || bail "no ${device##*/} in $name"
  done
  [[ -z ${3-} ]] || ip -n "$name" address add "$3" dev "sn$number" || bail "$name has no address"
}

_take() {
  ip link set "$2" netns "$1" && raise "$1" "$2" && in_ns "$1" tc qdisc add dev "$2" clsact
}

# bare_pod NAME NODE VF ADDRESS/LENGTH: a network namespace with a VF of the node's card as eth0, MTU 1500.
bare_pod() {
  netns "$1"
  plug_in "$1" "sn${card[$2]}v$3" "$4" 1500 || bail "no pod $1"
}

# add_rule NODE DEVICE PROTOCOL CHAIN PREF FILTER...: a rule for what comes in at the device.
add_rule() {
  in_ns "$1" tc filter add dev "$2" ingress protocol "$3" chain "$4" pref "$5" flower "${@:6}"
}

# rule NODE DEVICE PROTOCOL FILTER...: the first and only rule of that device.
rule() {
  in_ns "$1" tc filter del dev "$2" ingress
  add_rule "$1" "$2" "$3" 0 1 "${@:4}"
}
