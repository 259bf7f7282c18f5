#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One side ends its half of the connection and gets more from the other: either side, at once or late, little or much.
. ./bypass.sh

# What kernels that lose it say.
lost="is lost when a connection is reset, or closed after its reader|end of stream"

cases() {
  local blue=(at blue listen "${ANY[ipv4]}:7000") red=(at red dial "${BLUE[ipv4]}:7000")
  known=$lost carries "$1" "the client ends its half, the server goes on" \
    "${blue[@]}" recv 100000 eof send 300000 -- "${red[@]}" send 100000 shut recv 300000:poll eof
  known=$lost carries "$1" "the server ends its half, the client goes on" \
    "${blue[@]}" send 100000 shut recv 300000:poll eof -- "${red[@]}" recv 100000 eof send 300000
  known=$lost carries "$1" "the client ends its half and reads only when the server has closed" \
    "${blue[@]}" recv 5000 eof send 100000 close meet -- "${red[@]}" send 5000 shut meet recv 100000:poll eof
  known=$lost carries "$1" "the server ends its half and reads only when the client has closed" \
    "${blue[@]}" send 5000 shut meet recv 100000:poll eof -- "${red[@]}" recv 5000 eof send 100000 close meet
  known=$lost carries "$1" "both end their halves and then read" \
    "${blue[@]}" send 70000 shut meet recv 80000:poll eof -- "${red[@]}" send 80000 shut meet recv 70000:poll eof
  carries "$1" "the client closes with everything unread by the server" \
    "${blue[@]}" meet recv 100000 eof -- "${red[@]}" send 100000 close meet
  carries "$1" "a connection without any data ends" \
    "${blue[@]}" eof shut -- "${red[@]}" shut eof
  carries "$1" "the end of the stream wakes one who polls" \
    "${blue[@]}" recv 100 meet eof -- "${red[@]}" send 100 meet pause 100 shut
  carries "$1" "the end of the stream wakes a read" \
    "${blue[@]}" recv 100 meet readeof -- "${red[@]}" send 100 meet pause 100 shut
}

# The peer's acknowledgement of an end of stream, some 40 ms later, wakes a read for which there is nothing.
reads_on() {
  traffic -p "$1" at blue listen "${ANY[ipv4]}:7000" send 100 shut recv 100 eof -- \
    at red dial "${BLUE[ipv4]}:7000" recv 100 eof pause 300 send 100
}

# Each way to say it once more.
ends_twice() {
  traffic -p "$1" at blue listen "${ANY[ipv4]}:7000" recv 100 eof readeof readeof -- \
    at red dial "${BLUE[ipv4]}:7000" send 100 shut eof
}

pods bridge
check "control, stock: a read waits for data after its own half has ended" reads_on stock
check "control, stock: a second read says end of stream, too" ends_twice stock
on_both cases
bypass_load --bypass 7000
known_bug "a read that waits for data returns EAGAIN when anything else wakes it" "Resource temporarily unavailable" \
  reads_on bypass
known_bug "a second read after the end of the stream blocks" "the read blocks" ends_twice bypass
