#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What suits a service is learned: one that gets small messages in a stream is left to the stack, which makes large
# segments of them; one that answers requests is redirected. It is learned for each service, and for each namespace.
. ./bypass.sh

# What is sent at once is less than what the bypass keeps for a reader that does not come to read.

# streams stock|bypass NAME PORT [PREFIX]: many small messages that nobody answers.
streams() {
  carries "$1" "$2" at "${4-}blue" listen "${ANY[ipv4]}:$3" repeat 4 recv 32000 meet end eof -- \
    at "${4-}red" dial "${BLUE[ipv4]}:$3" repeat 4 send 32000/64 meet end shut eof
}

# pours NAME: large messages.
pours() {
  carries bypass "$1" at blue listen "${ANY[ipv4]}:7003" repeat 4 recv 500000 meet end eof -- \
    at red dial "${BLUE[ipv4]}:7003" repeat 4 send 500000/16384 meet end
}

# asks stock|bypass NAME PORT: small requests, each answered.
asks() {
  carries "$1" "$2" at blue listen "${ANY[ipv4]}:$3" answer 64 64 -- \
    at red dial "${BLUE[ipv4]}:$3" repeat 300 send 64 recv 64 end shut eof
}

# listed PORT DECISION
listed() {
  local decision
  decision=$(bypass_status "[.services[] | select(.port == $1) | .decision] | unique | join(\" \")")
  echo "port $1: $decision"
  [[ $decision == "$2" ]]
}

pods bridge
pods bridge other-
bypass_load
streams bypass "the first stream of small messages" 7001
streams stock "the next one, as learned" 7001
asks bypass "requests and answers" 7002
asks bypass "the next ones" 7002
asks bypass "the ones after that" 7002
pours "large messages"
pours "the next ones"
if [[ $(bypass_status .variant) == bypass ]]; then
  sniffed=other-red streams bypass "what was learned of one tenant's service does not hold for another's" 7001 other-
fi
check "the service is listed with what was learned" listed 7001 stock
check "the other one is, too" listed 7002 bypass
check "what was learned is forgotten" "$bypass" forget
streams bypass "and has to be learned again" 7001
check "a pinned port does not follow what was learned" "$bypass" port 7001 bypass
streams bypass "it is redirected, whatever it does" 7001
