# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests of this suite share: rules that count, and the module's own account of what it did.
# shellcheck source=../guest/lib.sh
. "$OVNFAST_LIB/lib.sh"

# Set by the read_ functions.
declare -A STATE HITS WIRE
# Addresses of the two ends, by family.
declare -gA RED=([ipv4]=10.0.0.1 [ipv6]=fd00::1) BLUE=([ipv4]=10.0.0.2 [ipv6]=fd00::2)
# Grace periods of RCU in a hurry: what is registered and taken back here and there waits for them most of its time.
# Tests for which their length matters set it to 0.
echo 1 > /sys/kernel/rcu_expedited
# A text of 108894 bytes that has no two equal blocks.
payload=/run/ovnfast.payload
[[ -e $payload ]] || seq 20000 > "$payload"

# pair: two namespaces, red and blue, joined by one link.
pair() {
  netns red blue
  join red red0 "${RED[ipv4]}/24" "${RED[ipv6]}/64" blue blue0 "${BLUE[ipv4]}/24" "${BLUE[ipv6]}/64"
}

# row: three namespaces, red and blue with gate between them, which forwards. Red's way to blue leads over gate; blue has
# no way back to red until it gets one.
row() {
  netns red gate blue
  join red red0 10.1.0.2/24 fd01::2/64 gate gate1 10.1.0.1/24 fd01::1/64
  join gate gate2 10.2.0.1/24 fd02::1/64 blue blue0 10.2.0.2/24 fd02::2/64
  route_over red 10.1.0.1 fd01::1
  in_ns gate bash -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
}

# route_over NAMESPACE GATEWAY...: default routes.
route_over() {
  printf 'route add default via %s\n' "${@:2}" | ip -n "$1" -batch -
}

# tunnel KIND PORT FAMILY [NAMESPACE1 NAMESPACE2]: a device tun0 in each (red and blue), joined by a tunnel of the kind
# between RED's address and BLUE's; inside they are 10.9.0.1, fd09::1 and 10.9.0.2, fd09::2. Replaces an earlier one.
# $tunnel_mtu bytes (1400) fit in, whatever the way below carries without fragments.
tunnel() {
  tunnel_end "$1" "$2" "${4:-red}" "${RED[$3]}" "${BLUE[$3]}" 1 &&
    tunnel_end "$1" "$2" "${5:-blue}" "${BLUE[$3]}" "${RED[$3]}" 2
}

# tunnel_end KIND PORT NAMESPACE LOCAL REMOTE NUMBER: one end (1 or 2) of it.
tunnel_end() {
  local local_address=()
  [[ $1 == geneve ]] || local_address=(local "$4")
  ! in_ns "$3" test -e /proc/sys/net/ipv4/conf/tun0 || ip -n "$3" link delete tun0 || return 1
  local other=$((3 - $6)) mtu=${tunnel_mtu:-1400}
  ip -n "$3" link add tun0 mtu "$mtu" address "02:00:00:00:ff:0$6" arp off multicast off type "$1" id 7 \
    "${local_address[@]}" remote "$5" dstport "$2" || return 1
  printf '%s\n' "link set tun0 up" "address add 10.9.0.$6/24 dev tun0 noprefixroute" \
    "address add fd09::$6/64 dev tun0 nodad noprefixroute" \
    "route add 10.9.0.0/24 dev tun0 mtu lock $mtu" "route add fd09::/64 dev tun0 mtu lock $mtu" \
    "neighbour add 10.9.0.$other lladdr 02:00:00:00:ff:0$other dev tun0" \
    "neighbour add fd09::$other lladdr 02:00:00:00:ff:0$other dev tun0" | ip -n "$3" -batch -
}

# tunnel_skips KIND PORT: the checks that hold for each kind of tunnel between two nodes.
tunnel_skips() {
  local kind=$1 port=$2 match="udp dport $2" family name
  pair
  for family in ipv4 ipv6; do
    tunnel "$kind" "$port" "$family" || bail "no $kind over $family"
    guard_both "$match"
    patience=0.1 check_fails "control: without the module nothing gets through $kind over $family" pings red 10.9.0.2 5
    check "control: the sending node's rules saw every tunnel packet" hits red local_out=5 post_routing=5
    check "control: the receiving node's rules saw and dropped them" hits blue pre_routing=5 local_in=5
  done
  load
  set_mode node red blue
  for family in ipv4 ipv6; do
    tunnel "$kind" "$port" "$family"
    guard_both "$match"
    reset red blue
    check "ping through $kind over $family is answered" pings red 10.9.0.2 10
    check "no rule saw a tunnel packet" no_hits red blue
    for name in red blue; do
      check "$name bypassed the 10 tunnel packets at each hook, and not the 10 inside" \
        says "$name" role=node bypass=yes reason=tunnels \
        {local_out,post_routing,pre_routing,local_in}."$family".bypassed=10 \
        {local_out,post_routing,pre_routing,local_in}.ipv4.other=10
    done
    check "TCP over ipv6 through $kind over $family arrives" transfer tcp red blue fd09::2 7000 "$payload"
    check "no rule saw a tunnel packet of it" no_hits red blue
  done
}

# pods_skip WHAT MATCH PACKETS ANSWERS: the checks that hold for each protocol between two pods. The test defines
# `send FAMILY`: so many packets that match go from red to blue, and it fails when they do not arrive or are not answered
# by so many.
pods_skip() {
  local what=$1 match=$2 packets=$3 answers=$4 family
  pair
  guard_both "$match"
  for family in ipv4 ipv6; do
    patience=0.1 check_fails "control: without the module $what over $family does not arrive" send "$family"
  done
  check "control: the rules of the sender saw every packet" \
    hits red {local_out,post_routing}=$((2 * packets)) {pre_routing,local_in}=0
  check "control: the rules of the receiver saw and dropped every packet" \
    hits blue {pre_routing,local_in}=$((2 * packets)) {local_out,post_routing}=0
  guard_both "$match"
  load
  for family in ipv4 ipv6; do
    reset red blue
    check "$what over $family arrives" send "$family"
    check "no rule saw it" no_hits red blue
    check "the sender bypassed every packet at every hook" \
      says red {local_out,post_routing}."$family".{seen,bypassed}="$packets" \
      {pre_routing,local_in}."$family".{seen,bypassed}="$answers"
    check "the receiver bypassed every packet at every hook" \
      says blue {pre_routing,local_in}."$family".{seen,bypassed}="$packets" \
      {local_out,post_routing}."$family".{seen,bypassed}="$answers"
  done
}

# load [PARAMETER=VALUE...]: loads the module; without it nothing that follows means anything.
load() {
  load_module "$@" || bail "the module does not load"
}

# ---- rules ------------------------------------------------------------------------------------------------------

# guard NAMESPACE MATCH [VERDICT]: counts what matches at each of the four hooks, and drops it at the last (or VERDICT).
# A second call starts anew.
guard() {
  in_ns "$1" nft -f - << RULES
table inet guard
delete table inet guard
table inet guard {
  chain local_out {
    type filter hook output priority 0
    $2 counter
  }
  chain post_routing {
    type filter hook postrouting priority 0
    $2 counter
  }
  chain pre_routing {
    type filter hook prerouting priority -500
    $2 counter
  }
  chain local_in {
    type filter hook input priority 0
    $2 counter ${3-drop}
  }
}
RULES
}

# guard_both MATCH [VERDICT]: guard for red and blue.
guard_both() {
  guard red "$@" && guard blue "$@"
}

# cut_here: datagrams become fragments before they go to the link of red and blue. Before 4.14 that is left to the device,
# and this one would carry them whole.
cut_here() {
  local name
  for name in red blue; do in_ns "$name" ethtool -K "${name}0" ufo off; done > /dev/null 2>&1
}

# What fragments match.
# shellcheck disable=SC2034 # for the tests
declare -A is_fragment=([ipv4]='ip frag-off & 0x3fff != 0' [ipv6]='ip6 nexthdr 44')

# track NAMESPACE...: rules that want connections tracked.
track() {
  local name
  for name in "$@"; do
    in_ns "$name" nft -f - << 'RULES' || return 1
table inet track {
  chain local_out {
    type filter hook output priority 0
    ct state new counter
  }
  chain pre_routing {
    type filter hook prerouting priority 0
    ct state new counter
  }
}
RULES
  done
}

# both_families NAMESPACE TABLE: a table with the chains on standard input for IPv4 and IPv6. Before 5.2 one table cannot
# have those for NAT and routes of both.
both_families() {
  local chains
  chains="{ $(cat)"$'\n}\n'
  in_ns "$1" nft "table inet $2 $chains" 2> /dev/null || in_ns "$1" nft "table ip $2 $chains table ip6 $2 $chains"
}

# read_hits NAMESPACE: sets HITS[chain] to the packets counted in each chain of the table `guard`.
# shellcheck disable=SC2034 # HITS is read by name
read_hits() {
  local word previous='' chain=''
  HITS=()
  for word in $(in_ns "$1" nft list table inet guard); do
    case $previous in
      chain) chain=$word ;;
      packets) HITS[$chain]=$word ;;
    esac
    previous=$word
  done
}

# hits NAMESPACE CHAIN=PACKETS...: whether the rules counted just that many, within a short time; `+` is any but 0.
hits() {
  local said status
  wait_until 5 _hits "$@"
  status=$?
  echo "$said"
  return "$status"
}

_hits() {
  local pair chain wanted
  read_hits "$1"
  said="$1 rules hit:"
  local status=0
  for pair in "${@:2}"; do
    chain=${pair%=*} wanted=${pair#*=}
    said+=" $chain=${HITS[$chain]-(missing)}"
    [[ ${HITS[$chain]-} == "$wanted" || ($wanted == + && ${HITS[$chain]-0} != 0) ]] || said+="(wanted $wanted)" status=1
  done
  return "$status"
}

# no_hits NAMESPACE...: whether no rule of guard saw anything.
no_hits() {
  local name
  for name in "$@"; do
    hits "$name" local_out=0 post_routing=0 pre_routing=0 local_in=0 || return 1
  done
}

# ---- the module's account ---------------------------------------------------------------------------------------

# says NAMESPACE KEY=VALUE...: whether the module says so of the namespace, within a short time; `+` is any but 0.
# Keys are mode, role, bypass, reason, and hook.family.reason for a counter.
says() {
  local said status
  wait_until 5 _says "$@"
  status=$?
  echo "$said"
  return "$status"
}

_says() {
  said=$(in_ns "$1" awk -f state.awk "$1 state" "${@:2}" /proc/net/kube_ovn_fastpath)
}

# read_state NAMESPACE: sets STATE[key] for each such key.
read_state() {
  eval "STATE=($(in_ns "$1" awk -f state.awk "$1" /proc/net/kube_ovn_fastpath))"
  [[ -n ${STATE[role]-} ]]
}

# reset NAMESPACE...: zeroes the module's counters.
reset() {
  local name
  for name in "$@"; do
    in_ns "$name" bash -c 'echo reset > /proc/net/kube_ovn_fastpath' || return 1
  done
}

# set_mode MODE NAMESPACE...
set_mode() {
  local name
  for name in "${@:2}"; do
    # shellcheck disable=SC2016 # expanded there
    in_ns "$name" bash -c 'echo "$1" > /proc/sys/net/kube_ovn_fastpath/mode' set_mode "$1" || return 1
  done
}

# ---- the wire ---------------------------------------------------------------------------------------------------

# read_wire NAMESPACE DEVICE: sets WIRE[in] and WIRE[out] to the packets the device has carried.
# shellcheck disable=SC2034 # WIRE is for the tests
read_wire() {
  local words
  words=$(in_ns "$1" cat /proc/net/dev)
  # shellcheck disable=SC2206 # words
  words=(${words##*"$2:"})
  WIRE=([in]=${words[1]} [out]=${words[9]})
}
