#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Writing `reset` to the file zeroes the counters of that namespace alone; anything else is refused and changes nothing.
. ./fastpath.sh

pair
load
pings red "${BLUE[ipv4]}" 6 > /dev/null
pings red "${BLUE[ipv6]}" 6 > /dev/null
check "control: there is something to zero" says red {local_out,local_in}.ipv{4,6}.bypassed=6
write() {
  # shellcheck disable=SC2016 # expanded there
  in_ns red bash -c 'printf "%s" "$1" > /proc/net/kube_ovn_fastpath' write "$1"
}
for word in rese resets '' 0 "$(printf '%5000s' x)"; do
  [[ -z $word ]] || check_fails "writing '${word: -8}' is refused" write "$word"
done
check "and changes nothing" says red {local_out,local_in}.ipv4.bypassed=6
as_nobody() {
  # shellcheck disable=SC2016 # expanded there
  in_ns red setpriv --reuid=65534 --regid=65534 --clear-groups bash -c "$1"
}
check_fails "nobody but the administrator may reset" as_nobody 'echo reset > /proc/net/kube_ovn_fastpath'
check_fails "nor set the mode" as_nobody 'echo off > /proc/sys/net/kube_ovn_fastpath/mode'
check "that changed nothing" says red mode=auto {local_out,local_in}.ipv4.bypassed=6
check "reset is taken" reset red
check "and zeroes every counter" \
  says red {local_out,post_routing,pre_routing,local_in}.ipv{4,6}.{seen,bypassed,fragment,transit,nat,router,off,other}=0
check "of that namespace alone" says blue {local_out,local_in}.ipv4.bypassed=6
pings red "${BLUE[ipv4]}" 2 > /dev/null
check "they count on from there" says red {local_out,local_in}.ipv4.bypassed=2
