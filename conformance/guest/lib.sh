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
_output=/run/ovnfast.$$.output
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
  sed -n "s/^/# /; 1,${_evidence_lines}p" "$_output"
  local lines
  lines=$(wc -l < "$_output")
  ((lines <= _evidence_lines)) || evidence "(and $((lines - _evidence_lines)) more lines)"
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
  _stop_background
  local name
  for name in "${_namespaces[@]}"; do
    ip netns delete "$name" 2> /dev/null
  done
  ! module_loaded || unload_module || status=1
  rm -f "$_output"
  printf '1..%d\n' "$_results"
  ((_failures == 0)) || status=1
  exit "$status"
}
trap 'finish $?' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

_stop_background() {
  local pids
  pids=$(jobs -p)
  [[ -n $pids ]] || return 0
  # shellcheck disable=SC2086 # a list of numbers
  kill -KILL $pids 2> /dev/null
  # shellcheck disable=SC2086
  wait $pids 2> /dev/null
  return 0
}

# wait_until SECONDS COMMAND...: tries the command until it succeeds; fails when it has not within the time.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
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

# netns NAME...: makes network namespaces with lo up and IPv6 addresses usable at once.
netns() {
  local name
  for name in "$@"; do
    ip netns add "$name" || return 1
    _namespaces+=("$name")
    ip -n "$name" link set lo up
    in_ns "$name" sysctl -q -e -w net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
  done
}

# in_ns NAME COMMAND...: runs the command in the namespace.
in_ns() {
  ip netns exec "$@"
}

# join NAMESPACE1 DEVICE1 [ADDRESS/LENGTH...] NAMESPACE2 DEVICE2 [ADDRESS/LENGTH...]: a veth pair between the two.
join() {
  local -a first=("$1" "$2") second=() addresses=()
  shift 2
  while (($#)) && [[ $1 == */* ]]; do
    addresses+=("$1")
    shift
  done
  second=("$1" "$2")
  shift 2
  ip link add "${first[1]}" netns "${first[0]}" type veth peer name "${second[1]}" netns "${second[0]}" || return 1
  _raise "${first[@]}" "${addresses[@]}" && _raise "${second[@]}" "$@"
}

# _raise NAMESPACE DEVICE [ADDRESS/LENGTH...]
_raise() {
  local namespace=$1 device=$2 address
  shift 2
  for address in "$@"; do
    if [[ $address == *:* ]]; then
      ip -n "$namespace" address add "$address" dev "$device" nodad || return 1
    else
      ip -n "$namespace" address add "$address" dev "$device" || return 1
    fi
  done
  ip -n "$namespace" link set "$device" up
}

mark
