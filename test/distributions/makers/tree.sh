# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What both families need of the unpacked Debian packages in /work/material; to be sourced.

# Moves what a Debian 12 package has beside /usr to where merged directories have it.
merge_usr() {
  local root=$1 directory
  for directory in bin lib lib64 sbin; do
    [ -d "$root/$directory" ] || continue
    mkdir -p "$root/usr/$directory"
    cp -al "$root/$directory/." "$root/usr/$directory"
    rm -r "${root:?}/$directory"
  done
}

# The programs of kbuild and the makefiles below scripts/, from linux-kbuild-<version> to where a kernel tree has them.
kbuild_tools() {
  local release=$1 tree=$2 version
  version=$(echo "$release" | cut -d. -f1-2)
  cp -al "/work/material/linux-kbuild-$version/usr/lib/linux-kbuild-$version/." "$tree"
}
