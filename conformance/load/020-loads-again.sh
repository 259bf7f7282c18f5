#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a first unload forgot to give back (a name in /proc, a sysctl, a registered hook) shows at the next load.
. "$OVNFAST_LIB/lib.sh"

again() {
  local round
  for round in 1 2 3 4 5; do
    load_module && unload_module || return 1
    evidence "round $round"
  done
}
check "loads and unloads five times" again
