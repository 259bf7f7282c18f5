#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the repositories below /work/out/testos of the Debian packages in /work/material, laid out as those of an Enterprise
# Linux: BaseOS, AppStream and CRB, real RPMs with the dependencies that rpmbuild finds in their files, signed, indexed by
# createrepo_c. What is not to be trusted goes to /work/out/bad. The arguments are the kernel releases, the older one first.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "${0%/*}/tree.sh"

material=/work/material
stage=/work/rpm-stage
base=/work/out/testos/9/BaseOS/x86_64/os
stream=/work/out/testos/9/AppStream/x86_64/os
crb=/work/out/testos/9/CRB/x86_64/os
mkdir -p "$stage" "$base/Packages" "$stream/Packages" "$crb/Packages"

# Begins the source package $1 with version $2, of which nothing is built but the packages that follow.
source_package() {
  spec=$stage/$1.spec
  root=$stage/$1.root
  mkdir "$root"
  cat >"$spec" <<END
Name: testos-$1
Version: $2
Release: 1.tos9
Summary: Packages of the test distribution
License: Various
%description
Made for tests.
%install
cp -a $root/. %{buildroot}
END
}

# Adds the package $1 with version $2 to the source package; lines for its preamble on standard input. Its files are listed in
# $stage/$1.files, if it has any.
package() {
  {
    printf '%%package -n %s\nVersion: %s\nSummary: %s\n' "$1" "$2" "$1"
    cat
    printf '%%description -n %s\nMade for tests.\n%%files -n %s' "$1" "$1"
    if [ -e "$stage/$1.files" ]; then printf ' -f %s' "$stage/$1.files"; fi
    printf '\n'
  } >>"$spec"
}

# The package $1 with version $2 and the files of the Debian packages that follow; the preamble on standard input.
package_of() {
  local name=$1 version=$2 one=$stage/one from
  shift 2
  for from in "$@"; do
    cp -al "$material/$from" "$one"
    rm -r "$one/DEBIAN"
    merge_usr "$one"
    (cd "$one" && find . -not -type d -printf '"/%P"\n')
    cp -al "$one/." "$root"
    rm -r "$one"
  done >"$stage/$name.files"
  package "$name" "$version"
}

# Builds the source package; the packages come to $1, their payload compressed as $2 says. Debian's packages have scripts in
# perl and python where an Enterprise Linux's have none, and nothing is to be asked of those.
build() {
  local options=(
    "_topdir $stage/build" '_tmppath /tmp' '_dbpath /tmp/rpmdb' '_buildhost test.example.org'
    "_rpmdir $1" '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "_binary_payload $2"
    '_build_id_links none' 'debug_package %{nil}' '__os_install_post %{nil}' '__check_files %{nil}'
    '__requires_exclude ^(perl[(]|/usr/bin/(perl|python3)$)'
  )
  LC_ALL=C rpmbuild -bb --quiet --target x86_64-linux --nodeps "${options[@]/#/--define=}" "$spec"
}

# A package that has nothing to say but what rpmbuild finds in its files.
plain() { package_of "$@" </dev/null; }

source_package base 9
mkdir -p "$root"/usr/{bin,lib,lib64,sbin}
for directory in bin lib lib64 sbin; do ln -s "usr/$directory" "$root/$directory"; done
printf '%s\n' '%dir /usr/'{bin,lib,lib64,sbin} /bin /lib /lib64 /sbin >"$stage/filesystem.files"
package filesystem 3.16 <<END
Provides: filesystem(merged-usr)
END
package_of glibc 2.36 libc6 <<END
Provides: rtld(GNU_HASH)
Requires: filesystem, basesystem
Requires: (glibc-gconv-extra = 2.36 if redhat-rpm-config)
END
package basesystem 11 <<END
Requires(pre): filesystem
END
# Names that EL has and Debian leaves to its alternatives.
ln -s bash "$root/usr/bin/sh"
package_of bash 5.2.15 bash <<END
Provides: /bin/sh, /bin/bash
Requires: filesystem >= 3
END
echo /usr/bin/sh >>"$stage/bash.files"
package_of coreutils 9.1 coreutils <<END
Provides: /bin/cat, /bin/mkdir, bundled(gnulib)
Conflicts: filesystem < 3
END
ln -s gawk "$root/usr/bin/awk"
package_of gawk 5.2.1 gawk <<END
Provides: /bin/awk, /bin/gawk
Requires: filesystem >= 3
END
echo /usr/bin/awk >>"$stage/gawk.files"
plain findutils 4.9.0 findutils
plain grep 3.8 grep
plain sed 4.9 sed
plain libgcc 12.2.0 libgcc-s1
plain libstdc++ 12.2.0 libstdc++6
plain libacl 2.3.1 libacl1
plain libattr 2.5.1 libattr1
plain libselinux 3.4 libselinux1
plain pcre2 10.42 libpcre2-8-0
plain gmp 6.2.1 libgmp10
plain mpfr 4.2.0 libmpfr6
plain readline 8.2 libreadline8
plain libsigsegv 2.14 libsigsegv2
plain ncurses-libs 6.4 libtinfo6
plain openssl-libs 3.0.22 libssl3
plain zlib 1.2.13 zlib1g
plain libzstd 1.5.4 libzstd1
plain xz-libs 5.4.1 liblzma5
plain bzip2-libs 1.0.8 libbz2-1.0
plain libxcrypt 4.4.33 libcrypt1
plain elfutils-libelf 0.188 libelf1
plain elfutils-libs 0.188 libdw1
build "$base/Packages" w1.gzdio

source_package toolchain 12.2.0
plain libmpc 1.3.1 libmpc3
plain isl 0.25 libisl23
plain jansson 2.14 libjansson4
plain make 4.3 make
package_of kernel-headers 6.1.192 linux-libc-dev <<END
Provides: glibc-kernheaders = 3.0-46
END
# A file that is in no list but the whole one, as primary.xml names only those of /etc, */bin and */sbin.
package_of glibc-devel 2.36 libc6-dev <<END
Requires: glibc = 2.36-1.tos9, kernel-headers >= 3.2, /usr/include/linux/limits.h
Provides: glibc-headers = 2.36-1.tos9, glibc-headers(x86-64) = 2.36-1.tos9
END
package_of zlib-devel 1.2.13 zlib1g-dev <<END
Requires: zlib = 1.2.13-1.tos9
END
package_of elfutils-libelf-devel 0.188 libelf-dev <<END
Requires: elfutils-libelf = 0.188-1.tos9, zlib-devel
END
package_of perl-interpreter 5.36.0 perl-base <<END
AutoReqProv: no
Epoch: 4
Provides: perl = 4:5.36.0, perl(:MODULE_COMPAT_5.36.0)
Requires: libc.so.6(GLIBC_2.34)(64bit), libcrypt.so.1()(64bit), (perl-libs if perl-core)
END
package_of binutils 2.40 binutils binutils-common binutils-x86-64-linux-gnu libbinutils libctf0 libctf-nobfd0 <<END
Requires: coreutils, (binutils-gold >= 2.40 if lld)
END
sed -i '/gprofng/d; /gp-/d' "$stage/binutils.files"
package_of cpp 12.2.0 cpp-12 <<END
Requires: filesystem >= 3
END
ln -s x86_64-linux-gnu-cpp-12 "$root/usr/bin/cpp"
echo /usr/bin/cpp >>"$stage/cpp.files"
package_of gcc 12.2.0 gcc-12 libgcc-12-dev <<END
Requires: cpp = 12.2.0-1.tos9, binutils >= 2.31, libgcc >= 12.2.0-1, (glibc-devel or uclibc-devel)
Requires: /usr/bin/as, /bin/sh
Provides: bundled(libiberty), gcc(major) = 12
END
# One file under several names, as gcc is in an Enterprise Linux.
cp "$root/usr/bin/x86_64-linux-gnu-gcc-12" "$root/usr/bin/gcc"
ln "$root/usr/bin/gcc" "$root/usr/bin/x86_64-redhat-linux-gcc"
printf '%s\n' /usr/bin/gcc /usr/bin/x86_64-redhat-linux-gcc >>"$stage/gcc.files"
build "$stream/Packages" w1.zstdio

source_package dwarves 1.24
plain libbpf 1.1.2 libbpf1
plain dwarves 1.24 pahole
build "$crb/Packages" w1.xzdio

# Of release $1: kernel-core and kernel-modules for BaseOS, kernel-devel for AppStream.
kernel() {
  local release=$1 abi=${1%-*} modules=lib/modules/$1 tree=usr/src/kernels/$1 version common headers
  version=$(sed -n 's/^Version: \([^-]*\)-.*/\1/p' "$material/linux-image-$release/DEBIAN/control")
  common=$material/linux-headers-$abi-common/usr/src/linux-headers-$abi-common
  headers=$material/linux-headers-$release/usr/src/linux-headers-$release
  source_package "kernel-$release" "$version"
  mkdir -p "$root/lib" "$root/$tree"
  cp -al "$material/linux-image-$release/lib/modules" "$root/lib"
  cp -al "$material/linux-image-$release/boot/vmlinuz-$release" "$root/$modules/vmlinuz"
  cp -al "$material/linux-image-$release/boot/config-$release" "$root/$modules/config"
  cp -al "$material/linux-image-$release/boot/System.map-$release" "$root/$modules/System.map"
  ln -s "/$tree" "$root/$modules/build"
  ln -s build "$root/$modules/source"
  cat >"$stage/kernel-core.files" <<END
%dir /$modules
%dir /$modules/kernel
/$modules/kernel/[!dn]*
/$modules/[!k]*
%ghost /boot/vmlinuz-$release
END
  printf '%s\n' "/$modules/kernel/drivers" "/$modules/kernel/net" >"$stage/kernel-modules.files"
  # Debian has one tree for all flavours and a small one for each; here they are one, as they were when the kernel was built.
  cp -al "$common/." "$root/$tree"
  cp -al --remove-destination "$headers/." "$root/$tree"
  rm "$root/$tree/.kernelvariables" "$root/$tree/scripts" "$root/$tree/tools"
  cp -al --remove-destination "$common/Makefile" "$root/$tree"
  kbuild_tools "$release" "$root/$tree"
  echo "/$tree" >"$stage/kernel-devel.files"

  package kernel "$version" <<END
Requires: kernel-core-$release, kernel-modules-$release
END
  # rpmbuild takes no version with two dashes, so that `kernel-devel-uname-r = <release>` is out of the question; the kernel's
  # own packaging puts the release into the name of what it provides.
  package kernel-core "$version" <<END
AutoReqProv: no
Provides: kernel-core-$release, installonlypkg(kernel), kernel-core(x86-64) = $version-1.tos9
Requires: (kernel-modules-$release or kernel-modules-core-$release)
END
  package kernel-modules "$version" <<END
AutoReqProv: no
Provides: kernel-modules-$release, installonlypkg(kernel-module)
Requires: kernel-core-$release
END
  package kernel-devel "$version" <<END
AutoReqProv: no
Provides: kernel-devel-$release, installonlypkg(kernel)
Requires: findutils, perl-interpreter, /usr/bin/perl, elfutils-libelf-devel, gcc >= 4.9, make
Requires: libelf.so.1()(64bit), libcrypto.so.3()(64bit)
END
  build "$base/Packages" w1T2.xzdio
  mv "$base/Packages"/kernel-devel-* "$stream/Packages"
}

for release in "$@"; do kernel "$release"; done

# Repositories that must not be trusted: BaseOS with one package that nobody has signed, or somebody else; only what differs.
bad() {
  local repository=/work/out/bad/$1/9/BaseOS/x86_64/os package=$2
  mkdir -p "$repository/Packages"
  cp "$package" "$repository/Packages"
  if [ "$1" != unsigned ]; then sign "$1" "$repository/Packages/${package##*/}"; fi
  find "$base/Packages" -name '*.rpm' -not -name "${package##*/}" -exec ln {} "$repository/Packages" \;
  createrepo_c --quiet --no-database "$repository"
  find "$repository/Packages" -name '*.rpm' -not -name "${package##*/}" -delete
}

# Signs packages with the key of $1.
sign() {
  local key=$1
  shift
  rpmsign --addsign --define "_gpg_name $key@example.org" --define '__gpg /usr/bin/gpg' "$@" >/dev/null
}

unsigned=$stage/zlib-1.2.13-1.tos9.x86_64.rpm
cp "$base/Packages/${unsigned##*/}" "$unsigned"
sign testos /work/out/testos/9/*/*/os/Packages/*.rpm
bad unsigned "$unsigned"
bad stranger "$unsigned"

createrepo_c --quiet --no-database "$base"
createrepo_c --quiet --no-database --general-compress-type=xz "$stream"
# Newer ones compress with zstd, which this one cannot yet.
createrepo_c --quiet --no-database --simple-md-filenames "$crb"
for name in primary filelists other; do
  file=$crb/repodata/$name.xml
  before=$(sha256sum "$file.gz" | cut -d' ' -f1)
  size=$(stat -c %s "$file.gz")
  zstd --quiet --decompress --rm "$file.gz"
  zstd --quiet --rm "$file"
  sed -i -e "s/$before/$(sha256sum "$file.zst" | cut -d' ' -f1)/" -e "s/$name.xml.gz/$name.xml.zst/" \
    -e "s#<size>$size</size>#<size>$(stat -c %s "$file.zst")</size>#" "$crb/repodata/repomd.xml"
done
gpg --batch --local-user testos@example.org --armor --detach-sign "$base/repodata/repomd.xml"
