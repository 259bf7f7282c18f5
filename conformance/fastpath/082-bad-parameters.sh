#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A parameter that makes no sense: the module is not loaded, says in one line which and why, and has registered nothing.
. ./fastpath.sh

# refused PARAMETER VALUE
refused() {
  local said
  mark
  if load_module "$1=$2" 2> /dev/null; then
    unload_module
    echo "it was loaded"
    return 1
  fi
  said=$(dmesg_since_mark | grep -v 'taints kernel\|module verification')
  echo "$said"
  [[ $said == "kube_ovn_fastpath: $1=$2 "* && $said != *$'\n'* && $said != *init_module* ]] &&
    ! module_loaded && [[ ! -e /proc/net/kube_ovn_fastpath && ! -e /proc/sys/net/kube_ovn_fastpath ]]
}

pair
for bad in geneve_port={0,65536,70000,-1,abc,60x81,99999999999999999999} vxlan_port={0,65536} stt_port={0,-7471} \
  pods={maybe,yes,Auto,1}; do
  check "$bad is refused" refused "${bad%=*}" "${bad#*=}"
done
check "an empty port is refused" refused geneve_port ''
guard red 'ip protocol icmp' accept
check "packets pass" pings red "${BLUE[ipv4]}" 3
check "no hook is left behind: they met the rules" hits red local_out=3 post_routing=3 pre_routing=3 local_in=3

check "control: the ends of what is allowed load" load_module geneve_port=1 vxlan_port=65535 stt_port=65535 pods=off
check "control: and are shown" test "$(cat "/sys/module/$OVNFAST_MODULE_NAME/parameters/"{geneve,vxlan,stt}_port)" = \
  $'1\n65535\n65535'
