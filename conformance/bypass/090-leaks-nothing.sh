#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Connections, and loading and unloading, leave nothing behind: no program, no map, no memory.
. ./bypass.sh

declare -A before after

# Objects in use in each cache, KiB of per-CPU memory, mappings of the vmalloc space. Caches give back what they merely
# keep when they are told to shrink.
# shellcheck disable=SC2034 # into is another name of before and after
measure() {
  local -n into=$1
  local cache count key lines
  for cache in /sys/kernel/slab/{kmalloc*,TCP*,sock_inode_cache,skbuff*}; do
    { echo 1 > "$cache/shrink"; } 2> /dev/null || continue
    read -r count _ < "$cache/objects"
    into[${cache##*/}]=$count
  done
  while read -r key count _; do
    [[ $key != Percpu: ]] || into["percpu KiB"]=$count
  done < /proc/meminfo
  mapfile -t lines < /proc/vmallocinfo
  into["vmalloc"]=${#lines[@]}
}

# Less than one object for each connection is noise of the kernel's own; what is freed later gets its time, in which
# nothing is done that would need memory itself.
settled() {
  local key grown=''
  read -r -t 0.5 -u "$_silence"
  measure after
  for key in "${!after[@]}"; do
    ((after[$key] - ${before[$key]:-0} < connections)) || grown+=" $key: ${before[$key]:-0} then ${after[$key]}"
  done
  leaked=$grown
  [[ -z $grown ]]
}

# Connections that end well, by reset with data unread on both sides, and by force.
use() {
  traffic -p "$1" at blue conns "$connections" listen "${ANY[ipv4]}:7000" recv 500 send 300 eof -- \
    at red conns "$connections" dial "${BLUE[ipv4]}:7000" send 500 recv 300 &&
    traffic -p "$1" at blue conns "$connections" listen "${ANY[ipv4]}:7000" meet send 5000 meet reset -- \
      at red conns "$connections" dial "${BLUE[ipv4]}:7000" meet send 5000 meet over 5000 &&
    traffic -p "$1" at blue conns "$connections" listen "${ANY[ipv4]}:7000" meet send 5000 meet die -- \
      at red conns "$connections" dial "${BLUE[ipv4]}:7000" meet send 5000 meet die
}

# leaks_nothing COMMAND...: a leak grows each time; what the kernel keeps once it has needed it does not.
leaks_nothing() {
  local batch leaked=''
  for batch in 1 2 3; do
    measure before
    "$@" > /dev/null || return 1
    wait_until 10 settled && return
    echo "time $batch, grown:$leaked"
  done
  return 1
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
[[ -w /sys/kernel/slab/kmalloc-64/shrink ]] || bail "the kernel does not tell what its caches hold"
pods bridge
use stock > /dev/null || bail "no traffic"
round > /dev/null || bail "no traffic with the bypass"
check "loaded, used, unloaded: nothing is left" leaks_nothing round
check "no program" wait_until 10 none_left prog
check "no map" wait_until 10 none_left map

# The measures are good for something: what is held shows.
measure before
bypass_load
traffic at blue conns 300 listen "${ANY[ipv4]}:7000" meet recv 10 await /run/bypass.stop -- \
  at red conns 300 dial "${BLUE[ipv4]}:7000" meet send 20 touch /run/bypass.going await /run/bypass.stop > /dev/null &
wait_until 20 test -e /run/bypass.going || bail "no traffic"
check_fails "control: connections that are held do show" wait_until 1 settled
evidence "grown:$leaked"
check_fails "control: a program that is loaded does show" none_left prog
check_fails "control: a map too" none_left map
: > /run/bypass.stop
wait
rm -f /run/bypass.stop /run/bypass.going
