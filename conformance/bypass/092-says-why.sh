#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Status counts what was left to the stack by its reason, each once.
. ./bypass.sh

# What counts reasons: `because` compares it before and after.
reasons() {
  bypass_status '.counters | del(.joined, .closed, .messages, .bytes, .flows)'
}

# because REASONS COMMAND...: whether just these have grown, given as "kept_port 1" or "kept_learned 63, probes 1".
because() {
  local expected=$1 before=$counted said status=0
  shift
  "$@" > /dev/null || status=$?
  counted=$(reasons)
  said=$(jq -nr --argjson before "$before" --argjson after "$counted" \
    '[$after | to_entries[] | select(.value != $before[.key]) | "\(.key) \(.value - $before[.key])"] | join(", ")')
  echo "$said"
  [[ $status == 0 && $said == "$expected" ]]
}

# once PORT: a connection to the port.
once() {
  traffic at blue listen "${ANY[ipv4]}:$1" both 1000 2000 eof -- at red dial "${BLUE[ipv4]}:$1" both 2000 1000
}

# streams PORT [COUNT]: small messages that nobody answers.
streams() {
  traffic at blue conns "${2:-1}" listen "${ANY[ipv4]}:$1" recv 12800 eof -- \
    at red conns "${2:-1}" dial "${BLUE[ipv4]}:$1" send 12800/64 shut eof
}

# Its end takes data with the end of the handshake only.
deferred() {
  traffic at blue defer listen "${ANY[ipv4]}:7000" recv 1000 send 1000 eof -- \
    at red dial "${BLUE[ipv4]}:7000" send 1000 recv 1000
}

# unread PORT
unread() {
  traffic at blue path any listen "${ANY[ipv4]}:$1" meet drain -- \
    at red path any dial "${BLUE[ipv4]}:$1" fill 64000000 meet
}

gone() {
  traffic at blue listen "${ANY[ipv4]}:7000" recv 1000 close meet -- \
    at red dial "${BLUE[ipv4]}:7000" send 1000 meet flooded
}

switched_off() {
  "$bypass" off && once 7000 && "$bypass" on
}

pods bridge
bypass_load --stock 7001
counted=$(reasons)
check "nothing is left to the stack" because "" once 7000
check "the port is left to the stack" because "kept_port 1" once 7001
check "it is switched off" because "kept_off 1" switched_off
check "the first data comes with the end of the handshake" because "flow_unpaired 1, kept_early 1" deferred
check "the other end is gone" because "peer_gone 1" gone
if [[ $(bypass_status .variant) != bypass-4.18 ]]; then
  check "the other end does not read" because "flow_backlog 1" unread 7003
  check "the next one is left to the stack for that" because "kept_learned 1" once 7003
fi
check "a stream of small messages" because "" streams 7002
check "the next one, as learned" because "kept_learned 1" streams 7002
check "of 64 more, one is joined to see whether it still does so" because "kept_learned 63, probes 1" streams 7002 64
check "it unloads" bypass_unload

bypass_load --small 64
counted=$(reasons)
check "messages of 64 bytes are not small" streams 7002
check "so that the next ones are not left to the stack" because "" streams 7002
check "it unloads" bypass_unload

remove node red blue
service_pods masquerade
bypass_load
counted=$(reasons)
check "the server is not known to be here" because "kept_unknown 1" \
  traffic at blue nat listen "${ANY[ipv4]}:7000" both 1000 2000 eof -- at red nat dial "${BLUE[ipv4]}:80" both 2000 1000
