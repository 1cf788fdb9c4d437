#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""page_test BUILD: the page in a real browser, and the command in a shell, on a real gateway with real nodes.

Three points on loopback: one works, one has lost its mains, one was never installed. Needs chromium and
mosquitto; no root but for pings (or net.ipv4.ping_group_range).
"""
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
from screenshot import Browser  # noqa: E402

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else os.path.join(ROOT, "build/dev")
PASSWORD = "mật khẩu thử 1"
CODES = ["TT-01-01", "TT-01-02", "TT-02-01"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def wait_for(what, done, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = done()
        if got:
            return got
        time.sleep(0.1)
    raise TimeoutError("not in %d s: %s" % (seconds, what))


class Commune:
    """Broker, gateway and two nodes in one folder; down() ends exactly what up() started."""

    def __init__(self, folder):
        self.dir, self.processes = folder, []
        self.broker_port, self.page_port = free_port(), free_port()
        self.url = "http://127.0.0.1:%d/" % self.page_port
        self.env = dict(os.environ, OPENSSL_CONF=os.path.join(ROOT, "broker-config/openssl-node.cnf"))

    def path(self, name):
        return os.path.join(self.dir, name)

    def start(self, name, argv, env=None):
        with open(self.path(name + ".log"), "ab") as log:
            process = subprocess.Popen(argv, env=env or self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def matsang(self, *words, code=0, text=None):
        done = subprocess.run([os.path.join(BUILD, "gateway/matsang"), "--socket", self.path("sock"), *words],
                              input=text, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != code:
            raise AssertionError("%s: ended with %d: %s" % (words, done.returncode, done.stderr))
        return done.stdout

    def settings(self):
        cameras = [{"name": "cổng chợ", "address": "127.0.0.1"}]
        points = [{"code": c, "hamlet": c[:5], "household": "ông <b>A</b> & con", "phone": "0900000111",
                   "provider": "VNPT", "cameras": cameras} for c in CODES]
        return {"commune": "Thiện Tân", "brokers": ["127.0.0.1:%d" % self.broker_port],
                "broker_address": "127.0.0.1:%d" % self.broker_port, "broker_reload": ["true"],
                "key_file": self.path("gateway.key"), "psk_file": self.path("broker/psk"),
                "state_dir": self.path("state"), "socket": self.path("sock"),
                "page": {"listen": self.url[7:-1], "url": self.url},
                "grace_s": 3, "ask_s": 2, "group_hold_s": 0, "step_s": 2,
                "hamlets": [{"code": "TT-01", "name": "Quyết Thắng"}, {"code": "TT-02", "name": "Làng Bến"}],
                "points": points,
                "users": [{"name": "an", "password": self.matsang("password", text=PASSWORD + "\n").strip()}]}

    def node_settings(self, code):
        return {"point": code, "brokers": ["127.0.0.1:%d" % self.broker_port], "key_file": self.path(code + ".key"),
                "state_dir": self.path(code + ".state"), "router": "127.0.0.1", "outside": ["127.0.0.1"],
                "beat_s": 2, "probe_s": 1, "probe_timeout_ms": 500, "mains_out_ms": 200, "retry_min_ms": 200, "retry_max_ms": 1000,
                "cameras": [{"name": "cổng chợ", "address": "127.0.0.1"}],
                "gpio": {"body": "script", "script": self.path(code + ".wires")}}

    def write(self, name, what):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(what if isinstance(what, str) else json.dumps(what, ensure_ascii=False))
        os.chmod(self.path(name), 0o600)

    def states(self):
        return [p["state"] for p in json.loads(self.matsang("--json", "point"))["points"]]

    def up(self):
        key = secrets.token_hex(32)
        command = subprocess.run([os.path.join(ROOT, "broker-config/place"), self.path("broker"), "127.0.0.1",
                                  str(self.broker_port),
                                  os.path.join(BUILD, "broker-config/plugin/matsang_broker.so")],
                                 capture_output=True, text=True, check=True).stdout
        self.write("gateway.key", key + "\n")
        self.write("broker/psk", "gateway:" + key + "\n")
        os.makedirs(self.path("state"))
        self.broker = self.start("broker", ["sh", "-c", command])
        wait_for("broker", lambda: answers(self.broker_port))
        self.write("gateway.jsonc", self.settings())
        self.gateway = self.start("gateway", [os.path.join(BUILD, "gateway/matsang-gateway"),
                                              self.path("gateway.jsonc")])
        wait_for("gateway", lambda: os.path.exists(self.path("sock")) and "connected" in self.log("gateway"))
        for code in CODES[:2]:
            self.matsang("enrol", code, "--out", self.dir)
        self.broker.send_signal(signal.SIGHUP)
        for code in CODES[:2]:
            os.makedirs(self.path(code + ".state"))
            self.write(code + ".jsonc", self.node_settings(code))
            self.start(code, [os.path.join(BUILD, "node/matsang-node"), self.path(code + ".jsonc")])
        wait_for("two points up", lambda: self.states().count("up") == 2)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wires:
            wires.sendto(b"mains off", self.path(CODES[1] + ".wires"))
        wait_for("one point dark", lambda: self.states() == ["down", "unknown", "up"])
        wait_for("a graph", lambda: os.path.exists(self.path("state/rrd/%s.rrd" % CODES[1])), 60)

    def log(self, name):
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def down(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Command(unittest.TestCase):
    def test_status_is_one_sentence_and_the_open_incidents(self):
        text = commune.matsang("--lang", "vi", "status")
        self.assertTrue(text.startswith("1 / 3 ĐIỂM MẤT GIÁM SÁT · 1 chưa rõ\n"), text)
        self.assertIn("Mất điện (đã xác nhận)", text)
        self.assertTrue(commune.matsang("--lang", "en", "status").startswith("1 / 3 POINTS DARK · 1 unknown\n"))

    def test_points_are_listed_dark_ones_first(self):
        lines = commune.matsang("--lang", "en", "point").splitlines()
        self.assertEqual([line.split()[:2] for line in lines],
                         [["Đ", CODES[1]], ["?", CODES[2]], ["·", CODES[0]]])

    def test_one_point_and_one_incident(self):
        point = json.loads(commune.matsang("--json", "point", CODES[1]))
        self.assertEqual((point["cause"], point["sure"], point["facts"]["mains"]), ("power", "confirmed", False))
        self.assertIn("cổng chợ", commune.matsang("point", CODES[1]))
        self.assertIn(CODES[1], commune.matsang("incident", str(point["incident"])))

    def test_each_way_to_fail_has_its_code(self):
        commune.matsang(code=2)
        commune.matsang("statsu", code=2)
        commune.matsang("status", "more", code=2)
        commune.matsang("enrol", code=2)
        commune.matsang("point", "TT-99-99", code=4)
        commune.matsang("incident", "999999", code=4)
        commune.matsang("enrol", "TT-99-99", code=4)
        commune.matsang("--socket", commune.path("none"), "status", code=5)
        commune.matsang("password", text="short\n", code=1)

    def test_the_ledger_verifies_and_rebuilds(self):
        before = commune.states()
        commune.matsang("verify")
        commune.matsang("rebuild")
        wait_for("the same states again", lambda: commune.states() == before)
        self.assertTrue(json.loads(commune.matsang("--json", "verify"))["ok"])


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.TemporaryDirectory(prefix="matsang-page-", ignore_cleanup_errors=True)
        cls.browser = Browser(cls.profile.name, 300)
        cls.browser.open(1280, 900)
        cls.sign_in()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.profile.cleanup()

    @classmethod
    def sign_in(cls):
        cls.browser.sign_in(commune.url, "an", PASSWORD)

    def look(self, where="", width=1280, height=900):
        """Load an address of the page and wait until it shows points."""
        self.browser.size(width, height)
        self.browser.show(commune.url + where)

    def value(self, code):
        return self.browser.value(code)

    def tearDown(self):
        errors, self.browser.errors = self.browser.errors, []
        self.assertEqual(errors, [])

    def texts(self, selector):
        return self.value("[...document.querySelectorAll(%s)].map(e => e.textContent)" % json.dumps(selector))

    def test_the_sentence_then_what_is_dark_then_the_rest(self):
        self.look()
        self.assertEqual(self.texts("#big"), ["1 / 3 ĐIỂM MẤT GIÁM SÁT"])
        self.assertEqual(self.texts("#small"), ["1 chưa rõ"])
        self.assertEqual(self.texts(".tile b"), [CODES[1], CODES[2], CODES[0]])
        self.assertEqual(self.texts(".tile .letter"), ["Đ", "?", "•"])
        self.assertEqual(len(self.texts("#incidents li")), 1)
        self.assertTrue(self.value("document.title").startswith("(1) "))

    def test_names_are_text_and_never_markup(self):
        self.look()
        self.assertIn("ông <b>A</b> & con", self.texts(".down .tile")[0])

    def test_it_speaks_english_when_asked(self):
        self.look()
        self.value("document.querySelector('#language').click()")
        self.assertEqual(self.texts("#big"), ["1 / 3 POINTS DARK"])
        self.look()
        self.assertEqual(self.value("document.documentElement.lang"), "en")
        self.value("document.querySelector('#language').click()")
        self.assertEqual(self.value("document.documentElement.lang"), "vi")

    def test_a_point_opens_with_its_graphs_and_closes(self):
        self.look()
        self.value("document.querySelector('.down .tile').click()")
        self.browser.wait("document.querySelectorAll('#detail .graphs img').length === 4")
        self.assertTrue(self.value("[...document.querySelectorAll('#detail img')].every(i => i.naturalWidth > 300)"))
        self.assertEqual(self.value("location.hash"), "#" + CODES[1])
        self.assertIn("Mất điện (đã xác nhận)", self.texts("#detail")[0])
        self.value("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))")
        self.browser.wait("document.querySelector('#detail').hidden")

    def test_it_fits_a_phone(self):
        for where in ("", "#" + CODES[1]):
            self.look(where, 360, 740)
            self.assertLessEqual(self.value("document.documentElement.scrollWidth"), 360)

    def test_the_wall_is_read_from_three_metres_and_never_scrolls(self):
        self.look("?wall=1", 1920, 1080)
        self.assertGreaterEqual(self.value("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)"), 120)
        small = self.value("""[...document.querySelectorAll('body *')].filter(e => e.offsetParent &&
            [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) &&
            parseFloat(getComputedStyle(e).fontSize) < 40).map(e => e.textContent)""")
        self.assertEqual(small, [])
        self.assertLessEqual(self.value("document.documentElement.scrollHeight"), 1080)

    def test_a_screen_that_is_not_fed_says_so_and_knows_nothing(self):
        self.look()
        commune.gateway.send_signal(signal.SIGSTOP)
        try:
            self.value("{ const real = Date.now; Date.now = () => real() + 20000; }")
            self.browser.wait("document.querySelector('#fresh').className === 'late'")
            self.assertTrue(self.value("document.querySelector('#stale').hidden"))
            self.value("{ const real = Date.now; Date.now = () => real() + 41000; }")
            self.browser.wait("!document.querySelector('#stale').hidden")
            self.assertIn("MÀN HÌNH KHÔNG CẬP NHẬT", self.texts("#stale")[0])
            self.assertEqual(self.texts(".tile .letter"), ["?", "?", "?"])
            self.assertNotIn("THÔNG SUỐT", self.texts("#headline")[0])
        finally:
            commune.gateway.send_signal(signal.SIGCONT)
        self.browser.wait("document.querySelector('#stale').hidden", 40)
        self.assertEqual(self.texts(".tile .letter"), ["Đ", "?", "•"])

    def test_the_link_of_a_message_leads_through_the_sign_in_to_one_tap(self):
        code = [i for i in json.loads(commune.matsang("--json", "incident"))["incidents"]
                if i["untaken"]][0]["alert"]["code"]
        first, look = "document.querySelector('#incidents li')", self.browser
        self.look()
        self.value("document.querySelector('#sign_out').click()")
        look.wait("location.pathname === '/login'")
        look.call("Page.navigate", url=commune.url + "take/" + code)
        look.wait("location.hash === '#take-%s' && document.readyState === 'complete' && !!document.forms[0]" % code)
        look.wait("document.forms[0].action.endsWith('#take-%s')" % code)
        self.value("document.forms[0].name.value = 'an'; document.forms[0].password.value = %s; "
                   "document.forms[0].submit()" % json.dumps(PASSWORD))
        look.wait("location.pathname + location.hash === '/#take-%s' && !!%s" % (code, first))
        look.errors = [e for e in look.errors if "401" not in e]
        self.assertIn("CHƯA CÓ NGƯỜI NHẬN", self.value(first + ".textContent"))
        self.assertTrue(self.value("document.querySelector('#linked').hidden"))
        self.assertGreaterEqual(self.value(first + ".querySelector('.take').offsetHeight"), 48)
        self.value(first + ".querySelector('.take').click()")
        look.wait("%s.textContent.includes('an đã nhận')" % first)
        self.assertEqual(self.texts("#incidents .take"), [])

        self.value(first + ".querySelector('summary').click()")
        look.wait(first + ".querySelector('details').open")
        self.value("[...%s.querySelectorAll('details button')].find(b => b.textContent === 'Camera mất tín hiệu').click()"
                   % first)
        look.wait("%s.textContent.includes('máy nhận định: Mất điện')" % first)
        self.assertEqual(self.texts("#incidents .letter"), ["C"])
        self.assertIn("đính chính", commune.matsang("--lang", "vi", "status"))
        self.look("take/9Z9")
        self.assertIn("9Z9", self.texts("#linked")[0])
        self.assertFalse(self.value("document.querySelector('#linked').hidden"))

    def test_a_point_shows_its_latest_incident(self):
        self.look("#" + CODES[1])
        self.browser.wait("document.querySelector('#detail details.correct') !== null")
        self.assertIn("Sự cố gần nhất", self.texts("#detail h2"))

    def test_whoever_signs_out_sees_nothing_any_more(self):
        self.look()
        self.value("document.querySelector('#sign_out').click()")
        self.browser.wait("location.pathname === '/login'")
        self.browser.call("Page.navigate", url=commune.url)
        self.browser.wait("document.readyState === 'complete' && location.pathname === '/login'")
        self.assertNotIn("TT-01", self.value("document.documentElement.innerText"))
        self.browser.errors = []
        self.sign_in()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="matsang-page-test-") as directory:
        commune = Commune(directory)
        try:
            commune.up()
            unittest.main(exit=False, verbosity=2).result.wasSuccessful() or sys.exit(1)
        except (TimeoutError, AssertionError):
            for log_name in ("broker", "gateway", CODES[0]):
                if os.path.exists(commune.path(log_name + ".log")):
                    print("---- %s\n%s" % (log_name, commune.log(log_name)[-2000:]), file=sys.stderr)
            raise
        finally:
            commune.down()
