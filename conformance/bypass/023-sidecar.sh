#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Sidecars, as Envoy is one: what red's process sends to blue is redirected to a proxy in red, which dials blue, where it
# is redirected to a proxy that dials the server, on 127.0.0.1 from 127.0.0.6. All three connections are between
# sockets of this node.
. ./bypass.sh

# proxy NAMESPACE PORT DESTINATION[,OPTION...]: relays connections to the port, as a group of its own.
proxy() {
  nsenter --net="/run/netns/$1" setpriv --regid 1337 --clear-groups socat -b 65536 "TCP6-LISTEN:$2,ipv6only=0,reuseaddr,fork,backlog=100" "TCP4:$3" &
}

sidecars() {
  in_ns red nft -f - << 'RULES' && in_ns blue nft -f - << 'RULES'
table ip sidecar {
  chain outbound {
    type nat hook output priority -100
    meta skgid != 1337 tcp dport 80 redirect to :15001
  }
  chain back {
    type nat hook postrouting priority 100
  }
}
RULES
table ip sidecar {
  chain inbound {
    type nat hook prerouting priority -100
    tcp dport 80 redirect to :15006
  }
  chain back {
    type nat hook postrouting priority 100
  }
}
RULES
  proxy red 15001 10.0.0.2:80
  proxy blue 15006 127.0.0.1:8080,bind=127.0.0.6
  wait_until 20 listening red 3A99 && wait_until 20 listening blue 3A9E
}

# listening NAMESPACE HEX
listening() {
  local table
  table=$(in_ns "$1" cat /proc/net/tcp6)
  [[ $table == *":$2 "* ]]
}

# The proxies relay to the end of the stream, one direction after the other.
cases() {
  local sight=seen name="control, stock: "
  [[ $1 == stock ]] || sight=unseen name=''
  check "${name}through two proxies, none of its bytes on the links and the loopback devices" traffic -p "$1" \
    at red sniff red0 "$sight" -- at red sniff lo "$sight" -- at blue sniff lo "$sight" -- \
    at blue nat listen 127.0.0.1:8080 both 100000/1000,1,30000 200000 eof -- \
    at red nat dial 10.0.0.2:80 both 200000/30000,7,1000 100000 shut eof
}

pods bridge
sidecars || bail "no sidecars"
on_both cases
