#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# This kernel's verifier accepts every program of every object; what it says of one that it refuses is the evidence.
. ./programs.sh

damaged() {
  head -c 200 "$1" > /tmp/damaged.bpf.o
  load_object /tmp/damaged.bpf.o
}

require_ebpf
undo unload_objects
for object in "$OVNFAST_MODULE_DIR"/*.bpf.o; do
  check "${object##*/}: all programs are accepted" load_object "$object"
done
# The loader tells good from bad: the same object, cut short, is refused.
check_fails "a damaged object is refused" damaged "$object"
