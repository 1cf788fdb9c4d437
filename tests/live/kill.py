#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill BUILD [N]: kill -9 node, broker and gateway N times each (100) while news flow.

Then: no committed record lost, none doubled, the ledger verifies, nothing repaired by hand. The truth is the
node's own spool: each program hands out sequence numbers one by one and the spool remembers the next. Where a
program began again it marks the numbers that it skips; any other number that is missing makes the gateway write a
loss into the ledger, and there must be none.
"""

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from town import Town, end_in_order, wait_for  # noqa: E402

NODE_PACE = {"beat_s": 900, "probe_s": 1, "probe_timeout_ms": 500, "mains_out_ms": 10, "mains_back_ms": 10,
             "link_timeout_s": 60, "ack_timeout_s": 1, "retry_min_ms": 50, "retry_max_ms": 300}
GATEWAY_PACE = {"grace_s": 5, "ask_s": 2, "sight_s": 20, "group_hold_s": 0, "camera_hold_s": 0,
                "return_hold_s": 1, "again_hold_s": 0, "stable_hold_s": 0, "step_s": 5}
PAUSE = (0.02, 0.35)


class Load(threading.Thread):
    """Mains that come and go at every house: news without end."""

    def __init__(self, houses, chance):
        super().__init__(daemon=True)
        self.houses, self.chance, self.stop, self.played = houses, chance, threading.Event(), 0

    def play(self, house, words):
        try:
            house.wires(words)
        except OSError:
            return False  # killed this very moment
        self.played += 1
        return True

    def run(self):
        while not self.stop.wait(self.chance.uniform(0.01, 0.04)):
            house = self.chance.choice(self.houses)
            self.play(house, self.chance.choice(("mains on", "mains off")))


def spool_of(town, house):
    """The next number that the node's own spool would give."""
    with open(os.path.join(town.dir, f"{house.code}.boot"), encoding="ascii") as f:
        boot = f.read().replace("-", "")[:16]
    done = subprocess.run([town.program("tests/live/spool_peek"),
                           os.path.join(town.dir, f"{house.code}.state/spool"), boot],
                          capture_output=True, text=True, check=True)
    words = dict(w.split("=") for w in done.stdout.split())
    return int(words["next"])


def killings(town, count, chance):
    for i in range(count):
        victims = [town.broker, town.gateway, chance.choice(town.houses).process]
        chance.shuffle(victims)
        for victim in victims:
            time.sleep(chance.uniform(*PAUSE))
            victim.kill()
            if victim is town.broker or chance.random() < 0.5:
                victim.start()
            else:  # stays away for a moment
                time.sleep(chance.uniform(*PAUSE))
                victim.start()
        if (i + 1) % 25 == 0:
            print(f"{i + 1} of {count} rounds", flush=True)


def check(town):
    wrong, rows = [], 0
    ledger = sqlite3.connect(f"file:{town.dir}/gateway.state/ledger.db?mode=ro", uri=True)
    for house in town.houses:
        following = spool_of(town, house)
        seqs = {}
        for boot, seq, kind in ledger.execute(
                "SELECT boot, seq, kind FROM ledger WHERE point=? AND kind IN (2, 3)", (house.code,)):
            seqs.setdefault(boot, []).append(seq)
            if kind == 3:
                wrong.append(f"{house.code}: the gateway wrote records off as lost at {seq}")
        news = [s for of in seqs.values() for s in of]
        rows += len(news)
        if len(news) != len(set((b, s) for b, of in seqs.items() for s in of)):
            wrong.append(f"{house.code}: a record is there twice")
        if len(seqs) != 1:
            wrong.append(f"{house.code}: {len(seqs)} boots in the ledger, 1 expected")
        # With beats this rare no minute is spooled: every number is a piece of news.
        if max(news, default=0) != following - 1:
            wrong.append(f"{house.code}: the last news is {max(news, default=0)}, and {following - 1} was given out")
        stored = ledger.execute("SELECT max(seq) FROM boot JOIN point ON point.id = boot.point WHERE code=?",
                                (house.code,)).fetchone()[0] or 0
        if stored != following - 1:
            wrong.append(f"{house.code}: the node gave out {following - 1} numbers, the gateway has {stored}")
    return wrong, rows


def settled(town):
    """Every point up and nothing waiting; False as well while the gateway that was just started does not answer.

    What waits is as the node last said: a birth names records that the gateway's own answer then lets go of, and the
    next beat is a quarter of an hour away. So a node that seems to hold some is asked for another birth (a beat that is
    asked for might itself become a record).
    """
    points = town.cli("points", check=False).get("points", [])
    waiting = [p["code"] for p in points if p["waiting"] > 0]
    for code in waiting:
        town.cli("ask", code, "birth", check=False)
    if waiting:
        time.sleep(0.5)  # a question each so often
    return len(points) == len(town.houses) and not waiting and all(p["contact"] == "up" for p in points)


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
    chance = random.Random(seed)
    print(f"seed {seed}; {count} kills each of node, broker and gateway", flush=True)
    wrong = []
    end_in_order()
    with tempfile.TemporaryDirectory(prefix="matsang-kill-") as directory:
        town = Town(directory, sys.argv[1], [3], NODE_PACE, GATEWAY_PACE)
        try:
            town.up()
            wait_for("all points", lambda: settled(town), 30)
            load = Load(town.houses, random.Random(seed + 1))
            load.start()
            killings(town, count, chance)
            load.stop.set()
            load.join()
            for house in town.houses:
                wait_for(f"{house.code} to take its wires", lambda h=house: load.play(h, "mains on"), 10)
            wait_for("every record to be acknowledged", lambda: settled(town), 60)
            for house in town.houses:
                house.process.stop()
            verified = town.cli("verify", check=False)
            if not verified.get("ok"):
                wrong.append(f"the ledger does not verify: {verified}")
            bad, rows = check(town)
            wrong += bad
            print(f"{load.played} edges played, {rows} news in the ledger, {verified.get('rows')} rows verified")
        except (TimeoutError, RuntimeError) as e:
            wrong.append(str(e))
        finally:
            for w in wrong:
                print(f"WRONG: {w}", file=sys.stderr)
            if wrong:
                for name in ("gateway", "broker", *(h.code for h in town.houses)):
                    print(f"---- {name}\n{town.log_tail(name, 40)}", file=sys.stderr)
            town.down()
    if not wrong:
        print("no acknowledged record lost, none doubled")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
