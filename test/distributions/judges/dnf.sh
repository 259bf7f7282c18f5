#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Prints what dnf would download to install the packages that each argument names, on a system that has none, without
# recommended ones: their paths below /judged, and an empty line after each. Its repositories come as directories below
# /judged on standard input.
set -euo pipefail

mkdir /tmp/root
{
  printf '[main]\ngpgcheck=0\ninstall_weak_deps=False\nlogdir=/tmp/log\ncachedir=/tmp/cache\npersistdir=/tmp/persist\n'
  printf 'reposdir=/nowhere\nvarsdir=/nowhere\n'
  number=0
  while read -r repository; do
    number=$((number + 1))
    printf '[repository-%d]\nname=%d\nbaseurl=file:///judged/%s\n' "$number" "$number" "$repository"
  done
} >/tmp/dnf.conf

for names in "$@"; do
  read -ra packages <<<"$names"
  LC_ALL=C dnf --quiet --config /tmp/dnf.conf --installroot /tmp/root --releasever 9 --forcearch x86_64 \
    --disableplugin '*' --enableplugin download download --resolve --url "${packages[@]}" | sed -n 's#^file:///judged/##p'
  echo
done
