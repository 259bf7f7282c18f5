#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A service address that the node translates. Neither end knows the addresses that the other one sees; where the source
# is translated, too, the two have none in common.
. ./bypass.sh

# once stock|bypass NAME FAMILY: one connection through the service, which is given by its name in BLUE.
once() {
  carries "$1" "$2" at blue nat listen "${ANY[$3]}:7000" both 100000/1000,1,30000 200000 eof -- \
    at red nat dial "${BLUE[$3]}:80" both 200000/30000,7,1000 100000
}

cases() {
  local family
  for family in ipv4 ipv6 mapped; do
    once "$1" "$family to a service" "$family"
  done
}

service_pods
on_both cases
remove node red blue

# The server sees the node's address, so the first client cannot be told that it reaches a socket of this node.
masqueraded() {
  local family
  for family in ipv4 ipv6; do
    [[ $1 == stock ]] || once stock "first connection over $family to a service, the source translated too" "$family"
    once "$1" "$family to a service, the source translated too" "$family"
  done
}

service_pods masquerade
on_both masqueraded
