#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A line is said only once its hook is registered: when the kernel refuses a hook, the lines from that hook on are
# missing, the module is not loaded, and no hook of it is left behind.
. ./fastpath.sh

# The kernel takes no more than 1024 hooks at one point of one namespace. Before 4.14 it takes any number.
fill() {
  local i
  {
    echo "table ip full {"
    for ((i = 0; i < 1024; i++)); do
      printf 'chain c%d { type filter hook %s priority 0; policy accept; }\n' "$i" "$1"
    done
    echo "}"
  } > "$_output.rules"
  in_ns red nft -f "$_output.rules"
}

lines() {
  dmesg_since_mark | grep -o 'init_module,kube_ovn_fastpath_.*'
}

# Nothing of what was registered before the refusal still sees packets: what is unregistered cannot be counted, so a
# leftover hook shows by crashing on code that is gone, or by rules that are still skipped.
refused_at() {
  local hook=$1 missing said
  fill "$hook" || bail "$hook cannot be filled"
  if in_ns red nft "add chain ip full more { type filter hook $hook priority 0; }" 2> /dev/null; then
    skip "does not load while $hook is full" "this kernel takes more than 1024 hooks at one point, so it refuses none"
    in_ns red nft delete table ip full
    return
  fi
  mark
  check_fails "does not load while $hook is full" load_module
  said=$(lines)
  evidence "lines said: ${said:-(none)}"
  for missing in "${@:2}"; do
    if [[ $said == *"_$missing"* ]]; then
      not_ok "no line for $missing" "said although $hook could not be registered"
    else
      ok "no line for $missing"
    fi
  done
  check_fails "is not in the kernel" module_loaded
  ! module_loaded || unload_module
  in_ns red nft delete table ip full
  guard red 'ip protocol icmp' accept
  check "packets pass" pings red "${BLUE[ipv4]}" 3
  check "no hook of it is left: rules are hit" hits red local_out=3 post_routing=3 pre_routing=3 local_in=3
}

pair
refused_at prerouting pre_routing local_in

mark
check "control: loads when there is room" load_module
check "control: and says all four lines" test "$(lines | wc -l)" = 4
