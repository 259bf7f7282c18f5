#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two pods on Open vSwitch with the kernel's datapath.
. ./bypass.sh

cases() {
  local family
  for family in ipv4 ipv6; do
    carries "$1" "$family" at blue listen "${ANY[$family]}:7000" both 100000/1000,1,30000 200000 eof -- \
      at red dial "${BLUE[$family]}:7000" both 200000/30000,7,1000 100000
  done
}

pods ovs
on_both cases
check "Open vSwitch goes" end_open_vswitch
