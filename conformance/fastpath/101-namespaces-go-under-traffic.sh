#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Namespaces can be taken away while packets for them arrive, with the module loaded or on its way out.
. ./fastpath.sh

# Echo requests without end from the first namespace, which count as traffic for as long as the device exists.
flood() {
  ping -q -n -i 0.002 "$1" > /dev/null 2>&1 &
  flood=$!
}

end_flood() {
  kill -KILL "$flood" || return 1
  wait "$flood"
  return 0
} 2> /dev/null

appear() {
  netns red blue
  join host host0 10.4.0.1/24 fd04::1/64 red red0 10.4.0.2/24 fd04::2/64
  join red red1 10.5.0.1/24 blue blue0 10.5.0.2/24
}

# The device of the first namespace goes when the namespace at its other end is really taken apart.
gone() {
  [[ ! -e /sys/class/net/host0 ]]
}

round() {
  appear && flood "$1" && wait_until 20 says_traffic || return 1
  remove red blue
  wait_until 20 gone && end_flood
}

says_traffic() {
  read_state red && ((${STATE[local_in.ipv4.bypassed]} + ${STATE[local_in.ipv6.bypassed]} > 10))
}

echo 0 > /sys/kernel/rcu_expedited
netns host
load
for address in 10.4.0.2 fd04::2 10.4.0.2; do
  check "namespaces with traffic from outside to $address go" round "$address"
done

# Processes that send from inside: the namespace goes with the last of them.
inside() {
  appear
  nsenter --net=/run/netns/red ping -q -n -i 0.002 10.5.0.2 > /dev/null 2>&1 &
  local process=$!
  wait_until 20 says_traffic || return 1
  remove red blue
  [[ -e /sys/class/net/host0 ]] || return 1
  kill -KILL "$process"
  { wait "$process"; } 2> /dev/null
  wait_until 20 gone
}
check "a namespace that sends goes with its last process" inside

appear
flood 10.4.0.2
wait_until 20 says_traffic
remove red blue
check "the module unloads while namespaces go" unload_module
check "they go" wait_until 20 gone
end_flood
appear
load
guard red 'ip protocol icmp'
check "it works after all that: ping is answered" pings red 10.5.0.2 5
check "it works after all that: rules are skipped" no_hits red
