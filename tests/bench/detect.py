#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""detect BUILD [PART...] [KEY=NUMBER...]: how long from the cut to the web hook, and what thousands of points cost.

Parts: gasp reset silent camera (one point at a time, 50 runs each); storm (5 000 points vanish in a second: by their
own word, and by a reset of all connections); calm (10 000 points, nothing happens). All of them without a name.
Keys: runs=50 points=5000 hamlets=8 hold=60 (storm) calm=10000 seconds=120 drawing=1 (calm; 0 leaves out the ten
minutes until graphs are written at their lasting pace).
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import many  # noqa: E402
import points  # noqa: E402
from measure import table  # noqa: E402
from town import end_in_order  # noqa: E402

PEERS = [
    ["collectd, an explicit \"down\"", "25 ms"],
    ["Uptime Kuma, an explicit \"down\"", "29 ms, worst 112 ms"],
    ["Zabbix, an explicit \"down\"", "2.3 s"],
    ["Prometheus, refused / silent, Debian's defaults", "43 / 53 s"],
    ["an MQTT will at keep-alive 60, cause unknown", "92 to 96 s"],
]
KEYS = {"runs": 50, "points": 5000, "hamlets": 8, "hold": 60, "calm": 10000, "seconds": 120, "drawing": 1}
PARTS = [*points.KINDS, "storm", "calm"]


def words(argv):
    keys, parts = dict(KEYS), []
    for word in argv:
        key, eq, number = word.partition("=")
        if eq and key in keys and number.isdigit():
            keys[key] = int(number)
        elif word in PARTS:
            parts.append(word)
        else:
            sys.exit(f"detect: {word}?\n{__doc__}")
    return parts or PARTS, keys


def cuts(build, kinds, runs):
    results = points.measure(build, kinds, runs)
    print("\nfrom the cut to the web hook; nothing grouped, group_hold_s 0; of fewer than 100 runs p99 is the slowest")
    table([["", "runs", "p50", "p99", "max", "", "goal", ""], *(r.row() for r in results)])
    for r in results:
        if r.what or r.note:
            print(f"{r.name.strip()}: {'; '.join(w for w in (r.what, r.note) if w)}")
    print("\npeers, measured, the same way (gateway-facts):")
    table(PEERS)
    print(flush=True)
    return all(r.met() for r in results)


def main():
    end_in_order()
    build = sys.argv[1]
    parts, k = words(sys.argv[2:])
    ok, kinds = True, [p for p in parts if p in points.KINDS]
    if kinds:
        ok = cuts(build, kinds, k["runs"])
    if "storm" in parts:
        for word in ("power", "reset"):
            ok = many.storm(build, word, k["points"], k["hamlets"], k["hold"]) and ok
    if "calm" in parts:
        ok = many.calm(build, k["calm"], k["hamlets"], k["seconds"], k["drawing"] != 0) and ok
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
