#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""people_test BUILD: one gateway and the people it tells: Zalo is played, gammu-smsd is real on a modem that is played,
mail is caught; who is told, over which way, who is next, and who takes the job by an answer."""

import ctypes
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from modem import Modem  # noqa: E402
from town import ROOT, Process, Town, end_in_order, wait_for  # noqa: E402
from zalo_server import Zalo  # noqa: E402

BUILD = None
NODE_PACE = {"beat_s": 5, "probe_s": 1, "probe_timeout_ms": 500, "mains_out_ms": 500, "mains_back_ms": 500,
             "link_timeout_s": 5, "retry_min_ms": 200, "retry_max_ms": 2000}
NEXT_S = 60  # what is shipped is 300
GATEWAY_PACE = {"grace_s": 2, "ask_s": 2, "sight_s": 5, "group_hold_s": 0, "camera_hold_s": 0, "return_hold_s": 1,
                "again_hold_s": 0, "stable_hold_s": 0, "blind_hold_s": 1, "next_person_s": NEXT_S, "step_s": 5}
TOKEN, CHAT, NUMBER, STRANGER = "123:abc-SECRET", "c1", "+84900000123", "+84900000999"
REFERENCES = ["203.0.113.1", "203.0.113.2"]


def within(ns, make):
    """What make() gives, made by a thread that stands in that network namespace; its sockets stay there."""
    out = []

    def run():
        with open(f"/run/netns/{ns}", encoding="ascii") as f:
            if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), 0x40000000) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        out.append(make())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return out[0]


class PeopleTown(Town):
    def settings(self):
        spool = {name: os.path.join(self.dir, "sms", name) for name in ("inbox", "outbox", "sent", "error")}
        with open(os.path.join(self.dir, "zalo.token"), "w", encoding="ascii") as f:
            f.write(TOKEN + "\n")
        return {**super().settings(), "mails": [],
                "zalo": {"url": self.zalo.url, "token_file": os.path.join(self.dir, "zalo.token")},
                "sms": {**spool, "per_day": 100, "reserve": 5},
                "mail": {"server": "smtp://127.0.0.1:9002", "from": "matsang@example.net"},
                "references": REFERENCES,
                "people": [
                    {"id": "mot", "name": "kỹ thuật viên 1", "role": "technician", "hamlets": ["H1"],
                     "ways": [{"via": "zalo", "to": CHAT}, {"via": "sms", "to": "0900000123"}]},
                    {"id": "hai", "name": "kỹ thuật viên 2", "role": "technician", "hamlets": ["H2"],
                     "ways": [{"via": "zalo", "to": "nobody"}]},
                    {"id": "truc", "name": "cán bộ trực", "role": "duty",
                     "ways": [{"via": "mail", "to": "truc@example.net"}]}]}

    def start_gateway(self):
        self.zalo = within(self.office_ns, lambda: Zalo(TOKEN, {CHAT}))
        self.references(True)
        self.start_sms()
        super().start_gateway()

    def references(self, there):
        """Two addresses outside that answer, or not."""
        for address in REFERENCES:
            self.ip(self.office_ns, f"addr {'add' if there else 'del'} {address}/32 dev lo")

    def start_sms(self):
        for name in ("inbox", "outbox", "sent", "error"):
            os.makedirs(os.path.join(self.dir, "sms", name))
        self.modem = Modem(os.path.join(self.dir, "modem"))
        with open(os.path.join(ROOT, "gateway/gammu-smsdrc"), encoding="utf-8") as f:
            shipped = f.read()
        with open(os.path.join(self.dir, "smsdrc"), "w", encoding="utf-8") as f:
            f.write(shipped.replace("/var/spool/gammu", os.path.join(self.dir, "sms"))
                    .replace("/dev/serial/by-id/usb-MODEM", os.path.join(self.dir, "modem"))
                    .replace("logfile = syslog", "logfile = stderr"))
        self.smsd = Process("gammu-smsd", ["/usr/bin/gammu-smsd", "-c", os.path.join(self.dir, "smsdrc")],
                            os.path.join(self.dir, "smsd.log"))

    def down(self):
        super().down()
        for end in ("smsd", "modem", "zalo"):
            if hasattr(self, end):
                getattr(self, end).stop(15) if end == "smsd" else getattr(self, end).close()


class People(unittest.TestCase):
    failed_at = -1e9

    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="matsang-people-"))
        cls.town = PeopleTown(directory, BUILD, [1, 1], NODE_PACE, GATEWAY_PACE)
        cls.addClassCleanup(cls.end)
        cls.town.up()
        wait_for("all points to be up", cls.all_up, 30)

    @classmethod
    def end(cls):
        for name in ("gateway", "smsd"):
            print(f"---- {name}\n{cls.town.log_tail(name, 40)}", file=sys.stderr)
        cls.town.down()

    @classmethod
    def all_up(cls):
        return all(p["state"] == "up" for p in cls.town.states().values())

    def setUp(self):
        self.town.zalo.broken = None
        wait_for("nothing to be going on",
                 lambda: all(i["state"] == "closed" for i in self.town.cli("incident")["incidents"]), 60)
        wait_for("all points to be up", self.all_up, 30)

    def cut(self, house):
        """Its mains go; the number of its incident is what the list of incidents has more."""
        known = {i["id"] for i in self.town.cli("incident")["incidents"]}
        house.wires("mains off")
        self.addCleanup(house.wires, "mains on")
        return wait_for("the incident", lambda: [i for i in self.town.cli("incident")["incidents"]
                                                 if i["id"] not in known and i["told"]], 20)[0]["id"]

    def alert(self, incident):
        return self.town.cli("incident", str(incident))["alert"]

    def mails(self):
        return self.town.caught(self.town.mails_file)

    def test_1_an_answer_takes_the_job_and_the_end_says_who_did(self):
        zalo, before, mails = self.town.zalo, len(self.town.zalo.sent), len(self.mails())
        incident = self.cut(self.town.houses[0])
        wait_for("Zalo", lambda: len(zalo.sent) > before, 10)
        code = re.search(r"OK (\d[A-Z]\d)", zalo.sent[-1]["text"])[1]
        self.assertIn("MẤT ĐIỆN", zalo.sent[-1]["text"])
        zalo.wrote(CHAT, f"ok {code.lower()}")
        wait_for("the job to be taken", lambda: self.alert(incident)["taken_by"] == "kỹ thuật viên 1", 15)
        wait_for("the answer", lambda: zalo.sent[-1]["text"].startswith(f"{code}: kỹ thuật viên 1 đã nhận việc"), 10)
        self.town.houses[0].wires("mains on")
        wait_for("the end", lambda: "ĐÃ HOẠT ĐỘNG LẠI" in zalo.sent[-1]["text"], 20)
        self.assertIn("Người xử lý: kỹ thuật viên 1", zalo.sent[-1]["text"])
        self.assertEqual((len(zalo.sent), len(self.mails())), (before + 3, mails))

    def second_way(self, broken):
        # What failed three times in a row is left alone for a minute.
        wait_for("Zalo to be tried again", lambda: time.monotonic() - People.failed_at > 61, 70)
        modem, before = self.town.modem, len(self.town.modem.sent)
        self.town.zalo.broken = broken
        began = time.monotonic()
        incident = self.cut(self.town.houses[0])
        wait_for("the SMS", lambda: len(modem.sent) > before, 35)
        took = time.monotonic() - began
        print(f"Zalo {'hangs' if broken == 'hang' else 'lies' if broken else 'refuses'}: by SMS after {took:.1f} s")
        self.assertLess(took, 30)
        sms = modem.sent[-1]
        code = re.search(r"OK (\d[A-Z]\d)", sms["text"])[1]
        self.assertEqual((sms["to"], sms["alphabet"], sms["parts"]), ("0900000123", "gsm7", 1))
        modem.deliver(STRANGER, f"OK {code}")
        modem.deliver(NUMBER, f"ok{code.lower()} a")
        wait_for("the job to be taken", lambda: self.alert(incident)["taken_by"] == "kỹ thuật viên 1", 40)
        wait_for("the answer", lambda: len(modem.sent) > before + 1, 40)
        self.assertTrue(modem.sent[-1]["text"].startswith(f"{code}: ky thuat vien 1 da nhan viec."), modem.sent[-1])
        self.assertEqual({s["to"] for s in modem.sent[before:]}, {"0900000123"})  # the stranger hears nothing
        if broken:  # a chat that is not there is no failure of Zalo
            People.failed_at = time.monotonic()

    def test_2_a_route_that_refuses(self):
        self.town.zalo.chats.clear()
        self.addCleanup(self.town.zalo.chats.add, CHAT)
        self.second_way(None)

    def test_3_a_route_that_hangs(self):
        self.second_way("hang")

    def test_4_a_route_that_lies(self):
        self.second_way("<html> all is well")

    def test_5_when_all_ways_to_one_fail_the_next_is_told_at_once(self):
        before, began = len(self.mails()), time.monotonic()
        self.cut(self.town.houses[1])
        wait_for("the duty officer's mail", lambda: len(self.mails()) > before, 30)
        print(f"all ways to the first failed: the next person was told after {time.monotonic() - began:.1f} s")
        self.assertLess(time.monotonic() - began, 30)

    def test_6_when_nobody_takes_it_the_next_is_told(self):
        before, began = len(self.mails()), time.monotonic()
        self.cut(self.town.houses[0])
        wait_for("the duty officer's mail", lambda: len(self.mails()) > before, NEXT_S + 30)
        took = time.monotonic() - began
        print(f"nobody took it: the next person was told after {took:.1f} s, where {NEXT_S} s are set (300 are shipped)")
        self.assertGreater(took, NEXT_S - 2)

    def test_7_our_own_line_is_gone(self):
        def said():
            return [s["text"] for s in self.town.modem.sent if "MAY TRUNG TAM" in s["text"]]

        self.town.zalo.broken = "hang"
        self.town.references(False)
        try:
            wait_for("the SMS", said, 60)
            # These houses are near: what is heard is heard, and what is not is unknown, not down.
            self.assertNotIn("down", {p["state"] for p in self.town.states().values()})
            self.assertEqual(self.town.cli("status")["doubts"], ["line"])
        finally:
            self.town.references(True)
        wait_for("the points to be up", self.all_up, 40)
        wait_for("the end", lambda: len(said()) == 2, 60)
        self.assertFalse([i for i in self.town.cli("incident")["incidents"]
                          if i["state"] != "closed" and i["scope"] != "gateway"])


if __name__ == "__main__":
    end_in_order()
    BUILD = sys.argv.pop(1)
    unittest.main(argv=[sys.argv[0], "-v"] + sys.argv[1:])
