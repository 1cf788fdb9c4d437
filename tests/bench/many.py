# SPDX-License-Identifier: Apache-2.0
"""many: thousands of points at one gateway: a storm, and a calm.

The points are crowd.c: their own messages over real MQTT to the real broker, by a second listener on loopback
without TLS, which takes the name that a client gives itself. The gateway itself speaks TLS with its key; rights,
limits and plugin of the broker, and all of the gateway, are as shipped.
"""

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../live"))
from measure import Hooks, cpu_s, memory  # noqa: E402
from town import OFFICE, PORT, ROOT, Town, wait_for  # noqa: E402

PLAIN = 1884
BIRTH = 1  # a kind of row, as gateway/facts.h has it
TRANSFORMER, PROVIDERS = 40, ["VNPT", "Viettel", "FPT"]  # points on one; lines of neighbours differ
STORED_S, MESSAGES, FIRST_S, RSS_KIB, CPU_PERCENT = 1.5, 5, 0.5, 32 * 1024, 3.0


class Commune(Town):
    """An office without houses, and a roster of n points in so many hamlets."""

    def __init__(self, directory, build, n, hamlets, pace):
        super().__init__(directory, build, [], {}, pace)
        self.codes = [f"TT-{i % hamlets + 1:02d}-{i // hamlets + 1:04d}" for i in range(n)]
        self.n_hamlets, self.words, self.crowd = hamlets, [], None

    def settings(self):
        s = super().settings()
        s["hamlets"] = [{"code": f"TT{h + 1:02d}", "name": f"Ấp {h + 1}"} for h in range(self.n_hamlets)]
        s["points"] = [self.roster_point(i, code) for i, code in enumerate(self.codes)]
        del s["mails"]
        return s

    def roster_point(self, i, code):
        hamlet, place = i % self.n_hamlets, i // self.n_hamlets
        return {"code": code, "hamlet": f"TT{hamlet + 1:02d}", "household": f"Hộ {code[3:]}",
                "phone": f"09{i:08d}", "provider": PROVIDERS[place % len(PROVIDERS)],
                "transformer": f"TBA {hamlet + 1}-{place // TRANSFORMER + 1}",
                "cameras": [{"name": "cổng", "address": "192.168.1.20"}]}

    def start_broker(self):
        """The shipped broker, and one more listener."""
        where = os.path.join(self.dir, "broker")
        command = subprocess.run([os.path.join(ROOT, "broker-config/place"), where, OFFICE, str(PORT),
                                  self.program("broker-config/plugin/matsang_broker.so")],
                                 capture_output=True, text=True, check=True).stdout
        with open(os.path.join(where, "mosquitto.conf"), "r+", encoding="utf-8") as f:
            text = f.read().replace("allow_anonymous false", "allow_anonymous true")
            f.seek(0)
            f.write(text + f"\nlistener {PLAIN} 127.0.0.1\n")
        self.broker = self.run("broker", ["sh", "-c", command], self.office_ns)

    def start_crowd(self, beat_s):
        codes = os.path.join(self.dir, "codes")
        with open(codes, "w", encoding="ascii") as f:
            f.write("\n".join(self.codes) + "\n")
        self.crowd = subprocess.Popen(
            ["ip", "netns", "exec", self.office_ns, self.program("tests/bench/crowd"), "127.0.0.1", str(PLAIN),
             codes, str(beat_s)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.crowd.stdout:
            self.words.append(line.split())

    def say(self, word):
        self.crowd.stdin.write(word + "\n")
        self.crowd.stdin.flush()

    def heard(self, word, seconds):
        """What crowd said after this word, once it has."""
        return wait_for(f"the crowd to say \"{word}\"",
                        lambda: next((w[1:] for w in self.words if w[0] == word), None), seconds)

    def ledger(self):
        return sqlite3.connect(f"file:{self.dir}/gateway.state/ledger.db?mode=ro", uri=True, timeout=5)

    def up(self):
        self.build_network()
        self.start_broker()
        self.start_catchers()
        wait_for("the broker", self.broker_listens, 20)
        self.start_gateway()

    def down(self):
        if self.crowd:
            self.crowd.stdin.close()
            try:
                self.crowd.wait(10)
            except subprocess.TimeoutExpired:
                self.crowd.kill()
                self.crowd.wait()
        super().down()

    def people(self, beat_s=60):
        """All points are connected, born and stored."""
        begin, cpu = time.monotonic(), cpu_s(self.gateway.child.pid)
        self.start_crowd(beat_s)
        self.heard("up", 120)
        db = self.ledger()
        wait_for("the births", lambda: db.execute("SELECT count(*) FROM ledger WHERE kind = ?",
                                                  (BIRTH,)).fetchone()[0] >= len(self.codes), 60)
        db.close()
        took = time.monotonic() - begin
        print(f"{len(self.codes)} points came in {took:.1f} s, "
              f"gateway {cpu_s(self.gateway.child.pid) - cpu:.2f} s of processor", flush=True)


def commune(build, n, hamlets, pace):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < n + 100:
        raise RuntimeError(f"{n} connections need as many descriptors; the limit here is {hard}")
    directory = tempfile.TemporaryDirectory(prefix="matsang-many-")
    town = Commune(directory.name, build, n, hamlets, pace)
    town.directory = directory
    return town


# ---- a storm ----

OUT = "SELECT count(*) FROM outage WHERE until_ms = 0"
# Who vanishes without a word may be there still, and we are deaf: then all are unknown from one moment on.
UNKNOWN = "SELECT count(*) FROM span WHERE until_ms = 9223372036854775807 AND colour = 0"


def watch(town, sql, n, until):
    """[(UTC seconds, points stored as out or unknown)], one at each change, until n are."""
    db, out = town.ledger(), []
    while time.time() < until:
        got = db.execute(sql).fetchone()[0]
        if not out or out[-1][1] != got:
            out.append((time.time(), got))
        if got >= n:
            break
        time.sleep(0.01)
    db.close()
    return out


def quiet(town, since, hold_s):
    """All messages of the storm: until none came for ten seconds after the hold."""
    end = time.time() + hold_s + 60
    while time.time() < end:
        got = since_all(town, since)
        last = got[-1]["at"] if got else 0
        if got and time.time() - last > 10 and time.time() > since + hold_s + 10:
            break
        time.sleep(0.2)
    return since_all(town, since)


def since_all(town, since):
    return [h for h in town.hooks.new() if h["at"] >= since]


def storm(build, word, n, hamlets, hold_s):
    """All points vanish within a second. word: power, or reset. True when the goals are met."""
    grace_s = 10 if word == "reset" else 0
    town = commune(build, n, hamlets, {"group_hold_s": hold_s, "blind_hold_s": hold_s})
    town.hooks = Hooks(town.hooks_file)
    print(f"storm, {word}: {n} points in {hamlets} hamlets, group_hold_s {hold_s}", flush=True)
    try:
        town.up()
        town.people()
        time.sleep(10)
        pid = town.gateway.child.pid
        cpu = cpu_s(pid)
        town.say(f"{word} 1000")
        seen = watch(town, OUT if word == "power" else UNKNOWN, n, time.time() + 60)
        _, began, ended = map(int, town.heard(word, 30))
        began, ended, storm_cpu = began / 1000, ended / 1000, cpu_s(pid) - cpu
        acked = int(town.heard("acked", 30)[1]) / 1000 - began if word == "power" else None
        hooks = quiet(town, began, hold_s + grace_s)
        rss = memory(pid)
    except BaseException:
        print(f"---- gateway\n{town.log_tail('gateway', 40)}", file=sys.stderr)
        raise
    finally:
        town.down()
        town.directory.cleanup()
    stored = seen[-1][0] - began if seen[-1][1] >= n else None
    first = hooks[0]["at"] - began - hold_s - grace_s if hooks else None
    return storm_report(word, n, grace_s, stored, first, hooks, seen[-1][1], ended - began, acked, storm_cpu, rss)


def storm_report(word, n, grace_s, stored, first, hooks, got, span, acked, cpu, rss):
    beyond = f" beyond grace_s {grace_s}" if grace_s else ""
    labels = [h["body"]["commonLabels"] for h in hooks]
    by_points = [f"{k.get('points')} points" if k.get("scope") != "gateway" else f"our own doubt: {k.get('doubt')}"
                 for k in labels]
    if stored is None:
        print(f"  only {got} of {n} were stored within a minute")
    else:
        what = "outages" if word == "power" else "points, unknown and not down,"
        print(f"  all {n} {what} stored after {stored - grace_s:.2f} s{beyond} (at most {STORED_S}); "
              f"the cuts themselves took {span:.2f} s")
    if acked is not None:
        print(f"  the last was acknowledged after {acked:.2f} s")
    print(f"  {len(hooks)} messages (at most {MESSAGES}): {', '.join(by_points)}")
    # That most have vanished shows when two thirds have.
    first = first - span * 2 / 3 if first is not None and word == "reset" else first
    if first is not None:
        hold = "the group hold" if word == "power" else "the same hold of our own doubt, once two thirds had vanished,"
        print(f"  the first {first:.2f} s after {hold}{beyond} (at most {FIRST_S})")
    print(f"  gateway: {cpu:.2f} s of processor until all were stored, {rss['VmRSS']} KiB resident, "
          f"{rss['VmHWM']} at most")
    ok = (stored is not None and stored - grace_s <= STORED_S and 0 < len(hooks) <= MESSAGES and first is not None
          and first <= FIRST_S and (word == "power" or all(k.get("scope") == "gateway" for k in labels)))
    print("  met" if ok else "  MISSED", flush=True)
    return ok


# ---- a calm ----

def share(pid, seconds):
    begin, cpu = time.monotonic(), cpu_s(pid)
    time.sleep(seconds)
    return 100 * (cpu_s(pid) - cpu) / (time.monotonic() - begin)


def say_memory(name, m):
    print(f"  {name}: resident {m['VmRSS']} KiB (own {m['RssAnon']}, of files {m['RssFile']}), "
          f"Pss {m['Pss']}, private {m['Private']}, at most so far {m['VmHWM']}", flush=True)


def calm(build, n, hamlets, seconds, drawing):
    """n points beat each minute and nothing happens. drawing: go on until graphs are written, one whole cycle."""
    town = commune(build, n, hamlets, {})
    print(f"calm: {n} points, beats each 60 s", flush=True)
    try:
        town.up()
        pid = town.gateway.child.pid
        say_memory("before anybody came", memory(pid))
        town.people()
        begin = time.monotonic()
        time.sleep(65)  # each has beaten once
        percent, m = share(pid, seconds), memory(pid)
        say_memory(f"after {seconds:.0f} s of calm", m)
        print(f"  processor {percent:.2f} % of a core over {seconds:.0f} s, graphs still held in memory "
              f"(at most {CPU_PERCENT})", flush=True)
        if drawing:
            # Values are held for five steps; the first writing makes the files, the second is what goes on for ever.
            time.sleep(max(0, begin + 375 - time.monotonic()))
            drawn = share(pid, 300)
            say_memory("after all graphs were written", memory(pid))
            print(f"  processor {drawn:.2f} % of a core over 300 s, graphs of all points written once", flush=True)
            percent, m = max(percent, drawn), memory(pid)
        town.say("count")
        counted = {k: v for k, v in town.cli("status")["refused"].items() if v}
        print(f"  the crowd: {' '.join(town.heard('count', 10))}; the gateway refused: {counted or 'nothing'}")
        town.cli("points")
        say_memory("after the list of all points was asked for", memory(pid))
        ok = m["VmRSS"] <= RSS_KIB and percent <= CPU_PERCENT
        print("  met" if ok else "  MISSED", flush=True)
        return ok
    except BaseException:
        print(f"---- gateway\n{town.log_tail('gateway', 40)}", file=sys.stderr)
        raise
    finally:
        town.down()
        town.directory.cleanup()
