#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the archive /work/out/testubuntu of the Debian packages in /work/material, laid out as Ubuntu lays it out: suites
# `test`, `test-updates` and `test-security`, all members compressed with zstd, headers in two packages, the kernel and its modules in
# two more. The arguments are the kernel releases: the older one for `test`, the newer one for `test-updates`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "${0%/*}/tree.sh"

archive=/work/out/testubuntu
stage=/work/apt-stage
mkdir -p "$stage"

# Packs the tree $stage/$2 into the pool of suite $1.
pack() {
  mkdir -p "$archive/pool/$1"
  dpkg-deb --root-owner-group -Zzstd -z1 --build "$stage/$2" "$archive/pool/$1" >/dev/null
  rm -r "${stage:?}/$2"
}

# Writes the control file of the tree $stage/$1 with version $2 and architecture $3; more fields on standard input.
control() {
  mkdir -p "$stage/$1/DEBIAN"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: %s\n' "$1" "$2" "$3"
    printf 'Maintainer: Test distribution <test@example.org>\nDescription: %s\n Made for tests.\n' "$1"
    cat
  } >"$stage/$1/DEBIAN/control"
}

# linux-headers-A, linux-headers-A-FLAVOUR (mostly links to the first), linux-modules-* and linux-image-*.
kernel() {
  local suite=$1 release=$2 abi=${2%-*} entry
  local version=$abi.1 material=/work/material
  local common=linux-headers-$abi flavour=linux-headers-$release
  local tree=$stage/$common/usr/src/$common links=$stage/$flavour/usr/src/$flavour

  mkdir -p "$tree"
  cp -al "$material/linux-headers-$abi-common/usr/src/linux-headers-$abi-common/." "$tree"
  rm "$tree/scripts" "$tree/tools"
  control "$common" "$version" all </dev/null

  mkdir -p "$links"
  cp -al "$material/linux-headers-$release/usr/src/linux-headers-$release/." "$links"
  # Debian's own indirection to the common headers, and the name of its compiler.
  rm "$links/Makefile" "$links/.kernelvariables" "$links/scripts" "$links/tools"
  kbuild_tools "$release" "$links"
  for entry in Makefile arch/x86/Makefile; do
    ln -s "$(realpath -s -m --relative-to="$(dirname "$links/$entry")" "$links/../$common/$entry")" "$links/$entry"
  done
  for entry in include arch/x86/include; do
    find "$tree/$entry" -mindepth 1 -maxdepth 1 -printf "$entry/%f\n" | while read -r entry; do
      [ -e "$links/$entry" ] ||
        ln -s "$(realpath -s -m --relative-to="$(dirname "$links/$entry")" "$links/../$common/$entry")" "$links/$entry"
    done
  done
  mkdir -p "$stage/$flavour/lib/modules/$release"
  ln -s "/usr/src/$flavour" "$stage/$flavour/lib/modules/$release/build"
  control "$flavour" "$version" amd64 <<END
Depends: $common, libc6 (>= 2.34), libelf1 (>= 0.142), libssl3 (>= 3.0.0)
END

  local image=$material/linux-image-$release
  mkdir -p "$stage/linux-modules-$release/boot" "$stage/linux-image-$release/boot"
  cp -al "$image/lib" "$stage/linux-modules-$release/lib"
  cp -al "$image/boot/config-$release" "$image/boot/System.map-$release" "$stage/linux-modules-$release/boot"
  control "linux-modules-$release" "$version" amd64 </dev/null
  cp -al "$image/boot/vmlinuz-$release" "$stage/linux-image-$release/boot"
  control "linux-image-$release" "$version" amd64 <<END
Depends: kmod, linux-base (>= 4.5ubuntu1~16.04.1), linux-modules-$release
Recommends: initramfs-tools | linux-initramfs-tool
END

  local name
  for name in "$common" "$flavour" "linux-modules-$release" "linux-image-$release"; do pack "$suite" "$name"; done
}

# A package as it is, but for its version, which gets a suffix.
repack() {
  local suite=$1 name=$2 suffix=$3
  cp -al "/work/material/$name" "$stage/$name"
  sed "s/^Version: .*/&$suffix/" "/work/material/$name/DEBIAN/control" >"$stage/$name/control"
  mv -f "$stage/$name/control" "$stage/$name/DEBIAN/control"
  pack "$suite" "$name"
}

kernel test "$1"
kernel test-updates "$2"
for directory in /work/material/*; do
  name=${directory##*/}
  case $name in linux-*) ;; *) repack test "$name" '' ;; esac
done
# As in a distribution in use: the same package in several suites, and the newest in no particular one.
repack test-updates make +updates1
repack test-security sed +security2
repack test-updates sed +security1
# What these want and nobody needs to build a module.
control left-out 99 all <<END
Provides: debianutils (= 99), dpkg (= 99), install-info (= 99), libasan8 (= 99), libatomic1 (= 99), libcc1-0 (= 99),
 libgomp1 (= 99), libgprofng0 (= 99), libitm1 (= 99), liblsan0 (= 99), libquadmath0 (= 99), libtsan2 (= 99),
 libubsan1 (= 99)
END
pack test left-out
# Ubuntu's `gcc` is a link to the newest of several.
mkdir -p "$stage/gcc/usr/bin"
ln -s gcc-12 "$stage/gcc/usr/bin/gcc"
control gcc 4:12.2.0-3 amd64 <<END
Depends: gcc-12 (>= 12.2.0-1~)
END
pack test gcc

cd "$archive"
for suite in test test-updates test-security; do
  binary=dists/$suite/main/binary-amd64
  mkdir -p "$binary"
  apt-ftparchive -o APT::FTPArchive::MD5=false -o APT::FTPArchive::SHA1=false -o APT::FTPArchive::SHA512=false \
    packages "pool/$suite" >"$binary/Packages"
  xz -1 --keep "$binary/Packages"
  apt-ftparchive -o APT::FTPArchive::Release::Suite="$suite" -o APT::FTPArchive::Release::Codename="$suite" \
    -o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures=amd64 \
    release "dists/$suite" >"$stage/Release"
  # It names the uncompressed file too, for apt, and does not have it, as with Ubuntu.
  rm "$binary/Packages"
  gpg --batch --local-user testubuntu@example.org --clearsign --output "dists/$suite/InRelease" "$stage/Release"
done
