#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Loading and unloading while connections carry data harms none of them, be they redirected or not.
. ./bypass.sh

once() {
  carries "$1" "$2" at blue listen "${ANY[ipv4]}:7000" both 10000 20000 eof -- \
    at red dial "${BLUE[ipv4]}:7000" both 20000 10000
}

# Connections come and go as long as it takes.
reload() {
  local running status=0 rounds=0
  traffic -t 90 at blue path any listen "${ANY[ipv4]}:7000" repeat 300 open both 5000 3000 eof close end -- \
    at blue path any listen "${ANY[ipv4]}:7001" repeat 100 open recv 10000 shut eof close end -- \
    at red path any dial "${BLUE[ipv4]}:7000" repeat 300 open both 3000/100,1 5000/1000 close end -- \
    at red path any dial "${BLUE[ipv4]}:7001" repeat 100 open send 10000/64 eof close end &
  running=$!
  while [[ -d /proc/$running && $(< "/proc/$running/stat") != *' Z '* ]]; do
    "$bypass" load && "$bypass" unload || status=1
    rounds=$((rounds + 1))
  done 2> /dev/null
  echo "$rounds rounds"
  wait "$running" && ((status == 0 && rounds > 1))
}

pods bridge
once stock "before"
undo "$bypass" unload
while_traffic "loaded while connections run, which stay on the stack" stock "$bypass" load
once bypass "a new connection is redirected"
while_traffic "unloaded while connections are redirected" any "$bypass" unload
once stock "a new connection is not redirected"
check "loaded and unloaded again and again while connections come and go" reload
