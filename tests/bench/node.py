#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""node BUILD [SECONDS]: memory and processor time of one calm node, TLS up, default settings."""

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../live"))
from town import Town, end_in_order, wait_for  # noqa: E402

USS_MAX, RSS_MAX, CPU_MAX = 2.5 * 1024, 10 * 1024, 0.2  # KiB, KiB, percent of one core


def memory(pid):
    """(private, resident) in KiB, as the kernel has it."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        kib = {line.split(":")[0]: int(line.split()[1]) for line in f if line.endswith("kB\n")}
    return kib["Private_Clean"] + kib["Private_Dirty"], kib["Rss"]


def cpu_ns(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total


def writes(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as f:
        return {k: int(v) for k, v in (line.split(": ") for line in f)}["write_bytes"]


def main():
    end_in_order()
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 300
    with tempfile.TemporaryDirectory(prefix="matsang-node-") as directory:
        town = Town(directory, sys.argv[1], [2], {}, {})
        try:
            town.up()
            wait_for("the points", lambda: all(p["contact"] == "up" for p in town.states().values()), 60)
            pid = town.houses[0].process.child.pid
            time.sleep(30)
            begin, cpu, written = time.monotonic(), cpu_ns(pid), writes(pid)
            time.sleep(seconds)
            share = (cpu_ns(pid) - cpu) / 1e7 / (time.monotonic() - begin)
            written = writes(pid) - written
            private, resident = memory(pid)
        finally:
            town.down()
    print(f"private {private} KiB (at most {USS_MAX:.0f}), resident {resident} KiB (at most {RSS_MAX})")
    print(f"processor {share:.3f} % of one core over {seconds:g} s (at most {CPU_MAX}), {written} bytes to disk")
    return 0 if private <= USS_MAX and resident <= RSS_MAX and share <= CPU_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
