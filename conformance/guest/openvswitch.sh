# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For tests with Open vSwitch: `. "$OVNFAST_LIB/openvswitch.sh"` after lib.sh. Its programs find the one that is meant by
# OVS_RUNDIR, the directory that it was started with.

# start_open_vswitch NAMESPACE DIRECTORY [KEY=VALUE...]: Open vSwitch in the namespace, on the kernel's datapath, with what
# it writes in the directory; what is given goes into other_config of its database.
start_open_vswitch() {
  local namespace=$1
  local -x OVS_RUNDIR=$2
  shift 2
  rm -rf "$OVS_RUNDIR"
  mkdir -p "$OVS_RUNDIR" && modprobe openvswitch || return 1
  ovsdb-tool create "$OVS_RUNDIR/conf.db" /usr/share/openvswitch/vswitch.ovsschema || return 1
  nsenter --net="/run/netns/$namespace" ovsdb-server "$OVS_RUNDIR/conf.db" --remote="punix:$OVS_RUNDIR/db.sock" \
    --unixctl="$OVS_RUNDIR/ovsdb.ctl" -vconsole:off --log-file="$OVS_RUNDIR/ovsdb.log" 2> /dev/null &
  wait_until 20 test -S "$OVS_RUNDIR/db.sock" || return 1
  ovs-vsctl --no-wait init -- set open_vswitch . external_ids:system-id="$namespace" "${@/#/other_config:}" || return 1
  start_switch "$namespace" "$OVS_RUNDIR"
}

# start_switch NAMESPACE DIRECTORY: the switch itself, once more after stop_switch; its process is in the file switch.pid.
# Returns when it has done what its database says.
start_switch() {
  local -x OVS_RUNDIR=$2
  # Open vSwitch 3.1 counts the processors every 10 s of the machine's time, and finds none in the first 10.
  wait_until 20 _up 11
  # Debian leaves it to update-alternatives to put it on PATH.
  nsenter --net="/run/netns/$1" /usr/lib/openvswitch-switch/ovs-vswitchd "unix:$OVS_RUNDIR/db.sock" \
    --unixctl="$OVS_RUNDIR/switch.ctl" -vconsole:off --log-file="$OVS_RUNDIR/switch.log" 2> /dev/null &
  echo "$!" > "$OVS_RUNDIR/switch.pid"
  # The program waits for the switch only when it has changed something.
  wait_until 20 test -S "$OVS_RUNDIR/switch.ctl" &&
    ovs-vsctl --timeout=60 set open_vswitch . external_ids:started="$EPOCHREALTIME"
}

_up() {
  local seconds
  read -r seconds _ < /proc/uptime
  ((${seconds%.*} >= $1))
}

# switch DIRECTORY COMMAND...: tells the switch, as ovs-appctl does.
switch() {
  ovs-appctl --timeout=60 -t "$1/switch.ctl" "${@:2}"
}

# stop_switch DIRECTORY [--cleanup]: ends the switch; with --cleanup its datapath goes too.
stop_switch() {
  switch "$1" exit "${@:2}" && wait_until 20 _is_gone "$1/switch.ctl"
}

_is_gone() {
  [[ ! -e $1 ]]
}

# stop_open_vswitch DIRECTORY [--cleanup]: ends it; with --cleanup its datapath goes too.
stop_open_vswitch() {
  stop_switch "$@"
  ovs-appctl --timeout=60 -t "$1/ovsdb.ctl" exit && wait_until 20 _is_gone "$1/ovsdb.ctl"
}
