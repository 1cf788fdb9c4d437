#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""town_test BUILD: real parts together, one small commune for all tests; each test is a sentence."""

import contextlib
import json
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from town import OFFICE, PORT, ROOT, Town, end_in_order, wait_for  # noqa: E402

BUILD = None
NODE_PACE = {"beat_s": 5, "probe_s": 1, "probe_timeout_ms": 500, "mains_out_ms": 500, "mains_back_ms": 500,
             "link_timeout_s": 5, "retry_min_ms": 200, "retry_max_ms": 2000}
GATEWAY_PACE = {"grace_s": 2, "ask_s": 2, "sight_s": 5, "group_hold_s": 0, "camera_hold_s": 0,
                "return_hold_s": 1, "again_hold_s": 0, "stable_hold_s": 0, "step_s": 5}


class Commune(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="matsang-town-"))
        cls.town = Town(directory, BUILD, [2, 1], NODE_PACE, GATEWAY_PACE)
        cls.addClassCleanup(cls.end)
        seen = cls.town.houses[0]
        seen.looked = {"stream": f"rtsp://{seen.camera_ip}:8554/live", "user": "xem"}
        cls.town.up()
        cls.camera = cls.town.run("camera", ["/usr/bin/python3", os.path.join(ROOT, "tests/live/town_camera.py"),
                                             seen.camera_ip, "8554"], seen.camera_ns)
        wait_for("the camera", lambda: "ready" in cls.town.log_tail("camera"), 20)
        wait_for("all points to be up", cls.all_up, 30)

    @classmethod
    def end(cls):
        for name in ("gateway", "broker", cls.town.houses[0].code):
            print(f"---- {name}\n{cls.town.log_tail(name)}", file=sys.stderr)
        cls.town.down()

    @classmethod
    def all_up(cls):
        return all(p["state"] == "up" for p in cls.town.states().values())

    @classmethod
    def all_closed(cls):
        return all(i["state"] == "closed" for i in cls.town.cli("incident")["incidents"])

    def refused(self):
        return self.town.cli("status")["refused"]

    def rows_of(self, code):
        ledger = sqlite3.connect(f"file:{self.town.dir}/gateway.state/ledger.db?mode=ro", uri=True)
        with contextlib.closing(ledger):
            return ledger.execute("SELECT count(*) FROM ledger WHERE point = ?", (code,)).fetchone()[0]

    def publish(self, who, topic, payload):
        """As mosquitto_pub with who's own key; the payload goes by standard input."""
        subprocess.run(["ip", "netns", "exec", self.town.office_ns, "mosquitto_pub", "-V", "mqttv5", "-h", OFFICE,
                        "-p", str(PORT), "--psk-identity", who, "--psk", self.key_of(who), "-i", who, "-t", topic, "-s"],
                       input=payload, check=True, timeout=20, capture_output=True)

    # ---- the main job ----

    def test_a_power_cut_reaches_the_web_hook_within_two_seconds(self):
        house = self.town.houses[0]
        wait_for("nothing to be going on", self.all_closed, 30)
        before = len(self.town.caught(self.town.hooks_file))

        def told(status):
            """The end of an earlier incident may still be on its way: it is not what is waited for."""
            hooks = self.town.caught(self.town.hooks_file)[before:]
            begun = [i for i, hook in enumerate(hooks) if hook["body"]["status"] == "firing"]
            return [hook for hook in hooks[begun[0]:] if hook["body"]["status"] == status] if begun else []

        cut = time.time()
        house.wires("mains off")
        hook = wait_for("the web hook", lambda: told("firing"), 10)[0]
        print(f"mains edge to web hook: {(hook['at'] - cut) * 1000:.0f} ms, debounce 500 ms included")
        self.assertLess(hook["at"] - cut, 2)
        self.assertEqual(hook["body"]["commonLabels"]["cause"], "power")
        house.wires("mains on")
        wait_for("the end to be told", lambda: told("resolved"), 20)
        wait_for("all points to be up", self.all_up, 20)

    def test_a_silent_death_is_asked_about_and_then_dark(self):
        house = self.town.houses[2]
        house.process.signal(signal.SIGSTOP)
        try:
            wait_for("the point to be dark", lambda: self.town.states()[house.code]["contact"] == "dark", 20)
        finally:
            house.process.signal(signal.SIGCONT)
        wait_for("all points to be up", self.all_up, 20)

    def test_missed_minutes_are_filled_in(self):
        house = self.town.houses[2]
        self.town.hamlet_line(1, False)
        wait_for("the point to be dark", lambda: self.town.states()[house.code]["contact"] == "dark", 30)
        time.sleep(12)  # two beats and more that cannot leave
        self.town.hamlet_line(1, True)
        wait_for("all points to be up", self.all_up, 30)
        wait_for("the spool to be empty", lambda: self.town.states()[house.code]["waiting"] == 0, 20)
        outages = self.town.cli("point", house.code)["outages"]
        self.assertIn(outages[0]["cause"], ("line", "provider"))

    def test_the_node_in_real_use_keeps_within_its_memory(self):
        with open(f"/proc/{self.town.houses[0].process.child.pid}/smaps_rollup", encoding="ascii") as f:
            kib = {line.split(":")[0]: int(line.split()[1]) for line in f if line.endswith("kB\n")}
        private = kib["Private_Clean"] + kib["Private_Dirty"]
        print(f"node: private {private} KiB, resident {kib['Rss']} KiB")
        self.assertLessEqual(private, 2.5 * 1024)
        self.assertLessEqual(kib["Rss"], 10 * 1024)

    # ---- bad input: counted by name, nothing stored, nothing crashed ----

    def stranger(self, code):
        """A key that the broker knows; it need not be in the roster."""
        with open(os.path.join(self.town.dir, "broker/psk"), "r+", encoding="ascii") as f:
            if f"{code}:" not in f.read():
                f.write(f"{code}:{secrets.token_hex(32)}\n")
        before = self.reloads()
        self.town.broker.signal(signal.SIGHUP)
        wait_for("the broker to read its keys", lambda: self.reloads() > before, 10)

    def reloads(self):
        """Each reading of the access list warns once of the pattern that is the same for all; the keys are read in
        the same turn of the broker."""
        with open(os.path.join(self.town.dir, "broker.log"), encoding="utf-8") as f:
            return f.read().count("ACL pattern 'ms/gateway'")

    def test_bad_input_is_refused_by_name(self):
        house = self.town.houses[1]
        house.process.stop()
        code, topic = house.code, f"ms/{house.code}/up"
        wait_for("the point to be dark", lambda: self.town.states()[code]["contact"] == "dark", 20)
        rows = self.rows_of(code)
        cases = [("too_short", b"\x12"), ("too_long", b"\x12" + bytes(2000)), ("wrong_version", b"\x72" + bytes(9)),
                 ("wrong_kind", b"\x18" + bytes(14)), ("wrong_kind", b"\x1f\xff\xff"),
                 ("out_of_range", b"\x12" + b"\xff" * 9),
                 ("not_utf8", b"\x11" + bytes(12) + bytes(6) + bytes(6) + b"\x00" + b"\x00\x3c" + bytes(3) +
                  bytes(10) + b"\xff\xfe")]
        for name, payload in cases:
            before = self.refused()[name]
            self.publish(code, topic, payload)
            wait_for(f"{name} to be counted", lambda n=name, b=before: self.refused()[n] > b, 10)
        self.assertEqual(self.rows_of(code), rows)
        self.assertEqual(self.town.states()[code]["contact"], "dark")
        house.start()
        wait_for("all points to be up", self.all_up, 30)

    def test_an_unknown_point_is_counted_and_leaves_no_trace(self):
        self.stranger("TT-99-99")
        before = self.refused()["unknown_point"]
        self.publish("TT-99-99", "ms/TT-99-99/up", b"\x12" + bytes(9))
        wait_for("it to be counted", lambda: self.refused()["unknown_point"] > before, 10)
        self.assertEqual(self.rows_of("TT-99-99"), 0)

    def test_nobody_speaks_on_another_points_topic(self):
        self.stranger("TT-99-98")
        victim = self.town.houses[0].code
        before = dict(self.refused())
        self.publish("TT-99-98", f"ms/{victim}/up", b"\x12\xff")
        # A message of its own, sent after it, has arrived: so would the forged one have.
        self.publish("TT-99-98", "ms/TT-99-98/up", b"\x12\xff")
        wait_for("the canary", lambda: self.refused()["unknown_point"] > before["unknown_point"], 10)
        wait_for("the broker's count", lambda: self.refused()["wrong_topic"] > before["wrong_topic"], 10)
        self.assertEqual(self.refused()["wrong_topic"], before["wrong_topic"] + 1)
        self.assertEqual(self.refused()["too_short"], before["too_short"])
        self.assertEqual(self.refused()["bad_tally"], 0)
        self.assertEqual(self.rows_of("TT-99-98"), 0)
        self.assertIn("the last from TT-99-98", self.town.log_tail("gateway", 1000))

    def test_wrong_settings_end_the_node_with_3_and_a_place(self):
        house = self.town.houses[0]
        path = os.path.join(self.town.dir, "wrong.jsonc")
        with open(os.path.join(self.town.dir, f"{house.code}.jsonc"), encoding="utf-8") as f:
            text = f.read().replace('"beat_s": 5', '"beat_sec": 5')
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        done = subprocess.run([self.town.program("node/matsang-node"), path], capture_output=True, text=True,
                              timeout=20, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"wrong\.jsonc:\d+:\d+: .*beat_sec.*beat_s")

    def test_a_broker_without_the_key_is_no_broker(self):
        """TLS 1.3 lets a server show a certificate instead of knowing the key: the node must hang up."""
        house, port = self.town.houses[0], 9443
        pair = os.path.join(self.town.dir, "fake.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=gateway", "-keyout", pair, "-out", f"{pair}.crt"], check=True,
                       capture_output=True)
        fake = self.town.run("fake", ["/usr/bin/python3", os.path.join(ROOT, "tests/live/fake_broker.py"), OFFICE,
                                      str(port), f"{pair}.crt", pair], self.town.office_ns)
        wait_for("the false broker", lambda: "ready" in self.town.log_tail("fake"), 20)
        settings = {**house.settings(), "brokers": [f"{OFFICE}:{port}"], "gpio": {"body": "script",
                    "script": f"{house.script}2"}, "state_dir": os.path.join(self.town.dir, "fooled.state")}
        os.makedirs(settings["state_dir"])
        path = os.path.join(self.town.dir, "fooled.jsonc")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(settings, f)
        node = self.town.run("fooled", [self.town.program("node/matsang-node"), path], house.node_ns,
                             {"OPENSSL_CONF": os.path.join(ROOT, "broker-config/openssl-node.cnf")})
        try:
            wait_for("three attempts", lambda: self.town.log_tail("fake", 1000).count("\n") > 3, 30)
            self.assertNotIn("connected", self.town.log_tail("fooled", 1000))
            self.assertNotIn("heard", self.town.log_tail("fake", 1000))
        finally:
            node.stop()
            fake.stop()

    # ---- a camera that answers pings and does not see ----

    def test_a_camera_that_refuses_our_password_is_told_as_such(self):
        house = self.town.houses[0]

        def becomes(state):
            """Looks are asked for from afar, one a second, until they have shown it."""
            def once():
                if self.town.cli("point", house.code)["cameras"][0]["eye"] == state:
                    return True
                self.town.cli("ask", house.code, "probe")
                time.sleep(1)
                return False
            wait_for(f"the camera to be {state}", once, 60)

        self.town.cli("ask", house.code, "probe")
        wait_for("a look, from the beginning to its end", lambda: "TEARDOWN" in self.town.log_tail("camera", 1000), 30)
        becomes("ok")
        self.camera.signal(signal.SIGUSR1)
        becomes("locked")
        wait_for("the point to be down", lambda: self.town.states()[house.code]["cause"] == "camera", 10)
        self.assertTrue(house.process.alive())
        self.camera.signal(signal.SIGUSR1)
        becomes("ok")
        wait_for("all points to be up", self.all_up, 30)

    # ---- orders from afar ----

    def report(self, code):
        return self.town.cli("point", code).get("report") or {}

    def asked_report(self, code):
        self.town.cli("ask", code, "report")
        return self.report(code)

    def test_a_node_beats_at_another_pace_and_reports_it(self):
        house = self.town.houses[1]
        self.town.cli("pace", house.code, "2", "1")
        got = wait_for("the report", lambda: (r := self.asked_report(house.code)).get("pace_s") == 2 and r, 20)
        self.assertGreater(got["bytes"]["since_start"], 500)
        self.assertGreater(got["bytes"]["ip_out"], 500)
        self.town.cli("pace", house.code)
        wait_for("the old pace", lambda: self.asked_report(house.code).get("pace_s") == 5, 20)

    def test_settings_are_tried_and_kept_or_refused(self):
        house, path = self.town.houses[1], os.path.join(self.town.dir, "push.jsonc")

        def push(text):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            return self.town.cli("push", house.code, path)["id"]

        def state(number):
            made = self.report(house.code).get("push") or {}
            return made.get("state") if made.get("id") == number else None

        pid = house.process.child.pid
        first = push('{ "probe_fails": 4 } // more patience')
        wait_for("them to be kept", lambda: state(first) == "kept", 30)
        self.assertEqual(house.process.child.pid, pid)
        self.assertTrue(house.process.alive())
        second = push('{ "probe_fails": 0 }')
        wait_for("them to be refused", lambda: state(second) == "refused", 20)
        self.assertIn("probe_fails", self.report(house.code)["push"]["why"])
        wait_for("all points to be up", self.all_up, 30)

    def test_a_device_can_be_found_by_its_light(self):
        house = self.town.houses[0]
        self.town.cli("find", house.code)
        seen = set()
        wait_for("the light to flash", lambda: seen.add(house.wire("light")) or seen >= {"light on", "light off"}, 10)
        self.town.cli("find", house.code)
        self.assertEqual(self.town.cli("find", "TT-99-99", check=False), {"exit": 4})

    # ---- what people see ----

    def page(self, path, cookie=None, data=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.town.page_port}{path}", data=data,
                                         headers={"Cookie": cookie} if cookie else {})
        opener = urllib.request.build_opener(NoRedirect)
        try:
            return opener.open(request, timeout=20)
        except urllib.error.HTTPError as e:
            return e

    def test_the_page_shows_nothing_to_a_stranger(self):
        for path in ("/api/v1/status", "/api/v1/points", "/api/v1/incidents", "/metrics",
                     f"/api/v1/points/{self.town.houses[0].code}/graph.png?span=24h"):
            answer = self.page(path)
            self.assertEqual(answer.status, 401, path)
            self.assertNotIn(self.town.houses[0].code, answer.read().decode("utf-8", "replace"))
        self.assertIn(self.page("/").status, (302, 303))

    def test_the_page_shows_points_and_graphs_to_who_signed_in(self):
        answer = self.page("/api/v1/login", data=f"name=truc&password={self.town.page_password}".encode())
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        points = json.load(self.page("/api/v1/points", cookie))["points"]
        self.assertEqual(len(points), 3)
        for span in ("1h", "24h", "30d", "6mo"):
            png = self.page(f"/api/v1/points/{points[0]['code']}/graph.png?span={span}", cookie).read()
            self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n", span)
        self.assertIn("text/html", self.page("/", cookie).headers["Content-Type"])

    def test_rebuild_derives_the_same_outages(self):
        def told():
            keep = ("id", "from", "until", "cause")
            return sorted(json.dumps([o.get(k) for k in keep]) for p in self.town.houses
                          for o in self.town.cli("point", p.code)["outages"] if o.get("until"))
        wait_for("nothing to be going on", self.all_closed, 20)
        before, hooks = told(), len(self.town.caught(self.town.hooks_file))
        self.town.cli("rebuild")
        self.assertEqual(told(), before)
        self.assertTrue(self.town.cli("verify")["ok"])
        wait_for("all points to be up", self.all_up, 30)
        self.assertEqual(len(self.town.caught(self.town.hooks_file)), hooks)

    def key_of(self, who):
        with open(os.path.join(self.town.dir, "broker/psk"), encoding="ascii") as f:
            return dict(line.strip().split(":", 1) for line in f if ":" in line)[who]

    def half_open(self, who):
        """A thief's second line: through TLS with who's key, and not a word of MQTT. It ends when the broker hangs
        up; by itself that would be much later than any test waits."""
        tls = subprocess.Popen(["ip", "netns", "exec", self.town.office_ns, "openssl", "s_client", "-connect",
                                f"{OFFICE}:{PORT}", "-tls1_2", "-psk_identity", who, "-psk", self.key_of(who)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(tls.stdout.close)
        self.addCleanup(tls.stdin.close)
        self.addCleanup(tls.wait)
        self.addCleanup(tls.kill)
        for line in tls.stdout:
            if "Verify return code" in line:
                return tls
        self.fail("no TLS connection")

    def test_a_stolen_node_is_revoked_with_one_command(self):
        house, others = self.town.houses[2], self.town.houses[:2]
        broker_log = os.path.join(self.town.dir, "broker.log")
        with open(broker_log, encoding="utf-8") as f:
            before = f.read().count(f"Client {house.code} been disconnected")
        log = os.path.join(self.town.dir, f"{house.code}.log")
        said = os.path.getsize(log)
        thief = self.half_open(house.code)
        began = time.monotonic()
        self.town.cli("revoke", house.code)
        with open(broker_log, encoding="utf-8") as f:
            text = wait_for("the open connection to end", lambda: f.seek(0) == 0 and (t := f.read()).count(
                f"Client {house.code} been disconnected") > before and t, 5)
        print(f"revoked and off after {(time.monotonic() - began) * 1000:.0f} ms")
        self.assertNotIn(f"Client {others[0].code} been disconnected", text)
        self.assertIsNotNone(thief.wait(5))
        with open(log, encoding="utf-8") as f:
            f.seek(said)
            refused = wait_for("the broker to refuse it", lambda: f.seek(said) == said and
                               (t := f.read()).count("knows us not") > 0 and t, 20)
        self.assertTrue(house.process.alive())
        self.assertNotIn("broker: connected", refused)
        self.town.enrol(house)
        house.process.stop()
        house.start()
        wait_for("all points to be up", self.all_up, 30)

    def test_metrics_name_no_household(self):
        text = subprocess.run(["curl", "-s", "--unix-socket", self.town.socket, "http://localhost/metrics"],
                              capture_output=True, text=True, check=True, timeout=20).stdout
        self.assertRegex(text, r'matsang_point_up\{point="TT-01-01"')
        self.assertFalse(re.search("Hộ|0900", text))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    end_in_order()
    unittest.main(verbosity=2)
