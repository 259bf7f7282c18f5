#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What makes no sense is refused before anything is done, with a message that says what to do.
. ./bypass.sh

# answers STATUS TEXT ARGUMENT...: whether the loader ends with that exit status, has said the text, and has done nothing.
answers() {
  ends "$1" "$2" "$bypass" "${@:3}" && [[ -z $(find /sys/fs/bpf -mindepth 1) ]]
}

groups=/sys/fs/cgroup/ovnfast-test
mkdir -p "$groups/one" || bail "no cgroups"
undo rmdir "$groups/one" "$groups"

check "no command" answers 2 "COMMAND"
check "an unknown command" answers 2 "there is no command 'lode'; there are load, status" lode
check "an unknown option" answers 2 "load does not know '--port'" load --port 80
check "an option without its value" answers 2 "--stock needs a value" load --stock
check "no port" answers 2 '"http" is no port' load --ports 80,http
check "a port that does not exist" answers 2 "from 1 to 65535" load --bypass 65536
check "port 0" answers 2 "from 1 to 65535" load --stock=0
check "a range that ends before it begins" answers 2 "ends before it begins" load --ports 8100-8000
check "an empty part of a list" answers 2 "is no port" load --ports 80,,81
check "a port that is pinned twice" answers 2 "port 85 is given to both" load --stock 80-90 --bypass 85
check "a size that is none" answers 2 "--small 1k" load --small 1k
check "a cgroup that does not exist" answers 2 "below /sys/fs/cgroup" load --cgroup /sys/fs/cgroup/nowhere
check "a cgroup by its short name" answers 2 "$groups is one" load --cgroup ovnfast-test
check "a directory that is no cgroup" answers 2 "no cgroup v2 but" load --cgroup /proc
check "a cgroup within another one" answers 2 "is part of $groups" load --cgroup "$groups/one" --cgroup "$groups"
check "a policy that does not exist" answers 2 "none of bypass, stock, learn, default" port 80 redirect
check "no policy" answers 2 "port needs" port 80
check "what status does not know" answers 2 "status does not know '--yaml'" status --yaml
check "switched on when it is not loaded" answers 1 "not loaded" on
check "unloaded when it is not loaded" answers 1 "not loaded" unload
check "help of a command" answers 0 "--cgroup DIR" load --help
check "control: none of this is refused" "$bypass" load --debug --cgroup "$groups/one" --ports 80,8000-8100 --stock=8080 \
  --bypass 1-79 --small 256
undo "$bypass" unload
check "and all of it is there" test "$(bypass_status '[.ports, .small, .cgroups[].path] | tostring')" == \
  '[{"default":"stock","1-79":"bypass","80":"learn","8000-8079":"learn","8080":"stock","8081-8100":"learn"},256,"'"$groups"'/one"]'
