# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The library of the tests: `. "$OVNFAST_LIB/lib.sh"` at the top of a script, then one check per behaviour.
# Results are KTAP version 1 on standard output; namespaces, modules and background processes made with these
# helpers are gone when the script ends, however it ends.

_results=0
_failures=0
_marks=0
_namespaces=()
_undo=()
_links=0
exec {_silence}<> <(:)
# Where results go, also from within a check.
exec {_report}>&1
_output=/run/ovnfast.$$.output
# What keeps IPv6 from sending by itself.
_quiet=(ipv6/conf/{all,default}/"accept_dad=0" ipv6/conf/default/{"router_solicitations=0","accept_ra=0","addr_gen_mode=1"})
# More than this many lines of a command's output say no more than the first ones.
_evidence_lines=40

# ---- results ----------------------------------------------------------------------------------------------------

# evidence TEXT: what was seen; belongs to the next result.
evidence() {
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    printf '# %s\n' "$line"
  done <<< "$*"
}

# measurement NAME SERIES X VALUE UNIT: a figure for the report, under a name that suite.yml has among its measurements.
# X is what was varied, a number: measurement tcp_lat stock 1024 42.2 us
measurement() {
  printf '# measurement: %s\n' "$*" >&"$_report"
}

# flows NAME: what `ovs-appctl dpctl/dump-flows -m` prints, on standard input, for the table of flows in the report, under
# that name (letters, digits, "._+-"), each once per suite: ovs-appctl dpctl/dump-flows -m | flows two-nodes
flows() {
  local name=$1 line
  local -a lines
  mapfile -t lines
  {
    # Without a flow behind it: a dump that has none is told as well.
    printf '# flow: %s\n' "$name"
    for line in "${lines[@]}"; do
      [[ -z ${line//[[:space:]]/} ]] || printf '# flow: %s %s\n' "$name" "$line"
    done
  } >&"$_report"
}

# ok NAME
ok() {
  _results=$((_results + 1))
  printf 'ok %d %s\n' "$_results" "${1//#/}"
}

# not_ok NAME [WHY]
not_ok() {
  _results=$((_results + 1))
  _failures=$((_failures + 1))
  printf 'not ok %d %s%s\n' "$_results" "${1//#/}" "${2:+ # $2}"
}

# skip NAME WHY: what cannot be tested here, and why.
skip() {
  _results=$((_results + 1))
  printf 'ok %d %s # SKIP %s\n' "$_results" "${1//#/}" "${2:-}"
}

# check NAME COMMAND...: passes when the command succeeds. Runs it in this shell, so it may be a function that sets
# variables; what it prints is evidence.
check() {
  local name=$1 status
  shift
  "$@" > "$_output" 2>&1 < /dev/null && status=0 || status=$?
  _show_output
  if ((status == 0)); then
    ok "$name"
  else
    evidence "command: $*" "(exit status $status)"
    not_ok "$name"
  fi
  return 0
}

# check_fails NAME COMMAND...: passes when the command fails; the opposite of check.
check_fails() {
  local name=$1 status
  shift
  "$@" > "$_output" 2>&1 < /dev/null && status=0 || status=$?
  _show_output
  if ((status != 0)); then
    ok "$name"
  else
    evidence "command succeeded: $*"
    not_ok "$name"
  fi
  return 0
}

_show_output() {
  local -a lines
  # Without a process: under emulation those are what a test's time goes to.
  mapfile -t lines < "$_output"
  ((${#lines[@]} == 0)) || printf '# %s\n' "${lines[@]:0:_evidence_lines}"
  ((${#lines[@]} <= _evidence_lines)) || evidence "(and $((${#lines[@]} - _evidence_lines)) more lines)"
}

# bail WHY: ends the script as failed, for a precondition without which nothing after it means anything.
bail() {
  not_ok "precondition" "$1"
  exit 1
}

# finish: the plan, and everything put away. Called by the EXIT trap.
finish() {
  local status=${1:-$?}
  trap - EXIT
  stop_background
  local command
  for command in "${_undo[@]}"; do
    eval "$command" > /dev/null 2>&1
  done
  remove "${_namespaces[@]}" 2> /dev/null
  ! module_loaded || unload_module || status=1
  rm -f "$_output"*
  printf '1..%d\n' "$_results"
  ((_failures == 0)) || status=1
  exit "$status"
}
trap 'finish $?' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

stop_background() {
  local pids
  pids=$(jobs -p)
  [[ -n $pids ]] || return 0
  # shellcheck disable=SC2086 # a list of numbers
  kill -KILL $pids 2> /dev/null
  # shellcheck disable=SC2086
  wait $pids 2> /dev/null
  return 0
}

# undo COMMAND...: what finish runs to take back a change that outlives the namespaces of the test; the last one first.
undo() {
  _undo=("$*" "${_undo[@]}")
}

# wait_until SECONDS COMMAND...: tries the command until it succeeds; fails when it has not within the time (which may
# be a fraction of a second).
wait_until() {
  local seconds=$1 start=${EPOCHREALTIME/./}
  shift
  [[ $seconds == *.* ]] || seconds+=.
  local whole=${seconds%.*} part=${seconds#*.}000000
  until "$@"; do
    ((${EPOCHREALTIME/./} - start < ${whole:-0} * 1000000 + 10#${part:0:6})) || return 1
    # A pause without a process: nothing ever comes out of that pipe.
    read -r -t 0.02 -u "$_silence"
  done
  return 0
}

# ---- kernel log -------------------------------------------------------------------------------------------------

# mark: dmesg_since_mark shows what the kernel says from here on. Set once when the library is read.
mark() {
  _marks=$((_marks + 1))
  _mark="ovnfast: mark $$.$_marks"
  printf '<6>%s\n' "$_mark" > /dev/kmsg
}

# dmesg_since_mark: the kernel's messages since the last mark, without time stamps.
dmesg_since_mark() {
  dmesg | sed -e "1,/${_mark//./\\.}\$/d" -e 's/^\[[^]]*\] //' -e '/ovnfast: /d'
}

# ---- the module under test --------------------------------------------------------------------------------------

# module_loaded: whether the module under test is in the kernel.
module_loaded() {
  [[ -n ${OVNFAST_MODULE_NAME:-} && -d /sys/module/$OVNFAST_MODULE_NAME ]]
}

# load_module [PARAMETER=VALUE...]: loads the module under test after the modules it depends on.
load_module() {
  local dependency dependencies
  IFS=, read -r -a dependencies <<< "$(modinfo -F depends "$OVNFAST_MODULE")"
  for dependency in "${dependencies[@]}"; do
    modprobe "$dependency" || return 1
  done
  insmod "$OVNFAST_MODULE" "$@"
}

# unload_module
unload_module() {
  rmmod "$OVNFAST_MODULE_NAME"
}

# ---- network namespaces -----------------------------------------------------------------------------------------

# netns NAME...: makes network namespaces in which nothing is sent that no test asked for: no duplicate address
# detection, no router solicitation, no link-local address. So counters can be compared exactly.
# The name `host` stands for the first namespace of the machine, which is only given that name.
netns() {
  local name
  # A new namespace takes these from the first one.
  set_net core/devconf_inherit_init_net=1 core/rmem_max=8388608 core/rmem_default=8388608 "${_quiet[@]}"
  _namespaces+=("$@")
  for name in "$@"; do
    [[ $name == host ]] && echo "netns attach host $$" || echo "netns add $name"
  done | ip -batch -
  # Before 5.1 it takes those of IPv6 from nowhere.
  if [[ ! -e /proc/sys/net/core/devconf_inherit_init_net ]]; then
    for name in "$@"; do in_ns "$name" bash -c "$(declare -f set_net); set_net ${_quiet[*]}"; done
  fi
}

# set_net SETTING=VALUE...: settings below /proc/sys/net, as far as this kernel has them.
set_net() {
  local setting
  for setting in "$@"; do
    { echo "${setting#*=}" > "/proc/sys/net/${setting%=*}"; } 2> /dev/null
  done
}

# remove NAME...: takes namespaces away, as finish does at the end of the test.
remove() {
  (($# == 0)) || printf 'netns delete %s\n' "$@" | ip -force -batch -
}

# in_ns NAME COMMAND...: runs the command in the namespace. Not by `ip netns exec`, which mounts /sys anew each time.
in_ns() {
  nsenter --net="/run/netns/$1" "${@:2}"
}

# join NAMESPACE1 DEVICE1 [ADDRESS/LENGTH...] NAMESPACE2 DEVICE2 [ADDRESS/LENGTH...]: a veth pair between the two.
# Both ends have the same link-layer address and ask for none, so no neighbour is ever looked for and no multicast
# group is announced: what the devices carry is what the test sent. The indexes differ because a veth pair with equal
# ones is taken for a device with a real carrier, whose IPv6 addresses the kernel lets wait for up to a second.
join() {
  local -a first=("$1" "$2") second=() addresses=()
  shift 2
  while (($#)) && [[ $1 == */* ]]; do
    addresses+=("$1")
    shift
  done
  second=("$1" "$2")
  shift 2
  _links=$((_links + 1))
  local -a quiet
  read -ra quiet < <(printf 'address 02:00:00:00:%02x:%02x arp off multicast off' $((_links / 256)) $((_links % 256)))
  ip link add "${first[1]}" "${quiet[@]}" index $((100 + 2 * _links)) netns "${first[0]}" \
    type veth peer name "${second[1]}" "${quiet[@]}" index $((101 + 2 * _links)) netns "${second[0]}" &&
    raise "${first[@]}" "${addresses[@]}" && raise "${second[@]}" "$@"
}

# raise NAMESPACE DEVICE [ADDRESS/LENGTH...]: sets the device up and gives it the addresses; lo comes up with it.
raise() {
  local namespace=$1 device=$2 address option
  shift 2
  {
    echo "link set lo up"
    echo "link set $device up"
    for address in "$@"; do
      [[ $address == *:* ]] && option=nodad || option=''
      echo "address add $address dev $device $option"
    done
  } | ip -n "$namespace" -batch -
}

# ---- traffic ----------------------------------------------------------------------------------------------------
# Seconds that these wait for what should come: $patience, else 10. A control that expects nothing sets it low.

# pings NAMESPACE ADDRESS COUNT [BYTES]: echo requests; succeeds when every one is answered.
pings() {
  local said
  said=$(in_ns "$1" ping -n -q -c "$3" -i 0.002 -W "${patience:-10}" -s "${4:-56}" "$2")
  [[ $said =~ [0-9]+' packets transmitted'[^%]*'%' ]] && echo "ping $2: ${BASH_REMATCH[0]} lost"
  [[ $said == *"$3 packets transmitted, $3 received"* ]]
}

# datagrams NAMESPACE ADDRESS PORT COUNT [OPTION]: UDP datagrams of one byte each, with an option of socat such as
# sourceport=7000. Nobody needs to receive them: the socket is not connected, so that no ICMP error stops it.
datagrams() {
  local address=$2 version=4
  [[ $address != *:* ]] || version=6 address="[$address]"
  printf '%*s' "$4" '' | in_ns "$1" socat -u -b 1 - "UDP$version-SENDTO:$address:$3${5:+,$5}"
}

# sink PROTOCOL NAMESPACE PORT FILE: receives (udp: for ever, tcp: one connection) into the file, as background
# process $sink; returns when it listens.
sink() {
  local address hex
  case $1 in
    udp) address="UDP6-RECV:$3,ipv6only=0" ;;
    tcp) address="TCP6-LISTEN:$3,ipv6only=0,reuseaddr" ;;
  esac
  printf -v hex ':%04X ' "$3"
  : > "$4"
  # Not in_ns: of a function in the background, $! is the shell that runs it.
  nsenter --net="/run/netns/$2" socat -u -b 65536 "$address" "OPEN:$4,append" &
  sink=$!
  wait_until 20 _listens "$1" "$2" "$sink" "$hex"
}

# _listens PROTOCOL NAMESPACE PROCESS HEX: whether the process has come to the namespace and the port is open there. Not
# looked at any sooner: before 5.0 the kernel goes on showing the files of the namespace that the process came from.
_listens() {
  [[ /proc/$3/ns/net -ef /run/netns/$2 && $(< "/proc/$3/net/${1}6") == *"$4"* ]]
}

# end_sink: ends what sink started.
end_sink() {
  kill -KILL "$sink" && wait "$sink"
} 2> /dev/null

# transfer PROTOCOL FROM TO ADDRESS PORT FILE [BYTES]: sends the file between two namespaces, for udp as datagrams of
# that many bytes (default 1000), and succeeds when the very same bytes arrive.
transfer() {
  local protocol=$1 from=$2 to=$3 address=$4 port=$5 file=$6 bytes=${7:-1000} version=4 options='' status=0 text
  [[ $address != *:* ]] || version=6 address="[$address]"
  [[ $protocol == udp ]] || options=",connect-timeout=${patience:-10}"
  sink "$protocol" "$to" "$port" "$_output.arrived" || return 1
  in_ns "$from" socat -u -b "$bytes" "OPEN:$file" "${protocol^^}$version:$address:$port$options" || status=1
  ((status)) || wait_until "${patience:-10}" cmp -s "$file" "$_output.arrived" || status=1
  # A TCP sink that got everything ends by itself, after the connection was closed in good order.
  if [[ $protocol == tcp && $status == 0 ]]; then wait "$sink" || status=1; else end_sink; fi
  text="$protocol to $4: all"
  ((status == 0)) || text="$protocol to $4: $(stat -c %s "$_output.arrived")"
  echo "$text of $(stat -c %s "$file") bytes arrived"
  return "$status"
}

# answer_with_peer PROTOCOL NAMESPACE PORT: a background server that tells who asks the address he is seen with.
answer_with_peer() {
  local address hex
  case $1 in
    udp) address="UDP6-RECVFROM:$3,ipv6only=0,fork" ;;
    tcp) address="TCP6-LISTEN:$3,ipv6only=0,reuseaddr,fork" ;;
  esac
  printf -v hex ':%04X ' "$3"
  # Byte by byte: from a socket bash reads single bytes, and throws away the rest of a datagram.
  # shellcheck disable=SC2016 # expanded there
  nsenter --net="/run/netns/$2" socat -b 1 "$address" SYSTEM:'read -r _; echo "$SOCAT_PEERADDR"' &
  wait_until 20 _listens "$1" "$2" $! "$hex"
}

# ask PROTOCOL NAMESPACE ADDRESS PORT: sends an empty line (udp: one datagram, once) to such a server, prints its answer.
ask() {
  local answer
  # shellcheck disable=SC2016 # expanded there
  answer=$(in_ns "$2" bash -c \
    'exec 3<> "/dev/$1/$2/$3" && echo >&3 && read -r -t "$4" answer <&3 && echo "$answer"' \
    ask "$1" "$3" "$4" "${patience:-10}" 2> /dev/null) || return 1
  # As socat writes it: [0000:0000:0000:0000:0000:ffff:0a00:0001] is 10.0.0.1, [fd00:0000:...:0001] is fd00::1.
  if [[ $answer == '[0000:'*:ffff:* ]]; then
    printf '%d.%d.%d.%d\n' "0x${answer: -10:2}" "0x${answer: -8:2}" "0x${answer: -5:2}" "0x${answer: -3:2}"
  elif [[ $answer =~ ^\[([0-9a-f]+)(:0000)+:0*([0-9a-f]+)\]$ ]]; then
    echo "${BASH_REMATCH[1]}::${BASH_REMATCH[3]}"
  else
    echo "${answer:-(nothing)}"
  fi
}

mark
