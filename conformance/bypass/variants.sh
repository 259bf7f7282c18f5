# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The objects for older kernels, on this one. Sourced after bypass.sh.

# older_variants: the variants for kernels older than this one, the newest first; it is loaded.
older_variants() {
  case $(bypass_status .variant) in
    bypass) echo bypass-5.8 bypass-4.18 ;;
    bypass-5.8) echo bypass-4.18 ;;
  esac
}

# load_variant VARIANT [OPTION...]: loads that one, not the best that the kernel takes.
load_variant() {
  local directory=/run/ovnfast-$1
  mkdir -p "$directory"
  undo rm -rf "$directory"
  cp "$OVNFAST_MODULE_DIR/$1.bpf.o" "$directory/" || bail "there is no $1"
  bypass_load --objects "$directory" "${@:2}"
}
