#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Where a VRF runs the hooks for packets of its own, they are left alone, so that they arrive.
. ./fastpath.sh

if [[ " $OVNFAST_ABSENT_MODULES " == *' vrf '* ]]; then
  skip "ping to an address in a VRF is answered" "this kernel has no VRF"
  exit
fi
netns red blue
join red red0 blue blue0 "${BLUE[ipv4]}/24" "${BLUE[ipv6]}/64"
printf '%s\n' "link add vrf0 type vrf table 10" "link set vrf0 up" "link set red0 master vrf0" | ip -n red -batch - ||
  bail "no VRF"
raise red red0 "${RED[ipv4]}/24" "${RED[ipv6]}/64"
load
for family in ipv4 ipv6; do
  check "ping to an address in a VRF is answered over $family" pings blue "${RED[$family]}" 5
  check "what the VRF itself sent through the hooks was left alone" says red local_in."$family".bypassed=0 \
    {pre_routing,local_in}."$family".other=5
  check "control: at the other end it was" says blue {local_out,post_routing,pre_routing,local_in}."$family".bypassed=5
done
