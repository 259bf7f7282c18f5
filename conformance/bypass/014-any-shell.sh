#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The loader runs in small containers: by the shell and the tools of busybox, and by bash as POSIX has it.
. ./bypass.sh

directory=/run/ovnfast-busybox
mkdir -p "$directory"
undo rm -rf "$directory"
for tool in awk cat cut find grep id ln mkdir mv readlink rm sed sort tail head tr uname; do
  ln -s "$(type -P busybox)" "$directory/$tool"
done
ln -s /usr/sbin/bpftool "$directory/bpftool"

# In a PATH with nothing else; the loader itself adds the directories of system tools, which are none of these.
in_busybox() {
  PATH=$directory /usr/bin/busybox sh "$bypass" "$@"
}

in_bash() {
  bash --posix "$bypass" "$@"
}

# whole_story COMMAND: all commands.
whole_story() {
  local shell=$1 said
  "$shell" load --ports 6990-7010 --stock 7001 &&
    traffic at blue listen "${ANY[ipv4]}:7000" both 1000/100 5000 eof -- at red dial "${BLUE[ipv4]}:7000" both 5000/500 1000 &&
    traffic at blue listen "${ANY[ipv6]}:7000" both 1000/100 5000 eof -- at red dial "${BLUE[ipv6]}:7000" both 5000/500 1000 &&
    traffic at blue listen "${ANY[ipv4]}:7001" both 1000/100 5000 eof -- at red dial "${BLUE[ipv4]}:7001" both 5000/500 1000 &&
    "$shell" port 80-90 bypass && "$shell" off && "$shell" on && said=$("$shell" status) && echo "$said" &&
    [[ $said == *'2 since the load'*'40 messages, 12000 bytes, 4 flows'* ]] &&
    [[ $said == *' 1  connections to ports that are left to the stack'* ]] &&
    [[ $said == *'80-90 bypass, 6990-7000 learn, 7001 stock, 7002-7010 learn, all others stock'* ]] &&
    "$shell" status --json | jq -e '.counters.bytes == 12000' && "$shell" forget && "$shell" unload
}

pods bridge
undo "$bypass" unload
check "busybox: load, port, on, off, status, forget, unload" whole_story in_busybox
check "bash: the same" whole_story in_bash
check_fails "control: a shell that is none" whole_story false
