#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# doors: each outside thing has one door. Says which file includes or calls what is another file's business.
# Run in the project's root, or give that as first argument.
set -eu
cd "${1:-.}"

bad=0
sources=$(find mesh hw node gateway broker-config -name '*.[ch]' | LC_ALL=C sort)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Comments out, lines kept.
for f in $sources; do
	mkdir -p "$work/$(dirname "$f")"
	${CC:-cc} -fpreprocessed -dD -E -w -x c "$f" 2>/dev/null | awk '
		/^# [0-9]+ "/ { line = $2 - 1; next }
		{ printf "%d:%s\n", ++line, $0 }' >"$work/$f"
done

# door PATTERN FILE...: only these files (shell patterns) may have a line that matches the pattern.
door() {
	pattern=$1
	shift
	for f in $sources; do
		grep -qE "$pattern" "$work/$f" || continue
		allowed=no
		for g in "$@"; do
			# shellcheck disable=SC2254
			case $f in $g) allowed=yes ;; esac
		done
		[ $allowed = yes ] && continue
		bad=1
		grep -E "$pattern" "$work/$f" | while IFS=: read -r line text; do
			echo "$f:$line: not through this door:$(echo "$text" | tr -s '\t ' ' ')" >&2
		done
	done
}

header() {
	h=$1
	shift
	door "#[[:space:]]*include[[:space:]]*[<\"](${h})[>\"]" "$@"
}

call() {
	names=$1
	shift
	door "(^|[^[:alnum:]_.>])($names)[[:space:]]*\\(" "$@"
}

# ---- libraries ----
header 'gpiod\.h' 'hw/gpio_v*.c'
header 'MQTT.*\.h' 'mesh/mqtt*.c'
header 'mosquitto.*\.h' broker-config/plugin/matsang_broker.c
header 'sqlite3\.h' gateway/store.c 'gateway/store_*.[ch]' gateway/ledger.c
header 'rrd.*\.h' gateway/series.c gateway/draw.c gateway/graph.c
header 'microhttpd\.h' 'gateway/http*.[ch]'
header 'curl/.*\.h' 'gateway/post.[ch]' 'gateway/channel_*.c' 'gateway/cli/*.c' \
	'node/eye/*.[ch]'
header 'expat.*' node/eye/onvif.c
header 'gmime/.*' gateway/cli/mail.c
header 'systemd/.*\.h' mesh/loop.c mesh/log.c
# Hashes, passwords, keys, signatures; base64 in mail.
header 'sodium\.h' mesh/seal.c gateway/ledger.c 'gateway/store*.c' gateway/login.c gateway/enrol.c \
	gateway/notify.c gateway/channel_hook.c gateway/channel_mail.c 'gateway/http*.c' 'gateway/cli/*.c'
header 'cjson/.*' 'mesh/conf*.c' 'node/main*.c' node/settings.c node/look.c node/report.c node/push.c gateway/main.c gateway/desk.c gateway/enrol.c gateway/order.c gateway/planned.c 'gateway/http*.[ch]' \
	'gateway/view*.[ch]' gateway/page_words.c gateway/notify.c 'gateway/post*.c' 'gateway/channel_*.c' gateway/reply_zalo.c 'gateway/cli/*.[ch]'
# Words come from catalogue.c: libintl speaks one language a process, and only where a locale is installed.
header '(openssl|libintl|qrencode).*' /nobody
door '"[^"]*matsang\.mo"' gateway/catalogue.c

# ---- the system's clocks, chance, and other processes ----
call 'clock_gettime|gettimeofday|time|ftime|timespec_get|clock|adjtimex|clock_adjtime|ntp_adjtime' mesh/clock.c
call 'sleep|usleep|nanosleep|clock_nanosleep' mesh/mqtt_nap.c # stands in for the one that Paho calls
# Nothing waits for a moment of the wall clock: it may be set back. The loop's alarms and poll do not.
door 'CLOCK_REALTIME' mesh/clock.c
call 'pthread_cond_timedwait|sem_timedwait|pthread_mutex_timedlock|mq_timed[a-z]+|timer_create|timerfd_create' /nobody
call 'rand|srand|rand_r|random|srandom|drand48|lrand48|mrand48|arc4random' /nobody
call 'getrandom|getentropy' node/main.c mesh/ping.c gateway/main.c
call 'randombytes[a-z_]*' gateway/enrol.c gateway/login.c 'gateway/http*.c' 'gateway/cli/*.c'
call 'setlocale|uselocale' gateway/draw.c
call 'system|popen' /nobody

[ $bad = 0 ] || exit 1
echo "doors: $(echo "$sources" | wc -l) files, each through its own"
