#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Unpacks the Debian packages that the test distributions are made of, control files and all, each into a directory of its
# own below $1. The list (`name file` per line) comes on standard input.
set -euo pipefail

unpack() {
  local to=$1 name=$2 file=$3
  mkdir "$to/$name"
  dpkg-deb --control "$file" "$to/$name/DEBIAN"
  # Three quarters of all bytes are never looked at: of the kernel's own modules those of the network are enough, of the
  # headers those of our architecture.
  dpkg-deb --fsys-tarfile "$file" | tar -x --no-same-owner -C "$to/$name" \
    --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/info' --exclude='./usr/share/locale' \
    --exclude='./usr/src/*/arch/[!x]*' --exclude='./usr/lib/gcc/*/*/lto1' \
    --exclude='./lib/modules/*/kernel/sound' --exclude='./lib/modules/*/kernel/fs' \
    --exclude='./lib/modules/*/kernel/drivers/[!n]*' --exclude='./lib/modules/*/kernel/drivers/net/*/*'
}
export -f unpack

mkdir -p "$1"
xargs --max-procs="$(nproc)" --max-lines=1 bash -c 'set -euo pipefail; unpack "$@"' unpack "$1"
