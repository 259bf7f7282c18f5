#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Loading and unloading fifty times while echo requests, a TCP connection and a tunnel carry traffic loses no packet.
. ./fastpath.sh

times=50
going=$_output.going

# Until $going is gone: bursts of echo requests, each of which must be answered. Says how many were.
bursts() {
  local answered=0 said
  while [[ -e $going ]]; do
    said=$(in_ns red ping -n -q -c 40 -i 0.02 -W 5 -s "${2:-56}" "$1")
    [[ $said == *'40 received'* ]] || echo "lost: $said"
    answered=$((answered + 40))
  done
  echo "answered $answered"
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
wait_until 20 _listens tcp $! ':1B58 ' || bail "nobody listens"
: > "$going"
bursts "${BLUE[ipv4]}" > "$_output.ipv4" &
bursts "${BLUE[ipv6]}" 4000 > "$_output.ipv6" &
bursts 10.9.0.2 > "$_output.tunnel" &
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
# An answered count, and nothing lost.
complete() {
  cat "$_output.$1"
  [[ $(< "$_output.$1") =~ ^answered\ [1-9][0-9]*$ ]]
}
check "every echo request was answered" complete ipv4
check "every fragmented one over ipv6 too" complete ipv6
check "every one through the tunnel too" complete tunnel
check "every line through TCP came back" complete tcp
read_hits red
echo_requests=$(($(grep -oh '[0-9]*$' "$_output.ipv4") + $(grep -oh '[0-9]*$' "$_output.tunnel")))
evidence "echo requests: $echo_requests sent, ${HITS[local_out]} met the rules of LOCAL_OUT"
check "control: some packets met the rules and some skipped them" \
  test "${HITS[local_out]}" -gt 0 -a "${HITS[local_out]}" -lt "$echo_requests"
check "it works after all that: loads" load_module
guard red 'ip protocol icmp'
check "it works after all that: ping is answered" pings red "${BLUE[ipv4]}" 5
check "it works after all that: rules are skipped" no_hits red
