#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Connections, and loading and unloading, leave nothing behind: no program, no map, no memory.
. ./bypass.sh
# shellcheck source=../guest/memory.sh
. "$OVNFAST_LIB/memory.sh"
caches=(kmalloc* TCP* sock_inode_cache skbuff*)

# Connections that end well, by reset with data unread on both sides, and by force.
use() {
  traffic -p "$1" at blue conns "$connections" listen "${ANY[ipv4]}:7000" recv 500 send 300 eof -- \
    at red conns "$connections" dial "${BLUE[ipv4]}:7000" send 500 recv 300 &&
    traffic -p "$1" at blue conns "$connections" listen "${ANY[ipv4]}:7000" meet send 5000 meet reset -- \
      at red conns "$connections" dial "${BLUE[ipv4]}:7000" meet send 5000 meet over 5000 &&
    traffic -p "$1" at blue conns "$connections" listen "${ANY[ipv4]}:7000" meet send 5000 meet die -- \
      at red conns "$connections" dial "${BLUE[ipv4]}:7000" meet send 5000 meet die
}

round() {
  bypass_load && use bypass && bypass_unload
}

# none_left KIND: programs or maps; one line for each begins with its number.
none_left() {
  local said
  said=$(bpftool "$1" show)
  echo "$said"
  [[ $said != *[0-9]:* ]]
}

connections=100
pods bridge
use stock > /dev/null || bail "no traffic"
round > /dev/null || bail "no traffic with the bypass"
check "loaded, used, unloaded: nothing is left" leaks_nothing "$connections" round
check "no program" wait_until 10 none_left prog
check "no map" wait_until 10 none_left map

# The measures are good for something: what is held shows.
mark_memory
bypass_load
rm -f /run/bypass.stop /run/bypass.going
traffic at blue conns 300 listen "${ANY[ipv4]}:7000" meet recv 10 await /run/bypass.stop -- \
  at red conns 300 dial "${BLUE[ipv4]}:7000" meet send 20 touch /run/bypass.going await /run/bypass.stop > /dev/null &
wait_until 20 test -e /run/bypass.going || bail "no traffic"
check "control: connections that are held do show" has_grown "$connections"
evidence "grown:$grown"
check_fails "control: a program that is loaded does show" none_left prog
check_fails "control: a map too" none_left map
: > /run/bypass.stop
wait
rm -f /run/bypass.stop /run/bypass.going
