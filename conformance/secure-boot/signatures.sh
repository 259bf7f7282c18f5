# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests of this suite share.

# What insmod says when the kernel does not want a signature, or none: ENOKEY, EKEYREJECTED; EPERM of one that is locked down.
readonly refusals='Required key not available|Key was rejected by service|Operation not permitted'

# Without Secure Boot none of this says anything.
needs_secure_boot() {
  [[ -n ${OVNFAST_SECURE_BOOT:-} ]] && return
  not_ok "the machine has Secure Boot on" "give the certificate of the key with --secure-boot"
  exit 0
}

# refused FILE: the kernel does not take that module, for its signature.
refused() {
  local said
  if said=$(insmod "$1" 2>&1); then
    printf '%s\n' "the kernel took it"
    unload_module
    return 1
  fi
  printf '%s\n' "$said"
  [[ $said =~ $refusals ]] && ! module_loaded
}
