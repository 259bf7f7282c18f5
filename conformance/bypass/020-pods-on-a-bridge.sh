#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two pods on a bridge: IPv4, IPv6, and IPv4 with sockets of IPv6 at either end or both. Both directions at once, in
# writes of uneven sizes.
. ./bypass.sh

cases() {
  local pair from to
  for pair in ipv4:ipv4 ipv6:ipv6 mapped:ipv4 ipv4:mapped mapped:mapped; do
    from=${pair%:*} to=${pair#*:}
    carries "$1" "from $from to $to" at blue listen "${ANY[$to]}:7000" both 100000/1000,1,30000 200000 eof -- \
      at red dial "${BLUE[$from]}:7000" both 200000/30000,7,1000 100000
  done
}

pods bridge
on_both cases
