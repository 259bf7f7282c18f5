#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# UDP between two pods arrives although rules in both would drop it, and none of those rules sees a packet.
. ./fastpath.sh

send() {
  transfer udp red blue "${BLUE[$1]}" 7000 "$payload" 1000
}

pods_skip UDP 'udp dport 7000' 109 0
