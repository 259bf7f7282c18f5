# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests of this suite share: two pods on a bridge with qperf between them, and figures that are compared.
# shellcheck source=../guest/lib.sh
. "$OVNFAST_LIB/lib.sh"

# Before 4.18 there is no SOCKHASH with sk_msg programs.
IFS=.- read -r major minor _ <<< "$OVNFAST_KERNEL"
if ((major < 4 || (major == 4 && minor < 18))); then
  skip "${0##*/}" "$OVNFAST_KERNEL has no maps of sockets that programs could redirect with"
  exit
fi

# In bytes; shellcheck does not see the tests.
# shellcheck disable=SC2034
sizes=(1 4 16 64 256 1024 4096 16384 65536)
# qperf's own port, where client and server agree on a test.
control=19765
bypass=$OVNFAST_MODULE_DIR/ovnfast-bypass
# Figures by kind, series and size, such as ${figures[tcp_lat stock 64]}: nanoseconds, bits per second.
declare -A figures

# pods: `client` (10.0.0.1) and `server` (10.0.0.2) on a bridge in the namespace `node`, and qperf waiting in the latter.
pods() {
  local pod index=100
  netns node client server
  printf '%s\n' "link add br0 type bridge" "link set br0 up" | ip -n node -batch - || bail "no bridge"
  for pod in client server; do
    # For the indexes see `join`.
    index=$((index + 2))
    ip link add eth0 netns "$pod" index "$index" type veth peer name "$pod" netns node index $((index + 1)) ||
      bail "no link"
    ip -n node link set "$pod" up master br0 || bail "no link to the bridge"
    # Else a connection begins with what the one before it learned of the way, and measures another thing.
    in_ns "$pod" bash -c 'echo 1 > /proc/sys/net/ipv4/tcp_no_metrics_save'
  done
  raise client eth0 10.0.0.1/24 || bail "no address"
  raise server eth0 10.0.0.2/24 || bail "no address"
  # What it says of clients that are cut off is not of interest.
  nsenter --net=/run/netns/server qperf 2> /dev/null &
  wait_until 10 waits_for_clients || bail "qperf does not listen"
  # The first packet asks for the neighbour.
  pings client 10.0.0.2 1 > /dev/null || bail "the pods do not reach each other"
}

waits_for_clients() {
  in_ns server grep -q ":$(printf %04X "$control") " /proc/net/tcp /proc/net/tcp6
}

# bypass_load: loads it; without it nothing that follows means anything.
bypass_load() {
  local said
  undo "$bypass" unload
  said=$("$bypass" load 2>&1) || {
    evidence "$said"
    bail "the bypass does not load"
  }
}

# port_of KIND SIZE: each figure has its service, so that none is treated as another one has taught.
port_of() {
  local index
  for index in "${!sizes[@]}"; do
    ((sizes[index] != $2)) || echo $((20000 + 100 * (${#1} - 6) + index))
  done
}

# qperf_once KIND SIZE: one second of qperf; sets $figure, in ns or bits per second.
qperf_once() {
  local said
  said=$(in_ns client qperf 10.0.0.2 -t 1 -m "$2" -ip "$(port_of "$1" "$2")" -uu -ub -e 6 "$1" 2>&1)
  [[ $said =~ (latency|bw)' '+'= '+([0-9.]+)' '(ns|bits/sec) ]] || {
    evidence "$said"
    bail "qperf does not tell $1 at $2 B"
  }
  figure=${BASH_REMATCH[2]}
}

# teach KIND SIZE: a connection to the service that is cut off after a while, long after the bypass has judged it.
teach() {
  in_ns client timeout -s KILL 0.1 qperf 10.0.0.2 -t 1 -m "$2" -ip "$(port_of "$1" "$2")" "$1" > /dev/null 2>&1
}

# measure KIND SERIES SIZE: a figure, remembered and told.
measure() {
  qperf_once "$1" "$3"
  # shellcheck disable=SC2034 # for the tests
  figures[$1 $2 $3]=$figure
  case $1 in
    tcp_lat) measurement "$1" "$2" "$3" "$(scaled "$figure" 1000)" us ;;
    tcp_bw) measurement "$1" "$2" "$3" "$(scaled "$figure" 1000000)" Mb/s ;;
  esac
}

scaled() {
  awk -v value="$1" -v by="$2" 'BEGIN { printf "%.4f\n", value / by }'
}

# at_most FIGURE PERCENT OTHER, at_least FIGURE PERCENT OTHER: whether a figure is at most or at least so many percent of
# the other; says how many it is.
at_most() {
  judge "$1" "$3" "share <= $2"
}

at_least() {
  judge "$1" "$3" "share >= $2"
}

judge() {
  awk -v a="$1" -v b="$2" "BEGIN { share = 100 * a / b; print a, \"is\", share, \"% of\", b; exit !($3) }"
}

# equal FIGURE OTHER: but for what the kernel does beside, once in a while.
equal() {
  judge "$1" "$2" "share >= 99.5 && share <= 100.5"
}
