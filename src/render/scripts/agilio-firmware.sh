#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Chooses the firmware that an Agilio SmartNIC of Netronome or Corigine loads: the one whose flows Open vSwitch can offload.
# Run it as root on each node that has a card; --help says more.
set -euo pipefail

readonly DEFAULT_APP='flower'
readonly DEFAULT_ASSEMBLY='scan'

readonly INPUT=2 ENVIRONMENT=3
readonly NAME=${0##*/}

usage() {
	cat <<-END
		Usage: $NAME [OPTION...] DEVICE [ASSEMBLY] [APP]

		Links the firmware for TC offload to the PCI address of a card, where the driver nfp looks for it first.
		Nothing is loaded yet: it is said at the end how.

		  DEVICE    network device of the card: a port of it, no VF
		  ASSEMBLY  the card: AMDA and four digits, or "scan" to ask it (default: $DEFAULT_ASSEMBLY)
		  APP       flower, or flower-next where that is installed (default: $DEFAULT_APP)

		  -n, --dry-run       change no file, say what would be changed (the card is still asked what it is)
		      --firmware DIR  where the images are (default: /lib/firmware/netronome)
		      --sysfs DIR     where sysfs is (default: /sys)
		  -h, --help

		Exit status: 0 the link is there, 2 bad usage, device or firmware, 3 a tool or a permission is missing.
	END
}

say() { printf '%s\n' "$*"; }

fail() {
	local status=$1
	shift
	printf '%s: %s\n' "$NAME" "$1" >&2
	shift
	(($# == 0)) || printf '  %s\n' "$@" >&2
	exit "$status"
}

firmware=/lib/firmware/netronome
sysfs=/sys
dry_run=
arguments=()
while (($# > 0)); do
	case $1 in
	-n | --dry-run) dry_run=yes ;;
	--firmware | --sysfs)
		(($# > 1)) || fail $INPUT "$1 wants a directory"
		if [[ $1 == --sysfs ]]; then sysfs=$2; else firmware=$2; fi
		shift
		;;
	-h | --help)
		usage
		exit 0
		;;
	-*) fail $INPUT "unknown option $1" "See $NAME --help." ;;
	*) arguments+=("$1") ;;
	esac
	shift
done
if ((${#arguments[@]} < 1 || ${#arguments[@]} > 3)); then
	usage >&2
	exit $INPUT
fi
device=${arguments[0]}
assembly=${arguments[1]:-$DEFAULT_ASSEMBLY}
app=${arguments[2]:-$DEFAULT_APP}
[[ $app == flower || $app == flower-next ]] || fail $INPUT "unknown APP \"$app\"" "It is flower or flower-next."
[[ $assembly == scan || $assembly =~ ^AMDA[0-9]{4}$ ]] ||
	fail $INPUT "\"$assembly\" is no assembly" 'It is AMDA and four digits, as in AMDA0097, or "scan".'
# Also keeps the name from leading out of the directory.
[[ $device =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$ ]] || fail $INPUT "\"$device\" is no name of a network device"

# The network devices that nfp drives, one a line.
nfp_devices() {
	local path
	for path in "$sysfs"/class/net/*; do
		[[ $(driver_of "${path##*/}") != nfp ]] || say "${path##*/}"
	done
}

driver_of() {
	local driver
	driver=$(readlink -e "$sysfs/class/net/$1/device/driver") || return 0
	say "${driver##*/}"
}

describe_devices() {
	local devices
	devices=$(nfp_devices | tr '\n' ' ')
	if [[ -n $devices ]]; then say "Devices of the driver nfp: ${devices% }."; else say 'No device here has the driver nfp: is the module loaded?'; fi
}

[[ -e $sysfs/class/net/$device ]] || fail $INPUT "there is no network device \"$device\"" "$(describe_devices)"
driver=$(driver_of "$device")
case $driver in
nfp) ;;
nfp_netvf) fail $INPUT "$device is a VF" "Name a port of the card. $(describe_devices)" ;;
*) fail $INPUT "$device is no Agilio card: its driver is ${driver:-none}, not nfp" "$(describe_devices)" ;;
esac
address=$(readlink -e "$sysfs/class/net/$device/device") || fail $ENVIRONMENT "the PCI address of $device cannot be read"
address=${address##*/}
[[ $address =~ ^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$ ]] ||
	fail $INPUT "$device is not on PCI (\"$address\")" "$(describe_devices)"

# Every AMDA number in a text, each once, one a line; nothing is no failure.
assemblies() { grep -aoE 'AMDA[0-9]{4}' | sort -u || true; }

# What devlink says of the board; the driver tells it since Linux 5.1, and asking changes nothing.
from_devlink() {
	command -v devlink >/dev/null || return 0
	{ timeout 30 devlink dev info "pci/$address" 2>/dev/null || true; } |
		{ grep -aE '^[[:space:]]*(board\.id|serial_number)[[:space:]]' || true; } | assemblies
}

# What the debug dump of level 0 has behind "SN:"; works with every driver and firmware.
from_dump() {
	local dump
	command -v ethtool >/dev/null ||
		fail $ENVIRONMENT "$device does not tell its assembly through devlink, and ethtool is not installed" \
			'Install ethtool, or give ASSEMBLY: it is printed on the card.'
	dump=$(mktemp) || fail $ENVIRONMENT 'no temporary file can be made'
	if ! timeout 30 ethtool -W "$device" 0 >/dev/null || ! timeout 60 ethtool -w "$device" data "$dump" >/dev/null; then
		rm -f "$dump"
		fail $ENVIRONMENT "ethtool got no debug dump from $device" 'Are you root? Otherwise give ASSEMBLY.'
	fi
	# As `strings` does, which is not installed everywhere.
	LC_ALL=C tr -c '[:print:]\t' '\n' <"$dump" | { grep '^SN:' || true; } | assemblies
	rm -f "$dump"
}

if [[ $assembly == scan ]]; then
	found=$(from_devlink)
	[[ -n $found ]] || found=$(from_dump)
	[[ -n $found ]] || fail $INPUT "$device does not say which assembly it is" 'Give ASSEMBLY: it is printed on the card.'
	[[ $found != *$'\n'* ]] || fail $INPUT "$device says it is ${found//$'\n'/ and }" 'Give ASSEMBLY: it is printed on the card.'
	assembly=$found
	say "$device ($address) is $assembly"
fi

# An image that can be read to its end of links and has something in it; distributions may have compressed it.
image=
for candidate in "$assembly" $([[ $assembly != AMDA0081 ]] || say AMDA0097); do
	for suffix in nffw nffw.zst nffw.xz; do
		if [[ -f $firmware/$app/nic_$candidate.$suffix && -s $firmware/$app/nic_$candidate.$suffix ]]; then
			image=$app/nic_$candidate.$suffix
			break 2
		fi
	done
done
if [[ -z $image ]]; then
	there=()
	for path in "$firmware/$app"/nic_*.nffw*; do [[ ! -f $path ]] || there+=("${path##*/}"); done
	fail $INPUT "there is no firmware $app for $assembly in $firmware/$app" \
		"There is: ${there[*]:-nothing}." "Install the firmware of the card, or choose another APP."
fi
[[ $assembly != AMDA0081 || $image == *AMDA0081* ]] || say 'AMDA0081 takes the image of AMDA0097'

link=$firmware/pci-$address.${image#*.}
# The kernel looks for these names in this order and takes the first: none of the others may be in the way.
stale=()
for suffix in nffw nffw.zst nffw.xz; do
	other=$firmware/pci-$address.$suffix
	if [[ -e $other && ! -L $other ]]; then
		fail $INPUT "$other is a file, not a link: it was not put there by this script" 'Move it away, or keep it.'
	fi
	[[ $other == "$link" || ! -L $other ]] || stale+=("$other")
done

# A file that the driver prefers to all others; its name has the serial number of the card, which only the driver knows.
for path in "$firmware"/serial-*.nffw*; do
	[[ -e $path ]] || continue
	say "note: $path is there; if it is for this card, the driver takes it and not the link"
done

before=$(readlink "$link" || true)
if [[ $before == "$image" && ${#stale[@]} == 0 ]]; then
	say "$link -> $image is there already"
elif [[ -n $dry_run ]]; then
	say "would link $link -> $image${before:+ (now $before)}"
	((${#stale[@]} == 0)) || say "would remove ${stale[*]}"
else
	# Under another name first, then over the old one: the driver finds the old firmware or the new, never none.
	temporary=$(mktemp -u "$firmware/.pci-$address.XXXXXXXX")
	trap 'rm -f "$temporary"' EXIT
	ln -s "$image" "$temporary" || fail $ENVIRONMENT "$firmware cannot be written" 'Are you root?'
	mv -fT "$temporary" "$link" || fail $ENVIRONMENT "$link cannot be written"
	say "linked $link -> $image${before:+ (before: $before)}"
	for other in "${stale[@]}"; do
		rm -f "$other"
		say "removed $other"
	done
fi

initramfs='rebuild the initramfs with the tool of your distribution'
if command -v update-initramfs >/dev/null; then
	initramfs='update-initramfs -u'
elif command -v dracut >/dev/null; then
	initramfs='dracut -f'
fi
cat <<-END

	Next:
	  1. Load it: rmmod nfp && modprobe nfp
	     (takes the links of all cards of this driver down; not over a connection that runs through one)
	  2. See that it is there: ethtool -i $device | grep firmware-version   # ends in "flower"
	  3. If the driver is in the initramfs, it loads its firmware from there at the next start: $initramfs
END
