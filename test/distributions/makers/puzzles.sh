#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the repository /work/out/puzzles: RPMs without content, whose dependencies ask for one thing each. What dnf makes of
# them is held against what we do. Those named `ask-*` are the questions.
set -euo pipefail

stage=/work/puzzles-stage
spec=$stage/puzzles.spec
mkdir -p "$stage" /work/out/puzzles

# Adds the package $1 in version $2, given as [EPOCH:]VERSION-RELEASE; its preamble on standard input.
puzzle() {
  local name=$1 evr=$2 epoch=''
  case $evr in *:*) epoch="Epoch: ${evr%%:*}" evr=${evr#*:} ;; esac
  {
    printf '%s\n' "Name: $name" "Version: ${evr%-*}" "Release: ${evr##*-}" 'Summary: A puzzle' 'License: CC0'
    printf '%s\n' ${epoch:+"$epoch"} "${arch:+#}BuildArch: noarch"
    cat
    printf '%%description\nA puzzle.\n%%install\nmkdir -p %%{buildroot}/opt/%s\n' "$name"
    printf 'touch %%{buildroot}/opt/%s/file\n%%files\n%s\n' "$name" "${files:-}"
  } >"$spec"
  local options=(
    "_topdir $stage/build" '_tmppath /tmp' '_dbpath /tmp/rpmdb' '_buildhost test.example.org' '_rpmdir /work/out/puzzles'
    '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' '__os_install_post %{nil}' '__check_files %{nil}'
  )
  LC_ALL=C rpmbuild -bb --quiet --target "${arch:-x86_64}-linux" --nodeps "${options[@]/#/--define=}" "$spec"
}
plain() { puzzle "$@" </dev/null; }

# Several versions: the newest that fits, by epoch, tilde and caret.
for evr in 1.9-1 1.10-1 1.10~rc1-1 1.10^git1-1 2:0.1-1; do plain many "$evr"; done
for evr in 1.0-1 1.0-2 1.0-10 2.0-1; do plain some "$evr"; done
puzzle ask-newest 1-1 <<<'Requires: many'
puzzle ask-below-epoch 1-1 <<<'Requires: many < 1:0'
puzzle ask-before-release 1-1 <<<'Requires: many < 1.10, many >= 1.9'
puzzle ask-release 1-1 <<<'Requires: some <= 1.0-2'
puzzle ask-any-release 1-1 <<<'Requires: some = 1.0'
# A version chosen too new at first.
puzzle ask-narrowed 1-1 <<<'Requires: some, ask-release'
puzzle ask-conflict 1-1 <<<'Requires: some
Conflicts: some >= 2'

# Who provides it, when several do.
puzzle providing-long-name 1-1 <<<'Provides: service'
puzzle providing-b 1-1 <<<'Provides: service = 2'
puzzle providing-a 1-1 <<<'Provides: service = 1'
puzzle ask-provider 1-1 <<<'Requires: service'
puzzle ask-versioned-provider 1-1 <<<'Requires: service >= 2'
puzzle ask-chosen-provider 1-1 <<<'Requires: service, providing-a'
puzzle ask-chosen-later 1-1 <<<'Requires: service
Requires: providing-long-name'
puzzle other 1-1 <<<'Provides: real = 5'
plain real 1-1
puzzle ask-name-or-provide 1-1 <<<'Requires: real'
puzzle ask-provide-by-version 1-1 <<<'Requires: real >= 3'
arch=x86_64 puzzle arched 1-1 <<<'Provides: arched(x86-64)'
plain arched 1-0
puzzle ask-architecture 1-1 <<<'Requires: arched(x86-64)'

# Files: listed in primary.xml, and not.
files=/opt/filed plain filed 1-1
puzzle ask-file 1-1 <<<'Requires: /opt/filed/file'
puzzle ask-missing-file 1-1 <<<'Requires: (/opt/none/file or /opt/filed/file)'

# Boolean dependencies.
plain left 1-1
plain right 1-1
puzzle both 1-1 <<<'Provides: one = 1, two = 2'
puzzle single 1-1 <<<'Provides: one = 1'
puzzle ask-and 1-1 <<<'Requires: (left and right)'
puzzle ask-or 1-1 <<<'Requires: (left or right)'
puzzle ask-or-chosen 1-1 <<<'Requires: (left or right), right'
puzzle ask-or-missing 1-1 <<<'Requires: (nobody or right)'
puzzle ask-if-not 1-1 <<<'Requires: (left if right)'
puzzle ask-if 1-1 <<<'Requires: (left if right), right'
puzzle ask-if-later 1-1 <<<'Requires: (left if right), brings-right'
puzzle brings-right 1-1 <<<'Requires: right'
puzzle ask-if-else 1-1 <<<'Requires: (left if some else right)'
puzzle ask-with 1-1 <<<'Requires: (one with two)'
puzzle ask-without 1-1 <<<'Requires: (one without two)'
puzzle ask-nested 1-1 <<<'Requires: ((left and nobody) or (right and (some < 2)))'

# In a circle; with weak ones; superseded.
puzzle circle 1-1 <<<'Requires: ask-circle = 1-1'
puzzle ask-circle 1-1 <<<'Requires: circle'
puzzle ask-weak 1-1 <<<'Recommends: left
Suggests: right
Requires: some'
plain old 1-1
puzzle new 2-1 <<<'Obsoletes: old < 2
Provides: old = 2'
puzzle ask-obsolete 1-1 <<<'Requires: old'
puzzle ask-obsolete-version 1-1 <<<'Requires: old >= 2'

# What looks best cannot be had.
puzzle broken 2-1 <<<'Requires: nobody'
plain broken 1-1
puzzle ask-older-one 1-1 <<<'Requires: broken'
puzzle choosy-a 1-1 <<<'Provides: choosy
Requires: nobody'
puzzle choosy-b 1-1 <<<'Provides: choosy'
puzzle ask-other-provider 1-1 <<<'Requires: choosy'
puzzle ask-other-alternative 1-1 <<<'Requires: (choosy-a or choosy-b)'
puzzle quarrel 1-1 <<<'Conflicts: left'
puzzle ask-peace 1-1 <<<'Requires: quarrel, (left or right)'
puzzle ask-two-limits 1-1 <<<'Requires: ask-before-release, ask-not-so-old'
puzzle ask-not-so-old 1-1 <<<'Requires: many > 1.9'
puzzle ask-exactly 1-1 <<<'Requires: many = 0:1.9-1'
puzzle ask-coarse 1-1 <<<'Requires: two >= 2-7'

# Of another architecture of the same machine.
arch=x86_64 puzzle both-widths 1-1 <<<'Provides: libwide.so()(64bit)'
arch=i686 puzzle both-widths 1-1 <<<'Provides: libwide.so'
arch=i686 plain narrow 1-1
arch=x86_64 plain newer-narrow 1-1
arch=i686 plain newer-narrow 2-1
puzzle ask-width 1-1 <<<'Requires: both-widths'
puzzle ask-wide-library 1-1 <<<'Requires: libwide.so()(64bit)'
puzzle ask-newer-width 1-1 <<<'Requires: newer-narrow'

# Modules: of one stream is the default, which hides the others and what is in no module; the other has no default.
for evr in 1.0-1 2.0-1 3.0-1; do plain modular "$evr"; done
for evr in 1.0-1 2.0-1; do plain optional "$evr"; done
puzzle ask-module 1-1 <<<'Requires: modular'
puzzle ask-module-without-default 1-1 <<<'Requires: optional'
# Writes what modules.yaml says of stream $2 of module $1, which has the package $3.
stream() {
  cat <<END
---
document: modulemd
version: 2
data:
  name: $1
  stream: "$2"
  version: 1
  context: c0ffee42
  arch: x86_64
  summary: A puzzle
  description: A puzzle.
  license: {module: [CC0]}
  artifacts: {rpms: ["$3"]}
END
}
{
  stream module-of-two 1 modular-0:1.0-1.noarch
  stream module-of-two 2 modular-0:2.0-1.noarch
  stream module-of-one 1 optional-0:2.0-1.noarch
  printf -- '---\ndocument: modulemd-defaults\nversion: 1\ndata: {module: module-of-two, stream: "1"}\n'
} >"$stage/modules.yaml"

createrepo_c --quiet --no-database /work/out/puzzles
modifyrepo_c --mdtype=modules "$stage/modules.yaml" /work/out/puzzles/repodata >/dev/null
