#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The module loads, /sys/module shows it as live, and it unloads.
. "$OVNFAST_LIB/lib.sh"

check "is not there before it is loaded" test ! -e "/sys/module/$OVNFAST_MODULE_NAME"
check "loads" load_module
check "is live" grep -qx live "/sys/module/$OVNFAST_MODULE_NAME/initstate"
check "unloads" unload_module
check "is gone" test ! -e "/sys/module/$OVNFAST_MODULE_NAME"
