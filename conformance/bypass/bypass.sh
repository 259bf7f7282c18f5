# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests of this suite share: pods on one node, and the bypass with what it says of itself. The traffic is that
# of the program `traffic`, see the top of traffic.c.
# shellcheck source=../guest/lib.sh
. "$OVNFAST_LIB/lib.sh"
# shellcheck source=../guest/openvswitch.sh
. "$OVNFAST_LIB/openvswitch.sh"

# Before 4.18 there is no SOCKHASH with sk_msg programs.
IFS=.- read -r major minor _ <<< "$OVNFAST_KERNEL"
if ((major < 4 || (major == 4 && minor < 18))); then
  skip "${0##*/}" "$OVNFAST_KERNEL has no maps of sockets that programs could redirect with"
  exit
fi

# Where red reaches blue, by family; the topologies set it.
declare -A BLUE
# What a listener listens on, by family: over `mapped` an IPv4 client meets a socket for both families.
# shellcheck disable=SC2034 # for the tests
declare -A ANY=([ipv4]=0.0.0.0 [ipv6]='[::]' [mapped]='[::]')

# ---- pods -------------------------------------------------------------------------------------------------------

# pods bridge|ovs [PREFIX]: red and blue, 10.0.0.1 and 10.0.0.2, fd00::1 and fd00::2, with their devices red0 and blue0
# on a bridge in the namespace `node`. With a prefix there are as many more of them, by names that begin with it, and
# with the very same addresses.
pods() {
  local kind=$1 node=$2node red=$2red blue=$2blue
  netns "$node" "$red" "$blue"
  case $kind in
    bridge) printf '%s\n' "link add br0 type bridge" "link set br0 up" | ip -n "$node" -batch - ;;
    ovs) open_vswitch "$node" ;;
  esac || bail "no $kind"
  wire "$kind" "$node" "$red" red 10.0.0.1/24 fd00::1/64 || bail "no link to the $kind"
  wire "$kind" "$node" "$blue" blue 10.0.0.2/24 fd00::2/64 || bail "no link to the $kind"
  BLUE=([ipv4]=10.0.0.2 [ipv6]='[fd00::2]' [mapped]='[::ffff:10.0.0.2]')
}

# wire bridge|ovs NODE NAMESPACE DEVICE ADDRESS...: a link to what the node has, named DEVICE there and DEVICE0 in the
# namespace. For the indexes see `join`.
wire() {
  local kind=$1 node=$2 namespace=$3 device=$4
  shift 4
  _links=$((_links + 1))
  ip link add "$device" netns "$node" index $((100 + 2 * _links)) type veth \
    peer name "${device}0" netns "$namespace" index $((101 + 2 * _links)) || return 1
  raise "$namespace" "${device}0" "$@" || return 1
  case $kind in
    bridge) ip -n "$node" link set "$device" up master br0 ;;
    ovs) ip -n "$node" link set "$device" up && ovs-vsctl --no-wait add-port br0 "$device" ;;
  esac
}

# open_vswitch NAMESPACE: Open vSwitch in the namespace, with a bridge br0 that learns.
open_vswitch() {
  export OVS_RUNDIR=/run/openvswitch
  start_open_vswitch "$1" "$OVS_RUNDIR" && ovs-vsctl --timeout=60 add-br br0
}

# end_open_vswitch: ends it and takes its module away, which would have connections tracked in every namespace.
end_open_vswitch() {
  stop_open_vswitch "$OVS_RUNDIR" --cleanup && wait && modprobe -r openvswitch
}

# service_pods [masquerade]: red and blue on a node that routes, in networks of their own, and a service that red reaches
# blue's port 7000 by: 10.96.0.1 and fd96::1, port 80. With `masquerade` blue sees the node, from another port.
service_pods() {
  local masquerade=${1:+"masquerade random"}
  netns node red blue
  join node red 10.1.0.1/24 fd01::1/64 red red0 10.1.0.2/24 fd01::2/64 || bail "no link"
  join node blue 10.2.0.1/24 fd02::1/64 blue blue0 10.2.0.2/24 fd02::2/64 || bail "no link"
  printf 'route add default via %s\n' 10.1.0.1 fd01::1 | ip -n red -batch -
  printf 'route add default via %s\n' 10.2.0.1 fd02::1 | ip -n blue -batch -
  in_ns node bash -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
  in_ns node nft -f - << RULES || bail "no rules"
table ip nat {
  chain to_service {
    type nat hook prerouting priority -100
    ip daddr 10.96.0.1 tcp dport 80 dnat to 10.2.0.2:7000
  }
  chain from_node {
    type nat hook postrouting priority 100
    ip daddr 10.2.0.2 $masquerade
  }
}
table ip6 nat {
  chain to_service {
    type nat hook prerouting priority -100
    ip6 daddr fd96::1 tcp dport 80 dnat to [fd02::2]:7000
  }
  chain from_node {
    type nat hook postrouting priority 100
    ip6 daddr fd02::2 $masquerade
  }
}
RULES
  BLUE=([ipv4]=10.96.0.1 [ipv6]='[fd96::1]' [mapped]='[::ffff:10.96.0.1]')
}

# ---- the bypass -------------------------------------------------------------------------------------------------

bypass=$OVNFAST_MODULE_DIR/ovnfast-bypass

# bypass_load [OPTION...]: loads it; without it nothing that follows means anything. What it warns of is kept in $warnings:
# on a kernel whose bugs forbid it, too, because here they are to be seen.
bypass_load() {
  local said
  undo _unload
  said=$("$bypass" load --anyway "$@" 2>&1) || {
    evidence "$said"
    bail "the bypass does not load"
  }
  warnings=$(grep '^warning: ' <<< "$said")
}

_unload() {
  [[ ! -d /sys/fs/bpf/ovnfast-bypass ]] || "$bypass" unload
}

bypass_unload() {
  "$bypass" unload
}

# bypass_status FIELD: one value of what it says of itself, by jq's path to it.
bypass_status() {
  "$bypass" status --json | jq -r "$1"
}

# attached: the numbers of its programs that are attached to a cgroup. Of kernels before 6.0 this bpftool can only ask what is effective.
attached() {
  bpftool -j cgroup tree /sys/fs/cgroup effective |
    jq '[.[].programs[] | select(.name == "bypass_sockops").id] | unique[]'
}

# ---- checks -----------------------------------------------------------------------------------------------------

# carries stock|bypass NAME END...: a check that the ends of `traffic` get all of their bytes, and by that way only: what
# TCP says it received, what a sniffer saw on red's device (or $sniffed's) and what the device counted all tell so.
# $known="WARNING|SYMPTOM" when some kernels get just this wrong, of which the bypass must warn there.
carries() {
  local way=$1 name=$2 sight=seen command=(check)
  shift 2
  if [[ $way == stock ]]; then
    name="control, stock: $name"
  else
    sight=unseen
    if [[ -n ${known-} && $warnings == *"${known%|*}"* ]]; then
      evidence "${known%|*}"
      name="$name (${known%|*})" command=(known_bug)
    fi
  fi
  [[ ${command[0]} == check ]] && command+=("$name") || command+=("$name" "${known#*|}")
  "${command[@]}" traffic -p "$way" at "${sniffed:-red}" sniff red0 "$sight" -- "$@"
}

# on_both CASES [OPTION...]: the function's checks on the stock path, which are the control, then with the bypass loaded,
# which follows nothing that it learns of the ports that tests use.
on_both() {
  "$1" stock
  bypass_load --bypass 80,7000-7010 "${@:2}"
  "$1" bypass
  check "it unloads" bypass_unload
}

# known_bug BUG TEXT COMMAND...: a check of something that kernels are known to get wrong, in the way that the text shows.
# It passes when the command succeeds or fails just so; which of the two is its evidence.
known_bug() {
  local bug=$1 text=$2 said status=0
  shift 2
  said=$("$@") || status=$?
  evidence "$said"
  if ((status == 0)); then
    evidence "this kernel does not have the bug"
  elif [[ $said == *"$text"* ]]; then
    evidence "this kernel has the bug: $text"
  else
    evidence "command: $* (exit status $status)"
    not_ok "known kernel bug: $bug"
    return
  fi
  ok "known kernel bug: $bug"
}

# expect_text TEXT COMMAND...: succeeds when the command fails, and says so.
expect_text() {
  local said
  said=$("${@:2}") && return 1
  echo "$said"
  [[ $said == *"$1"* ]]
}

# while_traffic NAME WAY COMMAND...: a check that the command succeeds and that traffic which began before and ends after
# it gets all of its bytes, by the way (of `path`): a stream, requests with answers, and a reader that begins only after
# it. The pauses leave the command some of the one processor.
while_traffic() {
  local name=$1 way=$2
  shift 2
  check "$name" _while_traffic "$way" "$@"
}

_while_traffic() {
  local way=$1 going=/run/bypass.going stop=/run/bypass.stop said=0 status=0 running
  # A sender that is ahead of its reader by too much goes on through the stack.
  local stream=${1/bypass/any}
  shift
  rm -f "$going" "$stop"
  traffic -t 300 at blue key S path "$stream" listen "${ANY[ipv6]}:7001" drain -- \
    at blue path "$way" listen "${ANY[ipv6]}:7002" answer 100 2000 -- \
    at blue path "$way" listen "${ANY[ipv6]}:7003" await "$stop" both 1000 100000 eof -- \
    at red key S path "$way" dial "${BLUE[ipv4]}:7001" until "$stop" send 100000/20000 pause 3 end -- \
    at red path "$way" dial "${BLUE[ipv6]}:7002" until "$stop" send 100 recv 2000 pause 3 end -- \
    at red path "$way" dial "${BLUE[mapped]}:7003" send 90000 pause 300 touch "$going" await "$stop" both 10000 1000 &
  running=$!
  wait_until 20 test -e "$going" || said=1
  "$@" || status=$?
  ((status == 0)) || echo "exit status $status: $*"
  : > "$stop"
  wait "$running" || said=$?
  return $((said | status))
}

# ends STATUS TEXT COMMAND...: succeeds when the command ends with the exit status and has said the text.
ends() {
  local status=0 said expected=$1 text=$2
  said=$("${@:3}" 2>&1) || status=$?
  echo "$said" "(exit status $status)"
  [[ $status == "$expected" && $said == *"$text"* ]]
}
