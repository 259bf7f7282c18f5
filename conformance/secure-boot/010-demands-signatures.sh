#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The kernel knows that Secure Boot is on, demands signatures of modules, and takes those that the distribution signed.
. "$OVNFAST_LIB/lib.sh"
. ./signatures.sh
needs_secure_boot

demands_signatures() {
  local lockdown='' enforced
  { read -r lockdown < /sys/kernel/security/lockdown; } 2> /dev/null
  read -r enforced < /sys/module/module/parameters/sig_enforce
  printf '%s\n' "lockdown: ${lockdown:-unknown to this kernel}" "sig_enforce: $enforced"
  [[ $lockdown == *'[integrity]'* || $lockdown == *'[confidentiality]'* || $enforced == Y ]]
}

# setup_header.secure_boot of the boot parameters: 3 is enabled (enum efi_secureboot_mode), since 4.11.
has_secure_boot() {
  [[ $(od -An -tu1 -j 492 -N 1 /sys/kernel/boot_params/data) -eq 3 ]] || dmesg | grep -i 'secure boot enabled'
}

check "the kernel knows that Secure Boot is on" has_secure_boot
check "it demands signatures" demands_signatures
check "it holds the keys of the firmware" grep -E 'asymmetri|\.(platform|machine|builtin_trusted_keys|system_keyring)' /proc/keys
check "it loads a module of its own" modprobe dummy numdummies=0
check "which unloads" rmmod dummy
