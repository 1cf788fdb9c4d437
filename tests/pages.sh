#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pages: every manual page is one that scdoc can set. Run in the project's root, or give that first.
set -eu
cd "${1:-.}"

bad=0 n=0
for page in $(find mesh hw node gateway -name '*.scd' | LC_ALL=C sort); do
	n=$((n + 1))
	scdoc <"$page" >/dev/null || {
		echo "pages: $page" >&2
		bad=1
	}
done
[ $bad = 0 ] || exit 1
[ $n -gt 0 ] || exit 1
echo "pages: $n manual pages"
