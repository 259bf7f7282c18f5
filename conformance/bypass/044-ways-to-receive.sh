#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every way to receive.
. ./bypass.sh

# receives stock|bypass WAY: in pieces of several sizes, while the sender writes in others and pauses in between.
receives() {
  traffic -p "$1" at blue listen "${ANY[ipv4]}:7000" recv 8 recv "40000/1,100,3000,7:$2" recv 992 eof -- \
    at red dial "${BLUE[ipv4]}:7000" send 10000/3000,1,500 pause 30 send 10000/10000 pause 30 send 21000/50,1000
}

cases() {
  local way name=''
  [[ $1 == bypass ]] || name='control, stock: '
  for way in plain iov peek poll epoll edge; do
    check "${name}$way" receives "$1" "$way"
  done
  check "${name}nothing arrives within SO_RCVTIMEO, then something does" traffic -p "$1" \
    at blue listen "${ANY[ipv4]}:7000" quiet 150 meet recv 1000 -- at red dial "${BLUE[ipv4]}:7000" meet send 1000
}

# What the reader of a socket asks the TCP layer about, which knows nothing of what was redirected.
queued() {
  traffic -p "$1" at blue listen "${ANY[ipv4]}:7000" meet queued 1000 recv 1000 -- \
    at red dial "${BLUE[ipv4]}:7000" send 1000/100 meet
}

pods bridge
check "control, stock: FIONREAD" queued stock
for way in waitall lowat trunc splice; do check "control, stock: $way" receives stock "$way"; done
on_both cases
bypass_load --bypass 7000
known_bug "FIONREAD leaves out what was redirected" "FIONREAD says 0" queued bypass
known_bug "MSG_WAITALL does not wait for all of what is redirected" "MSG_WAITALL:" receives bypass waitall
known_bug "SO_RCVLOWAT does not hold for what was redirected" "SO_RCVLOWAT is" receives bypass lowat
known_bug "MSG_TRUNC without a buffer does not skip what was redirected" "Bad address" receives bypass trunc
known_bug "splice does not see what was redirected" "end of stream after 8 bytes" receives bypass splice
