#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Loading and unloading fifty times while echo requests, a TCP connection and a tunnel carry traffic loses no packet.
. ./fastpath.sh

times=50
going=$_output.going

# Until $going is gone: echo requests.
bursts() {
  while [[ -e $going ]]; do
    in_ns red ping -n -q -c 40 -i 0.02 -s "${2:-56}" "$1"
  done
}

# Until $going is gone: lines to a server that sends them back, each awaited.
lines() {
  # shellcheck disable=SC2016 # expanded there
  in_ns red bash -c '
    exec 3<> "/dev/tcp/$1/7000"
    for ((n = 0; ; n++)); do
      [[ -e $2 ]] || break
      echo "line $n" >&3
      read -r -t 10 back <&3 && [[ $back == "line $n" ]] || echo "lost: line $n"
      # Some dozens a second: the processor is for the loading, too.
      read -r -t 0.02 _ <> "$3"
    done
    echo "answered $n"' lines "$1" "$going" "$_output.pipe"
}

mkfifo "$_output.pipe"
pair
tunnel geneve 6081 ipv4
track red blue
guard red 'icmp type echo-request' accept
nsenter --net=/run/netns/blue socat TCP6-LISTEN:7000,ipv6only=0,reuseaddr PIPE &
wait_until 20 _listens tcp blue $! ':1B58 ' || bail "nobody listens"
: > "$going"
{
  bursts "${BLUE[ipv4]}" &
  bursts "${BLUE[ipv6]}" 4000 &
  bursts 10.9.0.2 &
} > /dev/null
lines "${BLUE[ipv4]}" > "$_output.tcp" &

reload() {
  local round
  for ((round = 1; round <= times; round++)); do
    # Every other time with grace periods as short as they get.
    echo $((round % 2)) > /sys/kernel/rcu_expedited
    insmod "$OVNFAST_MODULE" && rmmod "$OVNFAST_MODULE_NAME" || return 1
    jobs %2 %3 %4 %5 > /dev/null || return 1
  done
  echo "$((round - 1)) rounds"
}

load
unload_module
check "loads and unloads $times times" reload
rm "$going"
for job in %2 %3 %4 %5; do
  wait "$job"
done

# The kernel's own counts: ping goes without waiting for answers that take a little longer than those before them.
# shellcheck disable=SC2016 # expanded by awk
echoes() {
  if [[ $1 == ipv6 ]]; then
    in_ns red awk '{ value[$1] = $2 }
      END { print value["Icmp6OutEchos"], value["Icmp6InEchoReplies"] }' /proc/net/snmp6
  else
    in_ns red awk '$1 == "Icmp:" && $2 == "InMsgs" { for (i = 2; i <= NF; i++) at[$i] = i; next }
      $1 == "Icmp:" { print $at["OutEchos"], $at["InEchoReps"] }' /proc/net/snmp
  fi
}

_all_answered() {
  read -r sent answered < <(echoes "$1")
  ((sent > 0 && answered == sent))
}

all_answered() {
  local status
  wait_until 10 _all_answered "$1"
  status=$?
  echo "$answered of $sent answered"
  return "$status"
}

check "every fragmented echo request over ipv6 was answered" all_answered ipv6
check "every one over ipv4 too, through the tunnel and beside it" all_answered ipv4
echo_requests=$sent

# An answered count, and nothing lost.
complete() {
  cat "$_output.tcp"
  [[ $(< "$_output.tcp") =~ ^answered\ [1-9][0-9]*$ ]]
}
check "every line through TCP came back" complete
read_hits red
evidence "echo requests: $echo_requests sent, ${HITS[local_out]} met the rules of LOCAL_OUT"
check "control: some packets met the rules and some skipped them" \
  test "${HITS[local_out]}" -gt 0 -a "${HITS[local_out]}" -lt "$echo_requests"
check "it works after all that: loads" load_module
guard red 'ip protocol icmp'
check "it works after all that: ping is answered" pings red "${BLUE[ipv4]}" 5
check "it works after all that: rules are skipped" no_hits red
