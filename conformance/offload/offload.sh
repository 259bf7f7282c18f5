# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests of this suite share: nodes with a card each, pods with a VF, Open vSwitch and OVN, and what the card, the
# switch and the kernel counted meanwhile.
# shellcheck source=../guest/lib.sh
. "$OVNFAST_LIB/lib.sh"
# shellcheck source=../guest/openvswitch.sh
. "$OVNFAST_LIB/openvswitch.sh"

readonly run=/run/offload debug=/sys/kernel/debug/ovnfast_smartnic
rm -rf "$run"
mkdir "$run"
# Of each node the number of its card.
declare -A card=()

# give_up WHY: ends the test, with what the daemons complained of.
give_up() {
  evidence "$(grep -h -e '|WARN|' -e '|ERR|' -e '|EMER|' "$run"/*/*.log | tail -n 30)"
  bail "$1"
}

# ---- nodes and pods ---------------------------------------------------------------------------------------------

# cards [PARAMETER=VALUE...]: the software SmartNICs.
cards() {
  modprobe -a sch_ingress cls_flower act_mirred act_gact || give_up "no modules for flower"
  load_module "$@" || give_up "the cards cannot be had"
}

# node NAME NUMBER [ADDRESS/LENGTH] [KEY=VALUE...]: a network namespace with card NUMBER: its uplink, which may have an
# address in the underlay, its representors, and an Open vSwitch of its own with an integration bridge.
node() {
  local name=$1 number=$2 address='' device
  shift 2
  [[ ${1-} != */* ]] || {
    address=$1
    shift
  }
  card[$name]=$number
  netns "$name"
  for device in "/sys/class/net/sn$number" "/sys/class/net/sn${number}r"*; do
    echo "link set ${device##*/} netns $name"
  done | ip -batch - || give_up "no card $number for $name"
  # shellcheck disable=SC2086 # an address or nothing
  raise "$name" "sn$number" $address || give_up "the uplink of $name does not come up"
  start_open_vswitch "$name" "$run/$name" "$@" || give_up "no Open vSwitch in $name"
  vsctl "$name" add-br br-int -- set bridge br-int fail-mode=secure other_config:disable-in-band=true ||
    give_up "no bridge in $name"
}

# offload NODE... [KEY=VALUE...]: turns hw-offload on, with what else goes into other_config for it, and has flows made
# anew. It cannot be turned off again, nor its policy changed, while the switch runs.
offload() {
  local -a nodes=() settings=(other_config:hw-offload=true)
  local one
  for one in "$@"; do
    if [[ $one == *=* ]]; then settings+=("other_config:$one"); else nodes+=("$one"); fi
  done
  for one in "${nodes[@]}"; do
    vsctl "$one" set open_vswitch . "${settings[@]}" || return 1
  done
  forget "${nodes[@]}"
}

# restart NODE KEY=VALUE...: the switch once more, with these settings in other_config.
restart() {
  local -a settings=("${@:2}")
  stop_switch "$run/$1" &&
    OVS_RUNDIR=$run/$1 ovs-vsctl --no-wait set open_vswitch . "${settings[@]/#/other_config:}" &&
    start_switch "$1" "$run/$1"
}

# vsctl NODE COMMAND...
vsctl() {
  OVS_RUNDIR=$run/$1 ovs-vsctl --timeout=60 "${@:2}"
}

# ofctl NODE COMMAND BRIDGE...
ofctl() {
  OVS_RUNDIR=$run/$1 ovs-ofctl --timeout=60 "${@:2}"
}

# pod NAME NODE VF ADDRESS/LENGTH [MTU]: a network namespace with a VF of the node's card as eth0, whose representor is the
# port NAME_h of the node's integration bridge. MAC and address end in the same number.
pod() {
  netns "$1"
  _pod "$@" || give_up "no pod $1"
}

_pod() {
  local name=$1 node=$2 number=$3 address=$4 mtu=${5:-1400} uplink=sn${card[$2]}
  in_ns "$node" ip link set "$uplink" vf "$number" mac "$(mac_of "$address")" &&
    plug_in "$name" "${uplink}v$number" "$address" "$mtu" &&
    ip -n "$node" link set "${uplink}r$number" name "${name}_h" up &&
    vsctl "$node" add-port br-int "${name}_h" -- set interface "${name}_h" external_ids:iface-id="$name"
}

# plug_in POD DEVICE ADDRESS/LENGTH [MTU]: makes the VF the pod's eth0.
plug_in() {
  ip link set "$2" netns "$1" name eth0 && ip -n "$1" link set eth0 mtu "${4:-1400}" address "$(mac_of "$3")" &&
    raise "$1" eth0 "$3"
}

# mac_of ADDRESS/LENGTH: the MAC of the pod with that address.
mac_of() {
  local address=${1%/*}
  IFS=. read -r _ _ _third _last <<< "$address"
  printf '0a:00:00:00:%02x:%02x\n' "$_third" "$_last"
}

# know POD ADDRESS [MAC]: the pod knows the neighbour and asks for it no more, so that nothing but the traffic of the test
# is counted.
know() {
  ip -n "$1" neigh replace "$2" lladdr "${3:-$(mac_of "$2")}" nud permanent dev eth0
}

# gateway POD ADDRESS: the pod's way to everything else, of which it knows the MAC.
gateway() {
  know "$1" "$2"
  ip -n "$1" route replace default via "$2"
}

# know_uplinks NODE=ADDRESS NODE=ADDRESS: nodes know each other's uplinks, so that nothing else is counted there.
know_uplinks() {
  _know_uplink "${1%%=*}" "${2%%=*}" "${2#*=}" && _know_uplink "${2%%=*}" "${1%%=*}" "${1#*=}"
}

_know_uplink() {
  local mac
  mac=$(ip -n "$2" -json link show "sn${card[$2]}" | jq -r '.[0].address')
  ip -n "$1" neigh replace "$3" lladdr "$mac" nud permanent dev "sn${card[$1]}"
}

# ---- OVN --------------------------------------------------------------------------------------------------------

# ovn NODE=ADDRESS...: OVN's databases and northd, and on each node its controller; Geneve between the addresses.
ovn() {
  local directory=$run/ovn one name address
  rm -rf "$directory"
  mkdir -p "$directory"
  for one in nb sb; do
    ovsdb-tool create "$directory/$one.db" "/usr/share/ovn/ovn-$one.ovsschema" || give_up "no database for OVN"
  done
  ovsdb-server "$directory/nb.db" "$directory/sb.db" --remote="punix:$directory/db.sock" \
    --unixctl="$directory/db.ctl" -vconsole:off --log-file="$directory/db.log" 2> /dev/null &
  wait_until 20 test -S "$directory/db.sock" || give_up "the databases of OVN do not start"
  ovn-northd --ovnnb-db="unix:$directory/db.sock" --ovnsb-db="unix:$directory/db.sock" \
    --unixctl="$directory/northd.ctl" -vconsole:off --log-file="$directory/northd.log" 2> /dev/null &
  nbctl set nb_global . options:northd_probe_interval=0 -- set connection . inactivity_probe=0 2> /dev/null
  for one in "$@"; do
    name=${one%%=*} address=${one#*=}
    # Probes end what does not answer in time, which on a slow machine says nothing.
    vsctl "$name" set open_vswitch . external_ids:ovn-remote="unix:$directory/db.sock" \
      external_ids:{ovn-encap-type=geneve,ovn-encap-ip="$address",ovn-monitor-all=true} \
      external_ids:{ovn-remote-probe-interval,ovn-openflow-probe-interval}=0 || give_up "no settings for OVN in $name"
    OVS_RUNDIR=$run/$name OVN_RUNDIR=$run/$name nsenter --net="/run/netns/$name" ovn-controller \
      "unix:$run/$name/db.sock" -vconsole:off \
      --log-file="$run/$name/controller.log" 2> /dev/null &
  done
  synchronous "$#" || give_up "OVN does not come up"
}

# nbctl COMMAND...
nbctl() {
  ovn-nbctl --db="unix:$run/ovn/db.sock" --timeout=60 "$@"
}

# synchronous [NODES]: waits until what the databases say is in the switches, of so many nodes.
synchronous() {
  wait_until 60 _chassis "${1:-0}" && nbctl --wait=hv sync
}

_chassis() {
  [[ $(ovn-sbctl --db="unix:$run/ovn/db.sock" --timeout=60 --bare --columns=name list chassis | grep -c .) -ge $1 ]]
}

# logical_switch NAME POD=ADDRESS...: a logical switch with these pods.
logical_switch() {
  local name=$1 one commands=(ls-add "$1")
  for one in "${@:2}"; do
    commands+=(-- lsp-add "$name" "${one%%=*}" -- lsp-set-addresses "${one%%=*}" "$(mac_of "${one#*=}") ${one#*=}")
  done
  nbctl "${commands[@]}"
}

# logical_router NAME SWITCH=ADDRESS/LENGTH...: a logical router between these logical switches.
logical_router() {
  local name=$1 one net commands=(lr-add "$1")
  for one in "${@:2}"; do
    net=${one%%=*}
    commands+=(-- lrp-add "$name" "$name-$net" "$(mac_of "${one#*=}")" "${one#*=}"
      -- lsp-add "$net" "$net-$name" -- lsp-set-type "$net-$name" router -- lsp-set-addresses "$net-$name" router
      -- lsp-set-options "$net-$name" router-port="$name-$net")
  done
  nbctl "${commands[@]}"
}

# ---- what was counted -------------------------------------------------------------------------------------------

declare -A _was=() _is=()

# counts EXPECTATION... -- COMMAND...: succeeds when the command does and what was counted meanwhile is as expected:
# KEY=N, KEY>=N or KEY<=N of the growth of
#   card0.NAME      a counter of card 0 (hw_packets, slow_packets, ...)
#   NODE.missed     packets that the node's switch had to ask its user space about
#   NODE.software   packets that the kernel's own flower rules handled on the node
#   DEVICE          packets that the host received on a representor or uplink
counts() {
  local -a expected=()
  local one key grown status=0
  while [[ $1 != -- ]]; do
    expected+=("$1")
    shift
  done
  shift
  _count _was "${expected[*]}"
  "$@" || status=$?
  ((status == 0)) || echo "exit status $status: $*"
  _count _is "${expected[*]}"
  for one in "${expected[@]}"; do
    [[ $one =~ ^([^=\<\>]+)(=|>=|<=)([0-9]+)$ && -n ${_is[${BASH_REMATCH[1]}]-} ]] || {
      echo "nothing counts $one"
      status=1
      continue
    }
    key=${BASH_REMATCH[1]} grown=$((_is[$key] - ${_was[$key]:-0}))
    case ${BASH_REMATCH[2]} in
      =) ((grown == BASH_REMATCH[3])) ;;
      '>=') ((grown >= BASH_REMATCH[3])) ;;
      '<=') ((grown <= BASH_REMATCH[3])) ;;
    esac || {
      status=1
      one="not $one"
    }
    echo "$key grew by $grown ($one)"
  done
  return "$status"
}

# _count ARRAY EXPECTATIONS: what the cards and the kernel have counted, into the array; of switches and tc, who cost a
# process each, when one of the expectations is about them.
_count() {
  local -n into=$1
  local node name value said
  local -a devices
  for node in "${!card[@]}"; do
    while read -r name value; do
      into[card${card[$node]}.$name]=$value
    done < "$debug/nic${card[$node]}/counters"
    devices=()
    # name: bytes packets ...
    while read -r name _ value _; do
      [[ $name == *: ]] || continue
      into[${name%:}]=$value
      devices+=("${name%:}")
    done < <(_devices "$node")
    if [[ $2 == *"$node.missed"* ]]; then
      said=$(switch "$run/$node" dpctl/show)
      [[ $said =~ missed:([0-9]+) ]] && into[$node.missed]=${BASH_REMATCH[1]}
    fi
    # shellcheck disable=SC2034 # another name of _was and _is
    [[ $2 != *"$node.software"* ]] || into[$node.software]=$(_in_software "$node" "${devices[@]}")
  done
}

# What the kernel says of a node's devices: by the switch's process where there is one, which costs no other.
_devices() {
  if [[ -e $run/$1/switch.ctl ]]; then
    echo "$(< "/proc/$(< "$run/$1/switch.pid")/net/dev")"
  else
    in_ns "$1" cat /proc/net/dev
  fi
}

# _in_software NODE DEVICE...: packets that rules handled, less those of them that the card did.
_in_software() {
  local line packets=0
  while read -r line; do
    # Sent 1596 bytes 19 pkt (dropped 0, ...
    # Sent hardware 1400 bytes 17 pkt
    if [[ $line =~ ^'Sent '[0-9]+' bytes '([0-9]+)' pkt' ]]; then
      packets=$((packets + BASH_REMATCH[1]))
    elif [[ $line =~ ^'Sent hardware '[0-9]+' bytes '([0-9]+)' pkt' ]]; then
      packets=$((packets - BASH_REMATCH[1]))
    fi
  done < <(printf 'filter show dev %s ingress\n' "${@:2}" | in_ns "$1" tc -s -force -batch - 2> /dev/null)
  echo "$packets"
}

# reached POD ADDRESS PORT: whether a TCP connection comes about within $patience seconds, else 10.
reached() {
  in_ns "$1" nc -z -w "${patience:-10}" "$2" "$3"
}

# ---- flows ------------------------------------------------------------------------------------------------------

# dump NODE: the flows that the node's switch takes for offloaded.
dump() {
  switch "$run/$1" dpctl/dump-flows -m type=offloaded
}

# report_flows NODE NAME: all flows of the node into the report, by that name.
report_flows() {
  switch "$run/$1" dpctl/dump-flows -m | flows "$2"
}

# is_offloaded NODE DEVICE ACTIONS [MATCH]: whether a flow of packets that come in at the device is offloaded, with such
# actions; both are patterns. What there is instead is told.
is_offloaded() {
  local text line
  text=$(dump "$1")
  while read -r line; do
    # shellcheck disable=SC2053 # patterns
    [[ $line == *"in_port($2)"*", offloaded:yes, dp:tc, actions:"$3 && $line == *${4-}*", packets:"* ]] && return
  done <<< "$text"
  echo "no offloaded flow from $2 to $3 ${4-} in $1:" "$text"
  return 1
}

# soon COMMAND...: tries the command for some seconds until it succeeds, and tells what it said the last time.
soon() {
  local status=0
  wait_until 10 _try "$@" || status=1
  cat "$run/said"
  return "$status"
}

_try() {
  "$@" > "$run/said" 2>&1
}

# is_software NODE DEVICE ACTIONS: whether a flow from the device with such actions is in the kernel's own datapath.
is_software() {
  local text line
  text=$(switch "$run/$1" dpctl/dump-flows -m type=ovs)
  while read -r line; do
    # shellcheck disable=SC2053 # a pattern
    [[ $line == *"in_port($2)"*", dp:ovs, actions:"$3 ]] && return
  done <<< "$text"
  echo "no flow of the software from $2 to $3 in $1:" "$text"
  return 1
}

# no_flows NODE [DEVICE]: whether the switch has no offloaded flow, from that device.
no_flows() {
  local text
  text=$(dump "$1")
  [[ $text != *"in_port(${2-}"* ]] || {
    echo "$text"
    return 1
  }
}

# rules CARD: how many rules it holds.
rules() {
  local name value
  while read -r name value; do
    [[ $name != rules ]] || echo "$value"
  done < "$debug/nic$1/counters"
}

# holds CARD COUNT: whether the card holds so many rules; tells which.
holds() {
  local count
  count=$(rules "$1")
  [[ $count == "$2" ]] || {
    echo "card $1 holds $count rules:" "$(< "$debug/nic$1/table")"
    return 1
  }
}

# no_rule CARD TEXT: whether no rule of the card has the text.
no_rule() {
  local text
  text=$(< "$debug/nic$1/table")
  [[ $text != *"$2"* ]] || {
    echo "$text"
    return 1
  }
}

# tell CARD FILE WORD: writes into one of the card's files.
tell() {
  echo "$3" > "$debug/nic$1/$2"
}

# forget NODE...: the switch takes its flows away, and makes them anew for the packets to come.
forget() {
  local node
  for node in "$@"; do
    switch "$run/$node" revalidator/purge || return 1
  done
}

# offload_red_and_blue: turns hw-offload on in the node east, and checks what becomes of the traffic of its pods red and blue,
# 10.0.0.1 and 10.0.0.2, that know each other: the software carries all of it before, the card alone does afterwards.
offload_red_and_blue() {
  check "control: without hw-offload the card carries nothing" \
    counts card0.hw_packets=0 card0.slow_packets=40 red_h=20 blue_h=20 -- pings red 10.0.0.2 20
  check_fails "control: and no flow is offloaded" is_offloaded east red_h blue_h
  offload east
  pings red 10.0.0.2 5
  check "red to blue is offloaded" soon is_offloaded east red_h blue_h
  check "blue to red is offloaded" soon is_offloaded east blue_h red_h
  check "the card carries every packet, the software none" \
    counts card0.hw_packets=40 card0.slow_packets=0 east.missed=0 east.software=0 red_h=0 blue_h=0 -- pings red 10.0.0.2 20
  head -c 2000000 /dev/urandom > "$run/bytes"
  check "TCP too, from its first packet on, and every byte arrives" \
    counts "card0.hw_packets>=50" card0.slow_packets=0 east.missed=0 east.software=0 -- \
    transfer tcp red blue 10.0.0.2 7000 "$run/bytes"
}
