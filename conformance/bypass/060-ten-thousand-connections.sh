#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Ten thousand connections at once, each with its own bytes.
. ./bypass.sh

# at_once stock|bypass COUNT: all are open before the first one sends, and before the first one ends.
at_once() {
  traffic -t 600 -p "$1" at blue conns "$2" listen "${ANY[ipv4]}:7000" meet recv 500 meet send 300 eof -- \
    at red conns "$2" dial "${BLUE[ipv4]}:7000" meet send 500 meet recv 300 shut
}

# counted FIELD
counted() {
  local count
  count=$(bypass_status ".counters.$1")
  echo "$1: $count"
  ((count == connections))
}

connections=10000
# What TCP may use in all follows the memory of the machine, which is small here; at its end what is redirected fails
# with ENOMEM, see the README of the bypass.
read -r low pressure high < /proc/sys/net/ipv4/tcp_mem
undo "echo $low $pressure $high > /proc/sys/net/ipv4/tcp_mem"
echo 200000 200000 200000 > /proc/sys/net/ipv4/tcp_mem
pods bridge
check "control, stock: a thousand connections" at_once stock 1000
bypass_load
check "$connections connections at once" at_once bypass "$connections"
check "all were joined" counted joined
check "all have ended" counted closed
check "it unloads" bypass_unload
