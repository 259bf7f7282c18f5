#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What it says of itself is what it does: loaded, joined, redirected, off, unloaded.
. ./bypass.sh

# says FIELD=VALUE...: whether status says so.
says() {
  local pair said status=0 all
  all=$("$bypass" status --json) || status=$?
  for pair; do
    said=$(jq -r "${pair%%=*}" <<< "$all")
    echo "${pair%%=*}: $said"
    [[ $said == "${pair#*=}" ]] || status=1
  done
  return "$status"
}

# What is there of eBPF, by the kernel's account.
count_all() {
  bpftool prog show | grep -c '^[0-9]'
  bpftool map show | grep -c '^[0-9]'
  bpftool cgroup tree /sys/fs/cgroup | wc -l
  find /sys/fs/bpf | wc -l
}

pods bridge
before=$(count_all)
check_fails "control: status says that it is not loaded" "$bypass" status
check "it loads" bypass_load
check "control: there are programs now" test "$(count_all)" != "$before"
check "status says that nothing has been done" says .loaded=true .enabled=true .counters.{joined,closed,messages,bytes}=0
check_fails "it does not load twice" "$bypass" load
traffic at blue listen "${ANY[ipv4]}:7000" both 1000/100 5000 eof -- at red dial "${BLUE[ipv4]}:7000" both 5000/500 1000 \
  > /dev/null
check "status counts one connection, every message and every byte" \
  says .counters.{joined,closed}=1 .counters.messages=20 .counters.bytes=6000 .counters.flows=2
check "and is told to people, too" "$bypass" status
check "it unloads" bypass_unload
check "it leaves nothing behind" test "$(count_all)" == "$before"
check_fails "status says that it is not loaded" "$bypass" status
