#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# trixie: the tree built, and its tests run, by Debian 13: gcc 14, libgpiod 2, Mosquitto 2.0.21 and all the rest.
#
#	trixie.sh TREE BUILD
#
# TREE is only read; BUILD is a folder that stays, so that the next time is short. Needs root. The system is made
# once by debootstrap, in a folder of the cache (MATSANG_CACHE) named after the packages it holds, with the mirror
# and the proxy of this machine's own apt. The tests have a network of their own, with nothing in it but loopback.
set -euo pipefail

SUITE=trixie
# Beside what it takes to build and run: what the tests ask about overlay and units, objects that outlive a checkout,
# and what messages leave by: its own gammu-smsd, and an ntfy server, which Debian 12 does not have.
MORE=( device-tree-compiler systemd ccache gammu-smsd ntfy openssl )

here=$(dirname "$(readlink -f "$0")")

say() { printf -- '-- trixie: %s\n' "$*"; }

# ---- the system, once ----

# Packages come the way they come to this machine.
apt_here() {
	apt-config dump Acquire | grep -iE '^Acquire::(https?|ftp|Check-[A-Za-z-]*|Retries)(::| )' || true
}

apt_within() {
	chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
		apt-get -qq -o Dpkg::Use-Pty=0 "${@:2}"
}

make_root() {
	local to=$1 proxy
	proxy=$(apt-config shell P Acquire::http::Proxy | sed "s/^P='\(.*\)'\$/\1/")
	say "debootstrap of $SUITE into $to, once"
	env ${proxy:+http_proxy="$proxy"} debootstrap --variant=minbase "$SUITE" "$to" "$("$here/../mirror")" > "$to.log" 2>&1 ||
		{ tail -20 "$to.log" >&2; return 1; }
	apt_here > "$to/etc/apt/apt.conf.d/90host"
	cp /etc/resolv.conf /etc/hosts "$to/etc/"
	# No daemon starts in here.
	printf '#!/bin/sh\nexit 101\n' > "$to/usr/sbin/policy-rc.d"
	chmod 755 "$to/usr/sbin/policy-rc.d"
	apt_within "$to" update
	apt_within "$to" install -y --no-install-recommends "${@:2}" >> "$to.log" 2>&1 ||
		{ tail -20 "$to.log" >&2; return 1; }
	apt_within "$to" clean
	rm "$to.log"
	mkdir "$to/tree" "$to/build" "$to/objects"
}

# ---- within ----

# In namespaces of its own; whatever is mounted and started here ends with it.
within() {
	local root=$1 tree=$2 build=$3 objects=$4
	mount --bind "$tree" "$root/tree"
	mount -o remount,bind,ro "$root/tree"
	mount --bind "$build" "$root/build"
	mount --bind "$objects" "$root/objects"
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs tmp "$root/tmp"
	mount -t tmpfs run "$root/run"
	exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 \
		CCACHE_DIR=/objects bash -euc "
		ip link set lo up
		cd /tree
		[ -f /build/build.ninja ] || cmake -S /tree -B /build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
			-DCMAKE_C_COMPILER_LAUNCHER=ccache > /build/configure.log || { cat /build/configure.log; exit 1; }
		ninja -C /build -j$(nproc)
		ctest --test-dir /build --output-on-failure -LE 'live|rig' -j$(nproc)
		ctest --test-dir /build --output-on-failure -R '^live/(mqtt_live|routes)\$'"
}

if [ "${1:-}" = within ]; then
	within "${@:2}"
fi

tree=$(cd "$1" && pwd)
mkdir -p "$2"
build=$(cd "$2" && pwd)
packages=( $("$tree/run" packages) "${MORE[@]}" )
cache=${MATSANG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/matsang}/trixie
root=$cache/$(printf '%s\n' "$SUITE" "${packages[@]}" | sha256sum | cut -c 1-12)

mkdir -p "$cache/objects"
exec 9> "$cache/lock"
flock 9
if [ ! -d "$root" ]; then
	rm -rf --one-file-system "$root.new"
	make_root "$root.new" "${packages[@]}"
	mv "$root.new" "$root"
fi
flock -u 9
exec 9>&-

# What another system left behind is of no use to this one.
if [ "$(cat "$build/.root" 2> /dev/null)" != "$root" ]; then
	find "$build" -mindepth 1 -delete
	echo "$root" > "$build/.root"
fi
exec unshare --mount --pid --net --fork --kill-child --propagation private \
	"$(readlink -f "$0")" within "$root" "$tree" "$build" "$cache/objects"
