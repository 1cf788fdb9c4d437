#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# sysroot: what a Raspberry Pi has, for who has none: Debian's arm64 packages, unpacked but never installed.
#
#	sysroot.sh SUITE	prints the folder's path, after making it if it is not there
#
# It holds the libraries of ./run's list to build with, the kernel, and what runs beside the node in the test. Made
# once, in a folder of the cache (MATSANG_CACHE) named after the packages asked for. Nothing of this machine's own
# apt or dpkg is changed, and it takes no root.
set -euo pipefail

suite=${1:?bookworm or trixie}
here=$(dirname "$(readlink -f "$0")")

# The board's own programs.
MORE=( busybox-static mosquitto )
KERNEL=linux-image-arm64 # names the package that holds the kernel

say() { printf -- '-- pi: %s\n' "$*" >&2; }

# apt as it is set up here, but for another architecture and with a memory and sources of its own, in $work.
apt_arm64() {
	"$1" -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
		-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User= \
		-o APT::Install-Recommends=false -o APT::Update::Post-Invoke::= "${@:2}"
}

unpack() {
	local root=$1 deb
	# As on a real Debian; packages put files in both places.
	mkdir -p "$root"/usr/{bin,sbin,lib}
	ln -s usr/bin usr/sbin usr/lib "$root"
	for deb in "${@:2}"; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$root" --keep-directory-symlink --no-same-owner --no-same-permissions \
				--exclude './usr/share/doc/*' --exclude './usr/share/man/*' \
				--exclude './usr/share/locale/*' --exclude './lib/modules/*' --exclude './usr/lib/modules/*'
	done
}

make_sysroot() {
	local to=$1 kernel
	say "unpacking Debian's arm64 packages into $to, once"
	mkdir -p "$work"/{state/lists/partial,cache/archives/partial}
	: > "$work/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $("$here/../mirror") $suite main" \
		> "$work/sources.list"
	apt_arm64 apt-get update -qq
	apt_arm64 apt-get install -qq -y --download-only "${@:2}" > "$work/log" 2>&1 ||
		{ tail -20 "$work/log" >&2; return 1; }
	kernel=$(apt_arm64 apt-cache depends "$KERNEL" | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p')
	(cd "$work/cache/archives" && apt_arm64 apt-get download -qq "$kernel")
	unpack "$to" "$work"/cache/archives/*.deb
}

# shellcheck disable=SC2207
packages=( $("$here/../../../run" packages | grep -e '-dev$') "${MORE[@]}" )
cache=${MATSANG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/matsang}/pi
made=$cache/$suite-$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c 1-12)

mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
if [ ! -d "$made" ]; then
	work=$cache/work
	rm -rf "$work" "$made.new"
	make_sysroot "$made.new" "${packages[@]}"
	rm -rf "$work"
	mv "$made.new" "$made"
fi
echo "$made"
