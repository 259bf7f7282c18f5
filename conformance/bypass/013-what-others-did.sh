#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Status sees what others did to it, and unload copes with it; two loaders do not get into each other's way.
. ./bypass.sh

# The numbers of its attached programs. Of kernels before 6.0 this bpftool can only ask what is effective.
attached() {
  bpftool -j cgroup tree /sys/fs/cgroup effective |
    jq '[.[].programs[] | select(.name == "bypass_sockops").id] | unique[]'
}

# says STATUS TEXT COMMAND...: whether the command ends so, having said so.
says() {
  local status=0 said expected=$1 text=$2
  said=$("${@:3}" 2>&1) || status=$?
  echo "$said" "(exit status $status)"
  [[ $status == "$expected" && $said == *"$text"* ]]
}

unloads_quietly() {
  local said
  "$bypass" load > /dev/null && said=$("$bypass" unload) && echo "$said" && [[ $said != *joined* ]]
}

groups=/sys/fs/cgroup/ovnfast-test
pins=/sys/fs/bpf/ovnfast-bypass
mkdir -p "$groups"/{one,two} || bail "no cgroups"
undo rmdir "$groups"/{one,two} "$groups"
undo "$bypass" unload

bypass_load --cgroup "$groups/one" --cgroup "$groups/two"
check "control: status finds nothing wrong" says 0 "state:        loaded" "$bypass" status
bpftool cgroup detach "$groups/one" sock_ops id "$(attached | head -n 1)"
check "somebody detached it from a cgroup" says 1 "somebody detached it from $groups/one" "$bypass" status
rmdir "$groups/two"
check "a cgroup is gone" says 1 "$groups/two is gone" "$bypass" status
check "unload says what it found" says 0 "was not attached to $groups/one any more" "$bypass" unload
mkdir "$groups/two"

bypass_load --cgroup "$groups/one"
rm -r "$pins/programs"
check "its programs are not pinned any more, but attached" test -n "$(attached)"
check "unload finds them" says 0 "detached from $groups/one" "$bypass" unload
check "they are gone" test -z "$(attached)"

bypass_load --cgroup "$groups/one"
rm -r "$pins"/{cgroups,maps,object}
check "status sees that it is not whole" says 1 "not whole" "$bypass" status
check "unload clears it away all the same" says 0 "detached from $groups/one" "$bypass" unload
check "nothing is left" test -z "$(attached)$(find /sys/fs/bpf -mindepth 1)"

bypass_load
rm -r "$pins"
check "attached, and nothing of it is pinned: status says not loaded" says 1 "not loaded" "$bypass" status
check "load refuses, and says how to get rid of it" says 1 "bpftool cgroup detach /sys/fs/cgroup sock_ops id $(attached)" \
  "$bypass" load
bpftool cgroup detach /sys/fs/cgroup sock_ops id "$(attached)"
check "that helps" "$bypass" load
check "a second load is refused" says 1 "it is loaded already" "$bypass" load
"$bypass" unload > /dev/null

# The lock of a process that is there, then is not.
sleep 1000 &
other=$!
mkdir /sys/fs/bpf/ovnfast-bypass-lock
read -r -a stat < "/proc/$other/stat"
ln -s "$(readlink /proc/self/ns/pid)/$other/${stat[21]}" /sys/fs/bpf/ovnfast-bypass-lock/owner
check "another loader is at work" says 1 "is at work (process" "$bypass" load
kill "$other"
wait "$other"
check "its lock is worth nothing when it is gone" "$bypass" load

# Connections that are joined when it is unloaded.
pods bridge
while_traffic "unload says how many connections are joined" any says 0 "3 connections are joined; they stay so" "$bypass" unload
check "unloaded with none it says nothing of that" unloads_quietly
