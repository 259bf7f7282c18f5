#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Prints what apt-get would fetch to install the packages that each argument names, on a system that has none, without
# recommended ones: `name version` per line, and an empty line after each. Its sources come as lines of a sources.list on standard input.
set -euo pipefail

mkdir -p /tmp/apt/lists/partial /tmp/apt/archives/partial
: >/tmp/apt/status
cat >/tmp/apt/sources.list
cat >/tmp/apt/apt.conf <<'END'
Dir::State "/tmp/apt";
Dir::State::status "/tmp/apt/status";
Dir::Cache "/tmp/apt";
Dir::Etc::SourceList "/tmp/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Architecture "amd64";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
END
export APT_CONFIG=/tmp/apt/apt.conf
apt-get -qq update >&2
for names in "$@"; do
  read -ra packages <<<"$names"
  # 'file:/judged/debian/pool/main/b/bash/bash_5.2.15-2+b13_amd64.deb' bash_5.2.15-2+b13_amd64.deb 1491456 SHA256:...
  apt-get -qq --print-uris install "${packages[@]}" | cut -d' ' -f2 | sed -E 's/^([^_]+)_([^_]+)_[^_]+$/\1 \2/; s/%3a/:/'
  echo
done
