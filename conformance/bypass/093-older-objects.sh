#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The objects for older kernels do on this one what they do there: redirect, keep tenants apart, and forget connections
# that have ended.
. ./bypass.sh
# shellcheck source=variants.sh
. ./variants.sh

# once NAME [FROM]: from a port of its own, or that one.
once() {
  carries bypass "$1" at blue listen "${ANY[ipv6]}:7000" both 100000/1000,1,30000 200000 eof -- \
    at red ${2:+from "$2"} dial "${BLUE[ipv4]}:7000" both 200000/30000,7,1000 100000
}

# tenants WAY: two at a time with the same addresses and ports; the way of the one that comes second.
tenants() {
  traffic at blue key A path bypass listen "${ANY[ipv4]}:7000" open meet meet recv 50000 meet send 40000 shut eof -- \
    at other-blue key B path "$1" listen "${ANY[ipv4]}:7000" meet open meet recv 50000 meet send 40000 shut eof -- \
    at red key A path bypass from 10.0.0.1:4002 dial "${BLUE[ipv4]}:7000" open meet meet send 50000 meet recv 40000 eof shut -- \
    at other-red key B path "$1" from 10.0.0.1:4002 dial "${BLUE[ipv4]}:7000" meet open meet send 50000 meet recv 40000 eof shut
}

# flows COUNT: whether so many are known, where they are not kept in the sockets themselves.
flows() {
  local count
  count=$(bpftool -j map dump pinned /sys/fs/bpf/ovnfast-bypass/maps/flows | jq length)
  echo "$count flows"
  ((count == $1))
}

forgotten() {
  wait_until 5 flows 0
}

pods bridge
pods bridge other-
bypass_load
variants=$(older_variants)
# On the oldest kernels, the one that they take anyway.
variants=${variants:-$(bypass_status .variant)}
check "it unloads" bypass_unload
for variant in $variants; do
  load_variant "$variant"
  check "control: it is $variant" test "$(bypass_status .variant)" = "$variant"
  once "$variant redirects"
  once "$variant redirects from a port" 10.0.0.1:4001
  once "$variant redirects from the same port again" 10.0.0.1:4001
  expected=bypass
  [[ $variant != bypass-4.18 ]] || expected=stock
  check "$variant keeps two tenants apart" tenants "$expected"
  [[ $variant != bypass-4.18 ]] || check "it forgets connections that have ended" forgotten
  check "$variant unloads" bypass_unload
done
