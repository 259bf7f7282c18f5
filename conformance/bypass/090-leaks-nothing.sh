#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Connections, and loading and unloading, leave nothing behind: no program, no map, no memory.
. ./bypass.sh

declare -A before after

# Programs and maps, objects in use in each cache, KiB of per-CPU memory, mappings of the vmalloc space. Caches give back
# what they merely keep when they are told to shrink.
# shellcheck disable=SC2034 # into is another name of before and after
measure() {
  local -n into=$1
  local cache count key name lines
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
  # One line for each begins with its number.
  for name in prog map link; do
    into["bpf $name"]=$(bpftool "$name" show 2> /dev/null | grep -c '^[0-9]')
  done
}

# Less than one object for each connection is noise of the kernel's own; what is freed later gets its time.
settled() {
  local key grown=''
  measure after
  for key in "${!after[@]}"; do
    ((after[$key] - ${before[$key]:-0} < ${limits[$key]:-$connections})) || grown+=" $key: ${before[$key]:-0} then ${after[$key]}"
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

connections=100
declare -A limits=(["bpf prog"]=1 ["bpf map"]=1 ["bpf link"]=1)
[[ -w /sys/kernel/slab/kmalloc-64/shrink ]] || bail "the kernel does not tell what its caches hold"
pods bridge
use stock > /dev/null || bail "no traffic"
round > /dev/null || bail "no traffic with the bypass"
check "loaded, used, unloaded: nothing is left" leaks_nothing round

# The measure is good for something: what is held shows.
measure before
bypass_load
check_fails "control: what is loaded does show" wait_until 1 settled
evidence "grown:$leaked"
