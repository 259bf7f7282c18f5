#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Rules made with iptables are skipped as those of nft are: with the legacy tables where the kernel still has them, and
# with iptables over nftables.
. ./fastpath.sh

# counted TABLES PACKETS: whether every rule has counted just that many.
counted() {
  local saved count rule
  local -A rules=()
  saved=$(in_ns red "$1-save" -c) || return 1
  while read -r count rule; do
    [[ $count == "["* ]] || continue
    # 3.10 tells of each rule once for every chain.
    [[ -v rules[$rule] ]] || echo "$1: $rule: ${count%:*}]"
    rules[$rule]=1
    [[ $count == "[$2":* ]] || return 1
  done <<< "$saved"
  ((${#rules[@]} == 4))
}

pair
tried=0
for kind in legacy nft; do
  if ! in_ns red "iptables-$kind" -t raw -nL > /dev/null 2>&1; then
    evidence "iptables-$kind does not work on this kernel"
    continue
  fi
  tried=$((tried + 1))
  for family in ipv4 ipv6; do
    [[ $family == ipv4 ]] && tables=iptables-$kind protocol=icmp || tables=ip6tables-$kind protocol=icmpv6
    # One by one, not by a restore: that names a new table twice in one batch, which 3.10 does not take.
    while read -r table chain verdict; do
      in_ns red "$tables" -w -t "$table" -A "$chain" -p "$protocol" -j "$verdict" || bail "$tables takes no rule"
    done << 'RULES'
raw OUTPUT ACCEPT
raw PREROUTING ACCEPT
mangle POSTROUTING ACCEPT
filter INPUT DROP
RULES
    patience=0.1 check_fails "control: $tables drops replies without the module" pings red "${BLUE[$family]}" 5
    check "control: its rules saw 5 packets each" counted "$tables" 5
    load
    check "ping over $family passes the rules of $tables" pings red "${BLUE[$family]}" 5
    check "its rules saw no more" counted "$tables" 5
    unload_module
    in_ns red "$tables-restore" -w < <(printf '*%s\nCOMMIT\n' raw mangle filter)
  done
done
check "one kind of iptables works on this kernel" test "$tried" -gt 0
