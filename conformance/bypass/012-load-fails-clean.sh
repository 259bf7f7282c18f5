#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A load that fails or is interrupted says why, and leaves nothing behind.
. ./bypass.sh

# What is there of the bypass, by the kernel's account: programs, attached ones, pins. Of kernels before 6.0 this bpftool
# can only ask what is effective.
left() {
  bpftool prog show | grep -c bypass_
  bpftool cgroup tree /sys/fs/cgroup effective | grep -c bypass_
  find /sys/fs/bpf -mindepth 1
}

nothing_left() {
  [[ $(left) == $'0\n0' ]]
}

# fails STATUS TEXT COMMAND...: the same, and whether it has left nothing.
fails() {
  ends "$@" || return 1
  wait_until 5 nothing_left && return
  echo "left behind:" "$(left)"
  return 1
}

directory=/run/ovnfast-test
mkdir -p "$directory"/{none,damaged,bin}
undo rm -rf "$directory"
for object in "$OVNFAST_MODULE_DIR"/*.bpf.o; do
  head -c 1000 "$object" > "$directory/damaged/${object##*/}"
done

check "there are no objects" fails 3 "none of the objects in $directory/none" "$bypass" load --objects "$directory/none"
check "the objects are damaged" fails 1 "no object loads on this kernel" "$bypass" load --objects "$directory/damaged"
check "there is no BPF file system" fails 3 "mount -t bpf" env OVNFAST_BPFFS=/run "$bypass" load
check "without privileges" fails 3 "it takes root, or CAP_SYS_ADMIN" setpriv --reuid 65534 --clear-groups "$bypass" load
check "without some of them" fails 3 "it takes root, or CAP_SYS_ADMIN" \
  setpriv --bounding-set=-all,+sys_admin,+sys_resource "$bypass" load

# A bpftool whose call with $AT in it fails, or is the last one before the loader gets the signal $HOW.
cat > "$directory/bin/bpftool" << 'TOOL'
#!/bin/bash
[[ $* == *"$AT"* ]] || exec /usr/sbin/bpftool "$@"
[[ $HOW != fail ]] || { echo "Error: no such luck" >&2; exit 1; }
/usr/sbin/bpftool "$@"
IFS=/ read -r _ process _ < <(readlink /sys/fs/bpf/ovnfast-bypass-lock/owner)
kill "-$HOW" "$process"
TOOL
chmod +x "$directory/bin/bpftool"

# with_bad_tool HOW AT COMMAND...
with_bad_tool() {
  HOW=$1 AT=$2 PATH=$directory/bin:$PATH "${@:3}"
}

check "bpftool does not run" fails 3 "bpftool does not run" with_bad_tool fail version "$bypass" load
check "no object can be loaded" fails 1 "no such luck" with_bad_tool fail loadall "$bypass" load
check "the settings cannot be written" fails 1 "no such luck" with_bad_tool fail batch "$bypass" load
check "the map cannot be given its program" fails 1 "no such luck" with_bad_tool fail "prog attach" "$bypass" load
check "the cgroup takes no program" fails 1 "no such luck" with_bad_tool fail "cgroup attach" "$bypass" load
check "interrupted when the programs are loaded" fails 130 "" with_bad_tool INT loadall "$bypass" load
check "ended when the programs are attached" fails 143 "" with_bad_tool TERM "cgroup attach" "$bypass" load

undo "$bypass" unload
killed() {
  with_bad_tool KILL "cgroup attach" "$bypass" load
  # Control: it left something indeed.
  bpftool cgroup tree /sys/fs/cgroup effective | grep bypass_sockops
}
check "killed when the programs are attached: they are left" killed
check_fails "what is left is not taken for loaded" "$bypass" status
check "the next load clears it away, and loads" "$bypass" load
check "status says that it works" test "$(bypass_status '[.loaded, .cgroups[].state] | tostring')" = '[true,"attached"]'
check "to tell, it takes privileges too" ends 3 "it takes root" setpriv --reuid 65534 --clear-groups "$bypass" status
check "unloaded" fails 0 "unloaded" "$bypass" unload

# limited COMMAND...: with no more privileges than it asks for.
limited() {
  setpriv --bounding-set=-all,+sys_admin,+net_admin,+sys_resource "$bypass" "$@"
}
check "control: it loads with the privileges that it asks for" limited load
check "and tells" limited status
check "and unloads" fails 0 "unloaded" limited unload
