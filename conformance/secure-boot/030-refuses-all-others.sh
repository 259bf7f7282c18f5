#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same module is refused without its signature, with one byte changed, signed by a key that the kernel does not know, and signed by
# such a key in the name of the one that it knows. The last check is the control: it is not refused for anything else.
. "$OVNFAST_LIB/lib.sh"
. ./signatures.sh
needs_secure_boot

# So that nothing but the signature can be in the way.
mark
check "the module loads and unloads as it was signed" eval 'load_module && unload_module'
check "refused without a signature" refused "$OVNFAST_SECURE_BOOT/unsigned.ko"
check "refused with a byte changed" refused "$OVNFAST_SECURE_BOOT/changed.ko"
check "refused when signed by another key" refused "$OVNFAST_SECURE_BOOT/other-key.ko"
check "refused when another key signed in the name of ours" refused "$OVNFAST_SECURE_BOOT/forged.ko"
evidence "$(dmesg_since_mark)"
check "the module still loads" load_module
check "and unloads" unload_module
