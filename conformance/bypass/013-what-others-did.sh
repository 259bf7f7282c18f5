#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Status sees what others did to it, and unload copes with it.
. ./bypass.sh

groups=/sys/fs/cgroup/ovnfast-test
pins=/sys/fs/bpf/ovnfast-bypass
mkdir -p "$groups"/{one,two} || bail "no cgroups"
undo rmdir "$groups"/{one,two} "$groups"
undo "$bypass" unload

bypass_load --cgroup "$groups/one" --cgroup "$groups/two"
check "control: status finds nothing wrong" ends 0 "state:        loaded" "$bypass" status
bpftool cgroup detach "$groups/one" sock_ops id "$(attached | head -n 1)"
check "somebody detached it from a cgroup" ends 1 "somebody detached it from $groups/one" "$bypass" status
rmdir "$groups/two"
check "a cgroup is gone" ends 1 "$groups/two is gone" "$bypass" status
check "unload says what it found" ends 0 "was not attached to $groups/one any more" "$bypass" unload
mkdir "$groups/two"

bypass_load --cgroup "$groups/one"
rm -r "$pins/programs"
check "its programs are not pinned any more, but attached" test -n "$(attached)"
check "unload finds them" ends 0 "detached from $groups/one" "$bypass" unload
check "they are gone" test -z "$(attached)"

bypass_load --cgroup "$groups/one"
rm -r "$pins"/{cgroups,maps,object}
check "status sees that it is not whole" ends 1 "not whole" "$bypass" status
check "unload clears it away all the same" ends 0 "detached from $groups/one" "$bypass" unload
check "nothing is left" test -z "$(attached)$(find /sys/fs/bpf -mindepth 1)"
