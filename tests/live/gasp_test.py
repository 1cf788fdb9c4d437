#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""gasp_test BUILD: the last word of a house without mains, with and without a way for MQTT; real parts together."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from town import OFFICE, PORT, ROOT, Town, end_in_order, wait_for  # noqa: E402

BUILD = None
GASPS, CARRIER, NOBODY = 8885, 8886, 8887  # ports at the office
DEBOUNCE_MS, ROUNDS = 500, 5
NEWS, GASP = 2, 9  # kinds of rows, as gateway/facts.h has them
POWER = 1
NODE_PACE = {"beat_s": 5, "probe_s": 1, "probe_timeout_ms": 500, "mains_out_ms": DEBOUNCE_MS, "mains_back_ms": 500,
             "link_timeout_s": 5, "retry_min_ms": 200, "retry_max_ms": 1000, "gasp": f"{OFFICE}:{GASPS}"}
GATEWAY_PACE = {"grace_s": 10, "ask_s": 2, "sight_s": 5, "group_hold_s": 0, "camera_hold_s": 0,
                "return_hold_s": 1, "again_hold_s": 0, "stable_hold_s": 0, "step_s": 5, "gasp_listen": f"{OFFICE}:{GASPS}",
                "gasp_address": f"{OFFICE}:{GASPS}"}


class LastGasp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="matsang-gasp-"))
        cls.town = Town(directory, BUILD, [1, 1, 1], NODE_PACE, GATEWAY_PACE)
        cls.addClassCleanup(cls.end)
        cls.open, cls.blocked, cls.mute = cls.town.houses
        # This one has never reached the broker, and its datagrams pass through somebody's hands.
        cls.mute.pace = {"brokers": [f"{OFFICE}:{NOBODY}"], "gasp": f"{OFFICE}:{CARRIER}"}
        cls.town.up()
        cls.carried = os.path.join(directory, "carried")
        cls.town.run("carrier", ["/usr/bin/python3", os.path.join(ROOT, "tests/live/carrier.py"),
                                 f"{OFFICE}:{CARRIER}", f"{OFFICE}:{GASPS}", cls.carried], cls.town.office_ns)
        wait_for("the carrier", lambda: "ready" in cls.town.log_tail("carrier"), 20)
        wait_for("two points to be up", lambda: all(cls.state(h) == "up" for h in (cls.open, cls.blocked)), 30)

    @classmethod
    def end(cls):
        for name in ("gateway", *(h.code for h in cls.town.houses)):
            print(f"---- {name}\n{cls.town.log_tail(name)}", file=sys.stderr)
        cls.town.down()

    # ---- looking ----

    @classmethod
    def state(cls, house):
        return cls.town.states()[house.code]["state"]

    def status(self):
        return self.town.cli("status")

    def hooks(self, house, what="firing"):
        return [h for h in self.town.caught(self.town.hooks_file) if h["body"]["status"] == what
                and house.code in str(h["body"])]

    def rows(self, house, kind, cause):
        """Rows of this kind whose verdict has this cause."""
        ledger = sqlite3.connect(f"file:{self.town.dir}/gateway.state/ledger.db?mode=ro", uri=True)
        with contextlib.closing(ledger):
            return sum(body[0] & 15 == cause for (body,) in ledger.execute(
                "SELECT body FROM ledger WHERE point = ? AND kind = ?", (house.code, kind)))

    # ---- doing ----

    def cut(self, house):
        """Mains off; milliseconds from the edge to the web hook, beyond the debounce."""
        before, at = len(self.hooks(house)), time.time()
        house.wires("mains off")
        hook = wait_for("the web hook", lambda: self.hooks(house)[before:], 10)[0]
        self.assertEqual(hook["body"]["commonLabels"]["cause"], "power")
        return (hook["at"] - at) * 1000 - DEBOUNCE_MS

    def restore(self, house):
        ends = len(self.hooks(house, "resolved"))
        house.wires("mains on")
        wait_for("the end to be told", lambda: len(self.hooks(house, "resolved")) > ends, 30)
        wait_for("the spool to be empty", lambda: self.town.states()[house.code]["waiting"] == 0, 30)

    def mqtt(self, house, passes):
        """Whether the house's router lets TCP through; UDP always passes."""
        self.town.ip(house.router_ns, f"rule {'del' if passes else 'add'} pref 10 ipproto 6 blackhole")

    def send(self, datagram):
        """As anybody in the world can."""
        program = "import socket, sys; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(" \
                  "bytes.fromhex(sys.argv[1]), (sys.argv[2], int(sys.argv[3])))"
        subprocess.run(["ip", "netns", "exec", self.town.net_ns, "/usr/bin/python3", "-c", program, datagram.hex(),
                        OFFICE, str(GASPS)], check=True, timeout=20)

    def refuses(self, reason, datagram):
        before = self.status()["refused_gasp"][reason]
        self.send(datagram)
        wait_for(f"{reason} to be counted", lambda: self.status()["refused_gasp"][reason] == before + 1, 10)

    # ---- sentences ----

    def test_1_with_both_ways_open_there_is_one_alert_and_one_row(self):
        house, took = self.open, []
        for n in range(1, ROUNDS + 1):
            took.append(self.cut(house))
            time.sleep(0.6)  # all turns have left
            self.assertEqual(len(self.hooks(house)), n)
            self.assertEqual(self.rows(house, NEWS, POWER), n)
            self.assertEqual(self.rows(house, GASP, POWER), 0)
            self.restore(house)
        print(f"both ways open: edge to web hook beyond the debounce: {self.figures(took)}")
        self.assertLess(min(took), 200)
        s = self.status()
        # Whichever came first is taken; the other is there already.
        self.assertGreaterEqual(s["gasps"] + s["refused_gasp"]["known"], ROUNDS)
        self.assertEqual(s["refused_gasp"]["bad_seal"] + s["refused_gasp"]["old"] + s["refused_gasp"]["replayed"], 0)

    def test_2_with_mqtt_blocked_udp_alone_tells_it_once(self):
        house, took = self.blocked, []
        for n in range(1, ROUNDS + 1):
            before = self.status()
            self.mqtt(house, False)
            took.append(self.cut(house))
            # No acknowledgement reaches the house, so it says its word three times; one counts.
            wait_for("the other turns", lambda b=before: self.status()["refused_gasp"]["known"] ==
                     b["refused_gasp"]["known"] + 2, 10)
            self.assertEqual(self.status()["gasps"], before["gasps"] + 1)
            self.assertEqual(len(self.hooks(house)), n)
            self.assertEqual(self.rows(house, NEWS, POWER) + self.rows(house, GASP, POWER), n)
            self.mqtt(house, True)
            self.restore(house)
            self.assertEqual(len(self.hooks(house)), n)
            self.assertEqual(self.rows(house, NEWS, POWER), n)  # the copy by MQTT was a duplicate
        print(f"UDP alone: edge to web hook beyond the debounce: {self.figures(took)}")
        self.assertLess(min(took), 200)
        self.assertTrue(self.town.cli("verify")["ok"])

    def test_3_a_house_that_never_reached_the_broker_is_told_and_nobody_can_tell_it_again(self):
        house = self.mute
        print(f"never connected: edge to web hook beyond the debounce: {self.cut(house):.1f} ms")
        wait_for("three turns", lambda: len(self.datagrams()) == 3, 10)
        wait_for("two of them to be known", lambda: self.status()["refused_gasp"]["known"] >= 2, 10)
        first = self.datagrams()[0]
        self.assertLessEqual(max(len(d) for d in self.datagrams()), 64)
        self.assertNotIn(house.code.encode(), first)
        rows = self.rows(house, GASP, POWER) + self.rows(house, NEWS, POWER)
        self.assertEqual(rows, 1)
        for datagram in self.datagrams():
            self.refuses("replayed", datagram)
        for at in (4, 20, 27, len(first) - 1):
            flipped = bytearray(first)
            flipped[at] ^= 1
            self.refuses("unknown_point" if at == 4 else "bad_seal", bytes(flipped))
        self.refuses("too_short", first[:-1])
        self.refuses("too_long", first + b"\0")
        self.refuses("wrong_version", bytes([first[0] ^ 0x10]) + first[1:])
        self.refuses("wrong_kind", bytes([first[0] ^ 1]) + first[1:])
        # Neither does a gateway that was started anew take it for news.
        self.town.gateway.stop()
        self.town.gateway.start()
        wait_for("the gateway", lambda: self.town.cli("status", check=False).get("broker", {}).get("connected"), 20)
        for datagram in self.datagrams():
            self.refuses("known", datagram)
        self.assertEqual(self.rows(house, GASP, POWER) + self.rows(house, NEWS, POWER), rows)
        self.assertEqual(len(self.hooks(house)), 1)
        self.assertTrue(self.town.cli("verify")["ok"])

    def test_4_a_node_that_can_seal_keeps_within_its_memory(self):
        with open(f"/proc/{self.open.process.child.pid}/smaps_rollup", encoding="ascii") as f:
            kib = {line.split(":")[0]: int(line.split()[1]) for line in f if line.endswith("kB\n")}
        private = kib["Private_Clean"] + kib["Private_Dirty"]
        print(f"node that seals: private {private} KiB, resident {kib['Rss']} KiB")
        self.assertLessEqual(private, 2.5 * 1024)
        self.assertLessEqual(kib["Rss"], 10 * 1024)

    # ---- small things ----

    def datagrams(self):
        with open(self.carried, encoding="ascii") as f:
            return [bytes.fromhex(line) for line in f if line.endswith("\n")]

    def figures(self, took):
        return f"median {sorted(took)[len(took) // 2]:.1f} ms of {len(took)}, " \
               f"from {min(took):.1f} to {max(took):.1f} ms"


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    end_in_order()
    unittest.main(verbosity=2)
