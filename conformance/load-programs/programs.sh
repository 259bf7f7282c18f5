# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For the tests of this suite: loading objects, and taking away what that left.

. "$OVNFAST_LIB/lib.sh"

pins=/sys/fs/bpf

# require_ebpf: ends the script as skipped where the kernel has no eBPF.
require_ebpf() {
  mountpoint -q "$pins" && return
  skip "eBPF" "this kernel has no eBPF file system"
  exit 0
}

# load_object FILE: loads all programs of an object and pins them, with its maps. Prints why the kernel refuses one; of a
# long log the end, where the verifier says what it does not accept.
load_object() {
  local name=${1##*/} said
  name=${name%.bpf.o}
  # The file system takes no names with dots.
  name=${name//./_}
  said=$(bpftool prog loadall "$1" "$pins/$name" pinmaps "$pins/${name}_maps" 2>&1) && return
  tail -n 38 <<< "$said"
  return 1
}

# unload_objects: removes all pins.
unload_objects() {
  find "$pins" -mindepth 1 -delete
}
