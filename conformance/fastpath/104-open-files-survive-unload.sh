#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A file of the module that is open when it is unloaded does not hold it back, and can be read, written and closed after
# that without harm.
. ./fastpath.sh

load
read -r first < /proc/net/kube_ovn_fastpath
check "control: the file can be read" test "$first" = "mode auto"
exec {report}<> /proc/net/kube_ovn_fastpath {mode}<> /proc/sys/net/kube_ovn_fastpath/mode
read -r first <&"$report"
check "and again, held open" test "$first" = "mode auto"
check "unloads with its files open" unload_module
check_fails "reading the report fails" read -r first <&"$report"
check_fails "resetting it fails" bash -c "echo reset >&$report"
check_fails "reading the mode fails" read -r first <&"$mode"
check_fails "setting the mode fails" bash -c "echo off >&$mode"
load
if [[ $OVNFAST_KERNEL == 3.* ]]; then
  skip "loaded again it answers" "by its name this kernel finds the old file for as long as that is open"
else
  read -r first < /proc/net/kube_ovn_fastpath
  check "loaded again it answers" test "$first" = "mode auto"
fi
check_fails "the old file still does not" read -r first <&"$report"
exec {report}>&- {mode}>&-
read -r first < /proc/net/kube_ovn_fastpath
check "closing it does no harm" test "$first" = "mode auto"
