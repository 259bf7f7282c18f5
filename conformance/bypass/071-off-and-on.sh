#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Switched off while it is loaded: connections that are redirected go on so, new ones take the stack.
. ./bypass.sh

once() {
  carries "$1" "$2" at blue listen "${ANY[ipv4]}:7000" both 10000 20000 eof -- \
    at red dial "${BLUE[ipv4]}:7000" both 20000 10000
}

pods bridge
bypass_load
once bypass "a connection is redirected"
while_traffic "switched off while connections are redirected, which goes on" bypass "$bypass" off
check "status says that it is off" test "$(bypass_status .enabled)" = false
once stock "a new connection is not redirected"
while_traffic "switched on while connections take the stack, which goes on" stock "$bypass" on
once bypass "a new connection is redirected again"
