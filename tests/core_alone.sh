#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# core_alone: the cores build where nothing is installed but a C compiler, and they ask nothing of the system:
# no clock, no file, no socket, no chance. Run in the project's root, or give that as first argument.
set -eu
cd "${1:-.}"
root=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ---- they build: no pkg-config file can be found ----
PKG_CONFIG_LIBDIR=/nonexistent PKG_CONFIG_PATH='' cmake -G Ninja -S . -B "$work/build" -DCORE_ONLY=ON \
	-DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER="${CC:-cc}" >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	exit 1
}
cmake --build "$work/build" -j2 >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	exit 1
}
bad=0
complain() {
	echo "core_alone: $*" >&2
	bad=1
}

# ---- they include their own headers, and of libc only what computes ----
headers='assert ctype errno inttypes limits math stdalign stdarg stdbool stddef stdint stdio stdlib string'
sed -n 's/.*"command": "\(.*\)",*$/\1/p' "$work/build/compile_commands.json" | sed 's/\\"/"/g' |
	while IFS= read -r command; do
		# Everything the compiler opens for this file, but what it calls a system header.
		(cd "$work/build" && eval "${command%% -o *} -MM ${command##* -c }")
	done | tr ' ' '\n' | grep '\.[ch]$' | LC_ALL=C sort -u >"$work/files"
[ -s "$work/files" ] || complain "no file was compiled"
while IFS= read -r f; do
	case $f in
	"$root"/*) ;;
	*)
		complain "$f is none of ours"
		continue
		;;
	esac
	# shellcheck disable=SC2013 # words are what we want
	for h in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*<\([^>]*\)>.*/\1/p' "$f"); do
		case " $headers " in
		*" ${h%.h} "*) ;;
		*) complain "${f#"$root"/} is in a core and includes <$h>" ;;
		esac
	done
done <"$work/files"

# ---- they call each other, and of libc only what computes ----
calls='
memchr memcmp memcpy memmove memset memmem mempcpy explicit_bzero
strchr strrchr strcmp strncmp strcasecmp strncasecmp strlen strnlen strstr strspn strcspn strpbrk
strcpy strncpy stpcpy strtol strtoll strtoul strtoull
__isoc23_strtol __isoc23_strtoll __isoc23_strtoul __isoc23_strtoull
snprintf vsnprintf abs labs llabs
malloc calloc realloc reallocarray free strdup strndup qsort bsearch
abort __assert_fail __assert __errno_location __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc
__stack_chk_fail __stack_chk_fail_local _GLOBAL_OFFSET_TABLE_
tolower toupper isalnum isalpha isdigit isxdigit isspace isupper islower isprint iscntrl ispunct
floor ceil round lround llround fabs sqrt isnan isinf
'
find "$work/build" -name '*_core.a' >"$work/archives"
[ -s "$work/archives" ] || complain "no core was built"
while IFS= read -r a; do nm -g --defined-only "$a" 2>/dev/null; done <"$work/archives" |
	awk 'NF == 3 { print $3 }' | LC_ALL=C sort -u >"$work/ours"
echo "$calls" | tr -s ' ' '\n' | grep . | LC_ALL=C sort -u >"$work/libc"
LC_ALL=C sort -u "$work/ours" "$work/libc" >"$work/allowed"
while IFS= read -r a; do
	nm -A -u "$a" 2>/dev/null | sed 's|^[^:]*/||' | awk '{ print $NF, $1 }'
done <"$work/archives" | LC_ALL=C sort -u | LC_ALL=C join -v 1 - "$work/allowed" >"$work/strangers"
while read -r symbol where; do
	complain "$where asks for $symbol"
done <"$work/strangers"

[ $bad = 0 ] || exit 1
echo "core_alone: $(wc -l <"$work/archives") cores, $(wc -l <"$work/files") files, nothing from outside"
