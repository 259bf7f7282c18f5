#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Echo requests and replies between two pods arrive although rules in both would drop them; no rule sees a packet.
. ./fastpath.sh

send() {
  pings red "${BLUE[$1]}" 20
}

pods_skip ping 'meta l4proto { icmp, ipv6-icmp }' 20 20
