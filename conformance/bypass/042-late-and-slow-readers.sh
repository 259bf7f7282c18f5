#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Readers that begin late or read slowly get everything, and a sender does not go on for ever meanwhile.
. ./bypass.sh

# The bypass keeps what a reader has not read yet up to a limit, and then lets the stack do so.
cases() {
  local blue=(at blue path any listen "${ANY[ipv4]}:7000") red=(at red path any dial "${BLUE[ipv4]}:7000") name=''
  [[ $1 == bypass ]] || name='control, stock: '
  check "${name}a reader that begins late" traffic \
    "${blue[@]}" meet recv 60000 eof -- "${red[@]}" send 60000 meet
  check "${name}a sender blocks when the client does not read, and goes on when it does" traffic \
    "${blue[@]}" fill 64000000 meet send 1000000 -- "${red[@]}" meet drain
  check "${name}a sender blocks when the server does not read, and goes on when it does" traffic \
    "${blue[@]}" meet drain -- "${red[@]}" fill 64000000 meet send 1000000
  check "${name}a sender of small messages blocks, too" traffic \
    "${blue[@]}" meet drain -- "${red[@]}" fill 64000000/64 meet send 10000/64
  check "${name}a slow reader" traffic \
    "${blue[@]}" repeat 40 recv 25000/1000 pause 5 end eof -- "${red[@]}" send 1000000/1,3000,65536
  check "${name}slow readers on both sides" traffic \
    "${blue[@]}" both 2000000/65536 2000000 eof -- "${red[@]}" both 2000000/100,65536 2000000
}

pods bridge
on_both cases
