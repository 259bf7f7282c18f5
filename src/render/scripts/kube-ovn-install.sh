#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs install.sh of Kube-OVN (release 1.12 or later) with the settings that offload wants. install.sh takes them from its
# environment; this is checked first, so that no setting is lost on one that was edited or does not know it.
set -euo pipefail

declare -rx HW_OFFLOAD='true'
declare -rx ENABLE_LB='false'
declare -rx ENABLE_MIRROR='false'
declare -rx IFACE='ensp01'

readonly SETTINGS=(HW_OFFLOAD ENABLE_LB ENABLE_MIRROR IFACE)
readonly INPUT=2
readonly NAME=${0##*/}

usage() {
	cat <<-END
		Usage: $NAME [--check] INSTALL.SH

		Runs the install script of Kube-OVN with
		$(for setting in "${SETTINGS[@]}"; do printf '  %s=%s\n' "$setting" "${!setting}"; done)

		      --check  only say whether the script takes all of them
		  -h, --help

		Get the script of a release: dist/images/install.sh of github.com/kubeovn/kube-ovn, branch release-1.12 or later.
		kubectl has to reach the cluster. Exit status: that of the install script; 2 when it does not fit.
	END
}

fail() {
	printf '%s: %s\n' "$NAME" "$1" >&2
	shift
	(($# == 0)) || printf '  %s\n' "$@" >&2
	exit $INPUT
}

check=
script=
while (($# > 0)); do
	case $1 in
	--check) check=yes ;;
	-h | --help)
		usage
		exit 0
		;;
	-*) fail "unknown option $1" "See $NAME --help." ;;
	*)
		[[ -z $script ]] || fail "one install script, not \"$script\" and \"$1\""
		script=$1
		;;
	esac
	shift
done
if [[ -z $script ]]; then
	usage >&2
	exit $INPUT
fi
[[ -f $script && -r $script ]] || fail "$script cannot be read"
head -n 1 "$script" | LC_ALL=C grep -qaE '^#!.*[ /]bash[[:space:]]*$' || fail "$script is no bash script"
# What was cut off within a here-document is a warning to bash, and it would run the rest.
complaints=$(bash -n "$script" 2>&1) || complaints=${complaints:-yes}
[[ -z $complaints ]] || fail "$script is damaged: ${complaints%%$'\n'*}" 'Download it again.'

for setting in "${SETTINGS[@]}"; do
	# Wherever it is set: install.sh has its own values at the top, and nothing sets them again below.
	mapfile -t assignments < <(grep -nE "(^|[[:space:];(])$setting\\+?=" "$script" || true)
	((${#assignments[@]} > 0)) || fail "$script does not know $setting" 'Take install.sh of release 1.12 or later.'
	for assignment in "${assignments[@]}"; do
		[[ $assignment =~ ^[0-9]+:$setting=\"?\$\{$setting:-[^}]*\}\"?([[:space:]]*#.*)?$ ]] && continue
		fail "$script, line ${assignment%%:*}: $setting is set there, whatever the environment says: ${assignment#*:}" \
			'Take the script as it was released.'
	done
done

if [[ -n $check ]]; then
	printf '%s takes %s from its environment\n' "$script" "${SETTINGS[*]}"
	exit 0
fi
printf 'Kube-OVN gets'
for setting in "${SETTINGS[@]}"; do printf ' %s=%s' "$setting" "${!setting}"; done
printf '\n'
exec bash "$script"
