#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The signed module loads. Its control is the next test: the same module without that signature does not.
. "$OVNFAST_LIB/lib.sh"
. ./signatures.sh
needs_secure_boot

loads() {
  local found
  mark
  load_module && return
  dmesg_since_mark
  found=$(grep -cE '\.(platform|machine): [1-9]' /proc/keys)
  # Mainline asks only the keys that it was built with, and those of .machine, which are a user's own (MOK).
  ((found == 0)) || printf '%s\n' "the kernel holds keys of the firmware (.platform, .machine in /proc/keys): is it one of those?" \
    "if it is, this kernel does not take it for modules, as mainline does not; most distributions' do"
  return 1
}

evidence "$(modinfo -F signer "$OVNFAST_MODULE"), $(modinfo -F sig_hashalgo "$OVNFAST_MODULE")"
check "loads" loads
check "is live" grep -qx live "/sys/module/$OVNFAST_MODULE_NAME/initstate"
# E of /sys/module/MODULE/taint: a module whose signature is missing or not known.
check_fails "is not marked as unsigned" grep E "/sys/module/$OVNFAST_MODULE_NAME/taint"
check "unloads" unload_module
