# SPDX-License-Identifier: Apache-2.0
"""thin_link_test BUILD, inside the rig: one point whose line is as bad as a line can be; each test is a sentence.

The commune is that of tests/live/town.py; the wires are the kernel's own, and the provider's line to the hamlet
carries 9600 bit/s, takes 150 ms each way and loses 5 % of the packets each way. All times are the guest's.
"""

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "../../live"))
from chip import LABEL, Chip  # noqa: E402
from town import House, Town, wait_for  # noqa: E402

BUILD = None
THIN = "rate 9600bit delay 150ms loss 5%"
CUT = "loss 100%"
BEAT = 4
NODE_PACE = {"beat_s": BEAT, "mains_back_ms": 500, "retry_min_ms": 1000, "retry_max_ms": 4000}
GATEWAY_PACE = {"grace_s": 6, "ask_s": 8, "group_hold_s": 0, "camera_hold_s": 0, "return_hold_s": 1, "again_hold_s": 0, "stable_hold_s": 0}
TOLD = 15  # seconds from the edge to the ledger
CONNECTED = 60


class PinHouse(House):
    """A house on this kernel's pins."""

    def settings(self):
        return {**super().settings(), "gpio": {"body": "chip", "chip": LABEL}}

    def start(self):
        mains = self.town.chip.mains
        mains.drive(True)
        super().start()
        mains.drive_at_open(True, lambda: not mains.pulled_up())


class ThinTown(Town):
    def __init__(self, directory, build):
        super().__init__(directory, build, [1], NODE_PACE, GATEWAY_PACE)
        self.chip = Chip()
        self.house = PinHouse(self, 1, 0)
        self.houses = [self.house]

    def users(self):
        return []  # nobody signs in, and their passwords cost seconds in here

    def settings(self):
        return {**super().settings(), "hooks": [], "mails": []}

    def line(self, words):
        """The same on both ends of the provider's line."""
        for ns, interface in ((self.net_ns, "h0"), (self.hamlet_ns[0], "eth0")):
            subprocess.run(["tc", "-n", ns, "qdisc", "replace", "dev", interface, "root", "netem", *words.split()],
                           check=True)

    def up(self):
        self.build_network()
        self.line(THIN)
        self.start_broker()
        wait_for("the broker", self.broker_listens, 20)
        self.start_gateway()
        self.enrol(self.house)

    def ledger(self, question):
        db = sqlite3.connect(f"file:{self.dir}/gateway.state/ledger.db?mode=ro", uri=True)
        with contextlib.closing(db):
            return db.execute(question).fetchall()


class ThinLink(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = ThinTown(cls.enterClassContext(tempfile.TemporaryDirectory()), BUILD)
        cls.addClassCleanup(cls.end)
        cls.town.up()

    @classmethod
    def end(cls):
        cls.town.down()
        for name in ("gateway", "broker", cls.town.house.code):
            print(f"---- {name}\n{cls.town.log_tail(name, 40)}")

    def state(self):
        return self.town.states()[self.town.house.code]

    def up(self):
        return self.state()["state"] == "up"

    def outage(self):
        outages = self.town.cli("point", self.town.house.code)["outages"]
        return outages[0] if outages else None

    # In order: each needs the one before.

    def test_1_it_connects(self):
        begun = time.monotonic()
        self.town.house.start()
        wait_for("the point to be up", self.up, CONNECTED)
        print(f"start to up, over TLS: {time.monotonic() - begun:.1f} s")

    def test_2_a_mains_cut_is_in_the_ledger_within_15_seconds(self):
        mains, took = self.town.chip.mains, []
        for _ in range(3):
            rows = self.town.ledger("SELECT count(*) FROM ledger")[0][0]
            before, cut = self.outage(), time.monotonic()

            def told():
                now = self.outage()
                return now and now["id"] != (before or {}).get("id") and now["cause"] == "power"
            mains.drive(False)
            wait_for("the cut to be in the ledger", told, TOLD)
            took.append(time.monotonic() - cut)
            self.assertGreater(self.town.ledger("SELECT count(*) FROM ledger")[0][0], rows)
            mains.drive(True)
            wait_for("the point to be up", self.up, CONNECTED)
        print("mains edge to ledger: " + ", ".join(f"{t:.1f}" for t in took) + " s")

    def test_3_minutes_of_a_line_cut_are_filled_in(self):
        filled = set()

        def missed():
            return sorted(at for at in filled if cut < at < back)

        def whole():
            filled.update(at / 1000 for at, in self.town.ledger("SELECT at_ms FROM undrawn"))
            marks = [cut, *missed(), back]
            # The gateway knows the node's time as well as a slow message tells it; a missing beat leaves twice the gap.
            return all(b - a < 2 * BEAT for a, b in zip(marks, marks[1:])) and self.state()["waiting"] == 0

        wait_for("nothing to wait", lambda: self.state()["waiting"] == 0, 30)
        cut = time.time()
        self.town.line(CUT)
        wait_for("the point to be dark", lambda: self.state()["contact"] == "dark", 60)
        time.sleep(3 * BEAT)
        back = time.time()
        self.town.line(THIN)
        wait_for("every missed beat to be filled in", whole, CONNECTED)
        print(f"{back - cut:.0f} s without a line, {len(missed())} beats of it filled in {time.time() - back:.1f} s "
              "after it was back")
        wait_for("the point to be up", self.up, CONNECTED)
        self.assertTrue(self.town.cli("verify")["ok"])


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main(verbosity=2, failfast=True)
