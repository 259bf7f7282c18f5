#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs and maps are in the kernel while something holds them, and gone after that, again and again.
. ./programs.sh

# Programs and maps that are in the kernel: "2 3".
in_kernel() {
  echo "$(bpftool prog show | grep -c '^[0-9]*: ')" "$(bpftool map show | grep -c '^[0-9]*: ')"
}

loaded() {
  local object
  for object in "$OVNFAST_MODULE_DIR"/*.bpf.o; do
    load_object "$object" || return 1
  done
  now=$(in_kernel)
  echo "programs and maps before: $before, loaded: $now"
  ((${now% *} > ${before% *}))
}

# The kernel frees them when nobody can be running them any more.
gone() {
  now=$(in_kernel)
  [[ $now == "$before" ]]
}

unloaded() {
  unload_objects
  wait_until 10 gone && return
  echo "programs and maps before: $before, left: $now"
  return 1
}

require_ebpf
undo unload_objects
before=$(in_kernel)
loaded > /dev/null || bail "not all programs can be loaded, see 010-verifier-accepts"
unloaded > /dev/null
for round in 1 2; do
  check "round $round: the kernel has them" loaded
  check "round $round: the kernel has nothing of them left" unloaded
done
