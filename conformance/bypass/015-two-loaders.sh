#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two loaders do not get into each other's way, be they of one container or of two, and one that is gone is in nobody's.
. ./bypass.sh

undo "$bypass" unload

# One whose pins nobody else can see, or which are gone.
bypass_load
rm -r /sys/fs/bpf/ovnfast-bypass
check "attached, and nothing of it is pinned: status says not loaded" ends 1 "not loaded" "$bypass" status
check "load refuses, and says how to get rid of it" ends 1 "bpftool cgroup detach /sys/fs/cgroup sock_ops id $(attached)" \
  "$bypass" load
bpftool cgroup detach /sys/fs/cgroup sock_ops id "$(attached)"
check "that helps" "$bypass" load
check "a second load is refused" ends 1 "it is loaded already" "$bypass" load
"$bypass" unload > /dev/null

# The lock of a process that is there, then is not.
sleep 1000 &
other=$!
mkdir /sys/fs/bpf/ovnfast-bypass-lock
read -r -a stat < "/proc/$other/stat"
ln -s "$(readlink /proc/self/ns/pid)/$other/${stat[21]}" /sys/fs/bpf/ovnfast-bypass-lock/owner
check "another loader is at work" ends 1 "is at work (process" "$bypass" load
kill "$other"
wait "$other"
check "its lock is worth nothing when it is gone" "$bypass" load
