#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the keys that sign the test distributions, and one that nobody trusts; their public halves go to $1.
set -euo pipefail
mkdir -p "$1"
mkdir -m 0700 "$GNUPGHOME"
for name in testos testubuntu stranger; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "$name <$name@example.org>" rsa2048 sign never
  gpg --armor --export "$name@example.org" >"$1/$name.asc"
done
