#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""clock_test BUILD: the node's wall clock is stepped while it runs (step_clock.c); each test is a sentence."""

import contextlib
import datetime
import os
import sqlite3
import struct
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from town import Town, end_in_order, wait_for  # noqa: E402

BUILD = None
NODE_PACE = {"beat_s": 5, "probe_s": 1, "probe_timeout_ms": 500, "mains_out_ms": 100, "mains_back_ms": 100,
             "link_timeout_s": 5, "retry_min_ms": 200, "retry_max_ms": 1000}
GATEWAY_PACE = {"grace_s": 2, "ask_s": 2, "sight_s": 5, "group_hold_s": 0, "camera_hold_s": 0,
                "return_hold_s": 1, "again_hold_s": 0, "stable_hold_s": 0, "step_s": 5}
HOUR, DAY = 3600, 86400
BACK_S = 4  # the longest wait between two attempts, jitter, and one attempt


def utc(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class Clocks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="matsang-clock-"))
        cls.town = Town(directory, BUILD, [1], NODE_PACE, GATEWAY_PACE)
        cls.addClassCleanup(cls.end)
        cls.house = cls.town.houses[0]
        cls.file = os.path.join(directory, "clock")
        with open(cls.file, "wb") as f:
            f.write(bytes(16))
        cls.house.env = {"LD_PRELOAD": os.path.abspath(os.path.join(BUILD, "tests/live/libstep_clock.so")),
                         "STEP_CLOCK": cls.file}
        cls.town.up()
        cls.wait_up()

    @classmethod
    def end(cls):
        for name in ("gateway", cls.house.code):
            print(f"---- {name}\n{cls.town.log_tail(name)}", file=sys.stderr)
        cls.town.down()

    def setUp(self):
        self.addCleanup(self.right)

    def right(self):
        self.house.wires("mains on")
        self.step(0)
        self.wait_up()

    @classmethod
    def clock(cls, seconds, synced=False):
        with open(cls.file, "r+b") as f:
            f.write(struct.pack("<qq", int(seconds * 1000), synced))

    def step(self, seconds):
        """Set the clock of the running node so far from the truth, and let it see that."""
        with open(self.file, "rb") as f:
            if struct.unpack("<q", f.read(8))[0] == int(seconds * 1000):
                return
        seen = self.log().count("the clock was set")
        self.clock(seconds)
        wait_for("the node to see the step", lambda: self.log().count("the clock was set") > seen, 5)

    @classmethod
    def wait_up(cls):
        wait_for("the point to be up", lambda: cls.town.states()[cls.house.code]["state"] == "up", 30)

    def log(self):
        with open(os.path.join(self.town.dir, f"{self.house.code}.log"), encoding="utf-8") as f:
            return f.read()

    def outages(self):
        return self.town.cli("point", self.house.code)["outages"]

    def rows_of_the_future(self):
        ledger = sqlite3.connect(f"file:{self.town.dir}/gateway.state/ledger.db?mode=ro", uri=True)
        with contextlib.closing(ledger):
            return ledger.execute("SELECT count(*) FROM ledger WHERE at_ms > stored_ms OR stored_ms > ?",
                                  (time.time() * 1000,)).fetchone()[0]

    def returns_after(self, seconds):
        """How long the node takes to come back when its clock was stepped while the broker was away."""
        self.town.broker.stop()
        lost = self.log().count("broker:")
        wait_for("the node to notice", lambda: self.log().count("broker:") > lost, 10)
        self.step(seconds)
        connected = self.log().count("broker: connected")
        self.town.broker.start()
        wait_for("the broker", self.town.broker_listens, 10)
        began = time.monotonic()
        wait_for("the node to come back", lambda: self.log().count("broker: connected") > connected, 30)
        took = time.monotonic() - began
        print(f"clock {seconds:+d} s while the broker was away: back after {took:.1f} s")
        self.wait_up()
        return took

    def test_a_step_while_the_broker_is_away_does_not_delay_the_return(self):
        for seconds in (-HOUR, HOUR, -DAY, DAY):
            self.assertLess(self.returns_after(seconds), BACK_S)
            self.step(0)
        self.assertEqual(self.rows_of_the_future(), 0)

    def test_a_step_in_a_power_cut_changes_nothing_of_its_length(self):
        for seconds in (-HOUR, DAY):
            known = {o["id"] for o in self.outages()}
            began = time.time()
            self.house.wires("mains off")
            time.sleep(1)  # the cut is to last a while
            self.step(seconds)
            self.house.wires("mains on")
            ended = time.time()
            self.wait_up()
            new = [o for o in self.outages() if o["id"] not in known]
            self.assertEqual([o["cause"] for o in new], ["power"])
            self.assertAlmostEqual(utc(new[0]["from"]), began, delta=1)
            self.assertAlmostEqual(utc(new[0]["until"]), ended, delta=1)
            self.step(0)
        self.assertEqual(self.rows_of_the_future(), 0)

    def test_a_node_that_boots_in_1970_or_2033_gets_through_tls(self):
        for year, seconds in ((1970, 1000 - time.time()), (2033, 2000000000 - time.time())):
            self.house.process.stop()
            self.clock(seconds)
            connected = self.log().count("broker: connected")
            self.house.start()
            wait_for(f"a node in {year}", lambda n=connected: self.log().count("broker: connected") > n, 10)
            self.wait_up()
        self.assertEqual(self.rows_of_the_future(), 0)

    def test_what_ntp_says_is_kept_beside_the_spool_and_nothing_else_is(self):
        path = os.path.join(self.town.dir, f"{self.house.code}.state/floor")
        self.step(DAY)
        self.assertEqual(os.path.getsize(path), 0)
        self.clock(0, synced=True)
        wait_for("the floor", lambda: os.path.getsize(path) > 0, 5)
        with open(path, encoding="ascii") as f:
            words = f.read().split()
        self.assertEqual(words[:3], words[3:])
        self.assertAlmostEqual(int(words[0]) / 1000, time.time(), delta=5)


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    end_in_order()
    unittest.main(verbosity=2)
