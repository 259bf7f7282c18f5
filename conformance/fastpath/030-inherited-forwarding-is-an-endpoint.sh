#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A namespace that has `forwarding` set, because it inherited it from the host, but routes nothing is an endpoint: its
# traffic skips its rules.
. ./fastpath.sh

undo 'echo 0 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding'
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
pair
# Before 5.1 that of IPv6 is not inherited.
[[ -e /proc/sys/net/core/devconf_inherit_init_net ]] || in_ns red bash -c 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
forwards() {
  [[ $(in_ns red cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/red0/forwarding) == $'1\n1' ]]
}
check "control: a new namespace has forwarding on for both families" forwards

# As many echo requests as replies at each hook; the neighbour and multicast messages of a router are not counted.
declare -A match=([ipv4]='icmp type { echo-request, echo-reply }' [ipv6]='icmpv6 type { echo-request, echo-reply }')
for family in ipv4 ipv6; do
  guard red "${match[$family]}"
  patience=0.1 check_fails "control: without the module the rules drop the replies over $family" \
    pings red "${BLUE[$family]}" 5
  check "control: they are hit" hits red local_out=5 post_routing=5 pre_routing=5 local_in=5
done
load
check "the namespace is an endpoint" says red mode=auto role=pod bypass=yes reason=endpoint
for family in ipv4 ipv6; do
  guard red "${match[$family]}"
  check "ping over $family is answered" pings red "${BLUE[$family]}" 10
  check "no rule saw it" no_hits red
  check "nothing of it was taken for transit" \
    says red {local_out,post_routing,pre_routing,local_in}."$family".{transit,router,nat}=0
done
check "it is an endpoint still" says red bypass=yes reason=endpoint
