#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# When the module goes, its hooks go: rules are hit again by the very next packet, in old and in new namespaces.
. ./fastpath.sh

pair
guard red 'meta l4proto { icmp, ipv6-icmp }' accept
load
check "ping is answered" pings red "${BLUE[ipv4]}" 5
check "ping over ipv6 is answered" pings red "${BLUE[ipv6]}" 5
check "control: with the module no rule sees it" no_hits red
netns green
join red red1 10.1.0.1/24 green green0 10.1.0.2/24
unload_module
check "ping is answered without the module" pings red "${BLUE[ipv4]}" 3
check "ping over ipv6 is answered without the module" pings red "${BLUE[ipv6]}" 3
check "rules saw every packet" hits red local_out=6 post_routing=6 pre_routing=6 local_in=6
guard green 'ip protocol icmp' accept
check "a namespace made while it was loaded answers" pings red 10.1.0.2 3
check "and its rules are hit too" hits green local_out=3 post_routing=3 pre_routing=3 local_in=3
check_fails "nothing is left in /proc" in_ns red test -e /proc/net/kube_ovn_fastpath
check_fails "no setting is left" in_ns red test -e /proc/sys/net/kube_ovn_fastpath
