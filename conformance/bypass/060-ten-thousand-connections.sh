#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Ten thousand connections at once, each with its own bytes.
. ./bypass.sh

cases() {
  local count=$2
  carries "$1" "$count connections at once" \
    at blue conns "$count" listen "${ANY[ipv4]}:7000" recv 500 meet send 300 eof -- \
    at red conns "$count" dial "${BLUE[ipv4]}:7000" send 500 meet recv 300 shut
}

pods bridge
cases stock 1000
bypass_load
cases bypass 10000
check "all were joined" test "$(bypass_status .counters.joined)" = 10000
closed() { [[ $(bypass_status .counters.closed) == "$1" ]]; }
check "all have ended" wait_until 10 closed 10000
check "it unloads" bypass_unload
