#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Order at the moment of joining: data that is on its way, or waits to be, before both ends are known to the bypass.
# Whichever way the bytes go, they arrive in order.
. ./bypass.sh

# arrives NAME END...: by whatever way, in order.
arrives() {
  check "${label}$1" traffic "${@:2}"
}

cases() {
  local family to any label=''
  [[ $1 == bypass ]] || label='control, stock: '
  set_fast_open 0x3 || bail "no TCP Fast Open"
  for family in ipv4 ipv6; do
    to=${BLUE[$family]}:7000 any=${ANY[$family]}:7000
    # The reader begins late each time, and the sender pauses, so that what comes by two ways would meet in its socket.
    arrives "the listener waits for data, $family" at blue path any defer listen "$any" meet recv 30000 eof -- \
      at red path any dial "$to" send 10000/1000 pause 20 send 20000/1,5000 meet
    arrives "a sender that waits in SYN_SENT, $family" at blue path any listen "$any" meet recv 30000 eof -- \
      at red path any early dial "$to" send 10000/1000 pause 20 send 20000/1,5000 meet
    arrives "and it is a deferring listener that it waits for, $family" \
      at blue path any defer listen "$any" meet recv 30000 eof -- \
      at red path any early dial "$to" send 10000/1000 pause 20 send 20000/1,5000 meet
    arrives "TCP Fast Open, first to get a cookie, then with it, $family" \
      at blue path any fastopen listen "$any" repeat 2 open meet recv 30000 eof close end -- \
      at red path any fastopen dial "$to" repeat 2 open send 1000 info pause 20 send 29000/5000,1 meet close end
    arrives "the other kind of it, $family" \
      at blue path any fastopen listen "$any" repeat 2 open meet recv 30000 eof close end -- \
      at red path any fastconnect dial "$to" repeat 2 open send 1000 info pause 20 send 29000/5000,1 meet close end
    arrives "the server answers before it has got anything, $family" \
      at blue path any listen "$any" send 10000/1000 meet both 10000 30000 -- \
      at red path any dial "$to" meet both 30000 20000
    arrives "the server accepts late, $family" \
      at blue path any listen "$any" meet open recv 30000 eof -- \
      at red path any dial "$to" send 10000/1000 pause 20 send 20000/1,5000 meet
  done
}

# set_fast_open BITS: 1 client, 2 server, 4 and 0x200 without cookies.
set_fast_open() {
  local name
  for name in red blue; do in_ns "$name" bash -c "echo $(($1)) > /proc/sys/net/ipv4/tcp_fastopen" || return 1; done
}

pods bridge
# A sender can only be seen waiting for the handshake when that takes some time.
ip netns exec red tc qdisc add dev red0 root netem delay 5ms || bail "no delay"
on_both cases
