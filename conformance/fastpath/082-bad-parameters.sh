#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A parameter that makes no sense: the module is not loaded, says in one line which and why, and has registered nothing.
. ./fastpath.sh

bad=(geneve_port={0,65536,70000,-1,abc,60x81,99999999999999999999} vxlan_port={0,65536} stt_port={0,-7471} pods={maybe,Auto,1}
  geneve_port=)

# refused SETTING
refused() {
  if insmod "$OVNFAST_MODULE" "$1"; then
    rmmod "$OVNFAST_MODULE_NAME"
    return 1
  fi
  ! module_loaded && [[ ! -e /proc/net/kube_ovn_fastpath && ! -e /proc/sys/net/kube_ovn_fastpath ]]
}

# One line for each, in order, which begins with what was wrong; and none that says a hook is registered.
said_why() {
  local -a lines
  local i status=0
  mapfile -t lines < <(dmesg_since_mark)
  for ((i = 0; i < ${#bad[@]} || i < ${#lines[@]}; i++)); do
    echo "${lines[i]-(no line)}"
    [[ ${lines[i]-} == "kube_ovn_fastpath: ${bad[i]-} "* ]] || status=1
  done
  return "$status"
}

pair
load
unload_module
mark
for setting in "${bad[@]}"; do
  check "$setting is refused" refused "$setting"
done
check "each is named in one line" said_why
guard red 'ip protocol icmp' accept
check "packets pass" pings red "${BLUE[ipv4]}" 3
check "no hook is left behind: they met the rules" hits red local_out=3 post_routing=3 pre_routing=3 local_in=3

check "control: the ends of what is allowed load" load_module geneve_port=1 vxlan_port=65535 stt_port=65535 pods=off
check "control: and are shown" test "$(cat "/sys/module/$OVNFAST_MODULE_NAME/parameters/"{geneve,vxlan,stt}_port)" = \
  $'1\n65535\n65535'
