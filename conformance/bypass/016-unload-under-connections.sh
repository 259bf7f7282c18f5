#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Unload says how many connections are joined still; they go on.
. ./bypass.sh

unloads_quietly() {
  local said
  "$bypass" load > /dev/null && said=$("$bypass" unload) && echo "$said" && [[ $said != *joined* ]]
}

pods bridge
bypass_load
while_traffic "unload says how many connections are joined" any ends 0 "3 connections are joined; they stay so" "$bypass" unload
check "unloaded with none it says nothing of that" unloads_quietly
