# SPDX-License-Identifier: Apache-2.0
"""measure: what the benches share: figures of many runs, a process's memory and time, web hooks as they come."""

import json
import math
import os


def percentile(values, p):
    """Nearest rank: of 50 values the 99th percentile is the largest."""
    return sorted(values)[max(0, math.ceil(p / 100 * len(values)) - 1)]


def table(rows):
    """Columns as wide as what is in them; the first to the left, the others to the right."""
    widths = [max(len(r[k]) for r in rows) for k in range(len(rows[0]))]
    for r in rows:
        print("  ".join(c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(r, widths))).rstrip())


def cpu_s(pid):
    """Seconds of processor time so far, user and system, all threads, ended ones too."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """KiB by name: VmRSS and VmHWM of the process, Pss, Private (USS), and how much of Rss is files."""
    out = {}
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith(("VmRSS", "VmHWM", "RssAnon", "RssFile")):
                out[line.split(":")[0]] = int(line.split()[1])
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        kib = {line.split(":")[0]: int(line.split()[1]) for line in f if line.endswith("kB\n")}
    return {**out, "Pss": kib["Pss"], "Private": kib["Private_Clean"] + kib["Private_Dirty"]}


class Hooks:
    """What the web hook received, read as it grows."""

    def __init__(self, path):
        self.path, self.at, self.seen = path, 0, []

    def new(self):
        """All messages so far: dictionaries of catch_hook.py, oldest first."""
        with open(self.path, "rb") as f:
            f.seek(self.at)
            data = f.read()
        whole = data.rfind(b"\n") + 1
        self.at += whole
        self.seen += [json.loads(line) for line in data[:whole].splitlines()]
        return self.seen
