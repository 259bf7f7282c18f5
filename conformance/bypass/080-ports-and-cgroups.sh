#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Which connections are redirected: by listening port, and by the cgroups of the two processes.
. ./bypass.sh

# to PORT stock|bypass NAME
to() {
  carries "$2" "$3" at blue listen "${ANY[ipv4]}:$1" both 10000 20000 eof -- \
    at red dial "${BLUE[ipv4]}:$1" both 20000 10000
}

pods bridge
bypass_load --ports 7000-7002,7010 --stock 7001
to 7000 bypass "a port of the list"
to 7010 bypass "another one"
to 7001 stock "one that is pinned to the stack"
to 7003 stock "one that is not in the list"
check "a port is added" "$bypass" port 7003 bypass
to 7003 bypass "it is redirected"
check "and taken away" "$bypass" port 7003 default
to 7003 stock "it is not any more"
check "control: it unloads" bypass_unload
to 7000 stock "a port of the list"

# within CGROUP CGROUP stock|bypass NAME: blue's process in the first one, red's in the second one.
within() {
  carries "$3" "$4" at blue in "$groups/$1" listen "${ANY[ipv4]}:7000" both 10000 20000 eof -- \
    at red in "$groups/$2" dial "${BLUE[ipv4]}:7000" both 20000 10000
}

groups=/sys/fs/cgroup/ovnfast-test
mkdir -p "$groups"/{one/pod,two,other} || bail "no cgroups"
undo rmdir "$groups"/{one/pod,one,two,other} "$groups"
bypass_load --cgroup "$groups/one" --cgroup "$groups/two"
within one/pod one bypass "two of a cgroup"
within one/pod two bypass "of two cgroups that were named"
within one/pod other stock "the client is of another one"
within other two stock "the server is of another one"
within other other stock "both are of another one"
