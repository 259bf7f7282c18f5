#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Loading and unloading while connections carry data harms none of them, be they redirected or not.
. ./bypass.sh

once() {
  carries "$1" "$2" at blue listen "${ANY[ipv4]}:7000" both 10000 20000 eof -- \
    at red dial "${BLUE[ipv4]}:7000" both 20000 10000
}

# Connections come and go meanwhile. The last one of each kind tells its listener that it is the last.
reload() {
  local running status=0 round files=/run/bypass.reload
  rm -f "$files".*
  traffic -t 600 at blue path any listen "${ANY[ipv4]}:7000" until "$files.1" open both 5000 3000 eof close end -- \
    at blue path any listen "${ANY[ipv4]}:7001" until "$files.2" open recv 10000 shut eof close end -- \
    at red path any dial "${BLUE[ipv4]}:7000" until "$files.stop" open both 3000/100,1 5000/1000 close pause 5 end \
    open both 3000 5000 touch "$files.1" close -- \
    at red path any dial "${BLUE[ipv4]}:7001" until "$files.stop" open send 10000/64 eof close pause 5 end \
    open send 10000 eof touch "$files.2" close &
  running=$!
  for round in 1 2 3; do
    "$bypass" load --anyway && "$bypass" unload || status=$round
  done
  : > "$files.stop"
  wait "$running" && ((status == 0))
}

pods bridge
once stock "before"
undo "$bypass" unload
while_traffic "loaded while connections run, which stay on the stack" stock "$bypass" load --anyway
once bypass "a new connection is redirected"
while_traffic "unloaded while connections are redirected" any "$bypass" unload
once stock "a new connection is not redirected"
check "loaded and unloaded again and again while connections come and go" reload
