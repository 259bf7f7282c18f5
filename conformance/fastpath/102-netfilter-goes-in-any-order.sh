#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Connection tracking, NAT, iptables and nftables can be removed from the kernel before the module or after it, and come
# after it or before it.
. ./fastpath.sh

rules() {
  local name kind
  track red blue
  for name in red blue; do
    in_ns "$name" nft -f - << 'RULES'
table ip nat {
  chain post_routing {
    type nat hook postrouting priority 100
    oifname "none" masquerade
  }
}
RULES
  done
  for kind in legacy nft; do
    in_ns red "iptables-$kind" -A INPUT -m conntrack --ctstate INVALID -j ACCEPT
  done 2> /dev/null
}

# Takes every netfilter module out of the kernel that can be.
remove_netfilter() {
  local name pass modules
  in_ns red iptables-legacy -F 2> /dev/null
  for name in red blue; do
    in_ns "$name" nft flush ruleset
  done
  # Those that use others are listed before them; what was still in use at first may be free the second time.
  for pass in 1 2 3; do
    mapfile -t modules < <(grep -oE '^(nf_|nft_|xt_|x_tables|ip6?t_|ip6?_tables|ip6?table)[^ ]*' /proc/modules)
    ((${#modules[@]} > 0)) || break
    rmmod "${modules[@]}" 2> /dev/null
    echo "${#modules[@]} modules to remove at pass $pass"
  done
  netfilter_absent
}

# Except for what the module itself needs: x_tables on el7.
netfilter_absent() {
  local needed=''
  ! module_loaded || needed=$(modinfo -F depends "$OVNFAST_MODULE")
  ! grep -E '^(nf_conntrack|nf_tables|nf_nat|x_tables) ' /proc/modules | grep -vE "^(${needed//,/|}) "
}

works() {
  check "$1: ping is answered" pings red "${BLUE[ipv4]}" 5
  check "$1: ping over ipv6 with fragments is answered" pings red "${BLUE[ipv6]}" 5 4000
}

pair
rules
check_fails "control: netfilter modules are in the kernel" netfilter_absent
load
works "rules first"
check "rules first: not bypassed, for their NAT" says red reason=nat
check "rules first: they can be removed before the module" remove_netfilter
check "rules first: then it bypasses" says red bypass=yes reason=endpoint
works "rules gone"
rules
works "rules after the module"
check "rules after the module: not bypassed" says red bypass=no reason=nat
check "the module can be removed before them" unload_module
works "module gone"
check "and they after it" remove_netfilter
works "all gone"
