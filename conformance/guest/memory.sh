# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For tests that show that nothing stays in the kernel's memory: `. "$OVNFAST_LIB/memory.sh"` after lib.sh.

# The slab caches that are measured, by patterns below /sys/kernel/slab.
caches=(kmalloc*)
declare -A _before _after
# What had grown, by the last look.
grown=''

[[ -w /sys/kernel/slab/kmalloc-64/shrink ]] || bail "the kernel does not tell what its caches hold"

# mark_memory: has_grown compares with what is in use from here on.
mark_memory() {
  _measure _before
}

# has_grown COUNT: whether more is in use by now than the kernel's own noise, less than COUNT of anything, explains. What is
# freed later gets a little time, in which nothing is done that would need memory itself. Sets $grown.
has_grown() {
  local key
  # shellcheck disable=SC2154 # of lib.sh
  read -r -t 0.5 -u "$_silence"
  _measure _after
  grown=''
  for key in "${!_after[@]}"; do
    ((_after[$key] - ${_before[$key]:-0} < $1)) || grown+=" $key: ${_before[$key]:-0} then ${_after[$key]}"
  done
  [[ -n $grown ]]
}

# leaks_nothing COUNT COMMAND...: runs a command that makes COUNT of something and takes them away. A leak grows each
# time; what the kernel keeps once it has needed it does not.
leaks_nothing() {
  local count=$1 time
  shift
  for time in 1 2 3; do
    mark_memory
    "$@" > /dev/null || return 1
    wait_until 10 _is_settled "$count" && return
    echo "time $time, grown:$grown"
  done
  return 1
}

_is_settled() {
  ! has_grown "$1"
}

# Objects in use in each cache, KiB of per-CPU memory, mappings of the vmalloc space. Caches give back what they merely
# keep when they are told to shrink.
_measure() {
  local -n into=$1
  local cache count key lines
  # shellcheck disable=SC2068 # patterns
  for cache in ${caches[@]/#//sys/kernel/slab/}; do
    { echo 1 > "$cache/shrink"; } 2> /dev/null || continue
    read -r count _ < "$cache/objects"
    into[${cache##*/}]=$count
  done
  while read -r key count _; do
    [[ $key != Percpu: ]] || into["percpu KiB"]=$count
  done < /proc/meminfo
  mapfile -t lines < /proc/vmallocinfo
  # shellcheck disable=SC2034 # another name of _before and _after
  into["vmalloc"]=${#lines[@]}
}
