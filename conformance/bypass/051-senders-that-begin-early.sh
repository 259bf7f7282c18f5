#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Senders whose first message takes the stack because the other end is not known yet, and who go on when it is: by the
# stack for ever, or what is sent later would be read first. The reader begins late, so that all of it meets in its socket.
. ./bypass.sh
# shellcheck source=variants.sh
. ./variants.sh

later=(send 1000 pause 100 send "29000/1000,1" meet)

# arrives NAME BLUE... -- RED...: in order, and nothing of what blue gets was redirected.
arrives() {
  check "$1" traffic at blue path stock "${@:2}"
}

# cases LABEL FAMILY...
cases() {
  local family to any label=$1
  shift
  for family; do
    to=${BLUE[$family]}:7000 any=${ANY[$family]}:7000
    arrives "${label}the first message waits in SYN_SENT, $family" listen "$any" meet recv 30000 eof -- \
      at red path any early dial "$to" "${later[@]}"
    arrives "${label}and it is a deferring listener that it waits for, $family" \
      defer listen "$any" meet recv 30000 eof -- at red path any early dial "$to" "${later[@]}"
    arrives "${label}the first message overtakes the end of the handshake, $family" listen "$any" meet recv 30000 eof -- \
      at red path any dial "$to" "${later[@]}"
    arrives "${label}the first message comes with the SYN, $family" \
      fastopen listen "$any" repeat 2 open meet recv 30000 eof close end -- \
      at red path any fastopen dial "$to" repeat 2 open "${later[@]}" close end
  done
  check "${label}the sender is still waiting when the handshake has ended" starved
}

# A busy processor keeps a sender from running for so long that its socket ends the handshake without it.
starved() {
  local running
  ip netns exec red tc qdisc change dev red0 root netem delay 300ms || return 1
  traffic at blue path stock listen "${ANY[ipv4]}:7000" meet recv 30000 eof -- \
    at red path any early dial "${BLUE[ipv4]}:7000" send 1000 pause 1000 send 29000/1000,1 meet &
  running=$!
  # shellcheck disable=SC2016 # for the other shell
  wait_until 10 waiting &&
    chrt -f 10 bash -c 'end=$((${EPOCHREALTIME/./} + 1000000)); while ((${EPOCHREALTIME/./} < end)); do :; done'
  ip netns exec red tc qdisc change dev red0 root netem delay 5ms
  wait "$running"
}

# Whether red has a socket to blue's port 7000 in SYN_SENT, which is state 2.
waiting() {
  local table
  table=$(in_ns red cat /proc/net/tcp)
  [[ $table == *' 0200000A:1B58 02 '* ]]
}

# more COUNTER...: whether each of them counts something.
more() {
  local name count status=0
  for name; do
    count=$(bypass_status ".counters.$name")
    echo "$name: $count"
    ((count > 0)) || status=1
  done
  return "$status"
}

# tried: what is true when a variant has been tried. That for 4.18 cannot see that a flow has begun.
tried() {
  local begun=flow_begun
  [[ $(bypass_status .variant) != bypass-4.18 ]] || begun=''
  check "control: it happened, in each way" more kept_early flow_unpaired $begun
  check "it unloads" bypass_unload
}

pods bridge
# A sender can only be seen waiting for the handshake when that takes some time.
ip netns exec red tc qdisc add dev red0 root netem delay 5ms || bail "no delay"
# Nobody else gets the processor while something of real time wants it.
echo -1 > /proc/sys/kernel/sched_rt_runtime_us || bail "no real time"
undo "echo 950000 > /proc/sys/kernel/sched_rt_runtime_us"
cases "control, stock: " ipv4 ipv6
bypass_load
variants=$(older_variants)
cases '' ipv4 ipv6
tried
# The others ask the socket, as the best one does.
if [[ $variants == *bypass-4.18 ]]; then
  load_variant bypass-4.18
  cases "bypass-4.18: " ipv4
  tried
fi
