#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sign in to a running page with a real browser and take its picture; fails when the page reports an error.
# screenshot.sh URL USER PASSWORD OUT.png [WIDTHxHEIGHT] [#CODE]     (Debian: chromium python3 fonts-dejavu-core)
set -eu
if [ $# -lt 4 ]; then
	echo "usage: $0 URL USER PASSWORD OUT.png [WIDTHxHEIGHT] [#CODE]" >&2
	exit 2
fi
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
python3 "$(dirname "$0")/screenshot.py" "$profile" "$@"
