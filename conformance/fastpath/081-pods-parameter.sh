#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The parameter `pods` says what namespaces other than the first are in mode auto: endpoints by their look (auto), always
# (on), or never (off). A namespace's own mode overrules it.
. ./fastpath.sh

# ping_meets PACKETS: at each hook of red.
ping_meets() {
  guard red 'icmp type { echo-request, echo-reply }' accept
  pings red "${BLUE[ipv4]}" 5 && hits red local_out="$1" post_routing="$1" pre_routing="$1" local_in="$1"
}

pair
netns host
in_ns blue nft 'add table ip nat; add chain ip nat post { type nat hook postrouting priority 100; }'

load pods=auto
check "auto: an endpoint is bypassed" says red mode=auto role=pod bypass=yes reason=endpoint
check "auto: its rules are skipped" ping_meets 0
check "auto: one with NAT rules is not" says blue mode=auto role=pod bypass=no reason=nat
unload_module

load pods=off
check "off: no pod is bypassed" says red mode=auto role=off bypass=no reason=off
check "off: its rules are met" ping_meets 5
check "off: the first namespace is a node all the same" says host role=node bypass=yes reason=tunnels
netns green
check "off: nor is a new one" says green bypass=no reason=off
set_mode pod red
check "off: unless its own mode says so" says red mode=pod role=pod bypass=yes reason=forced
check "off: then its rules are skipped" ping_meets 0
unload_module

load pods=on
check "on: an endpoint is bypassed" says red mode=auto role=pod bypass=yes reason=forced
check "on: its rules are skipped" ping_meets 0
check "on: one with NAT rules is, too" says blue mode=auto role=pod bypass=yes reason=forced
check "on: the first namespace is a node all the same" says host role=node bypass=yes reason=tunnels
set_mode off red
check "on: unless its own mode says no" ping_meets 5
