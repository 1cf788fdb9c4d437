#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""routes_test BUILD: every route to people, and the way back, alone: a real gammu-smsd on a modem that is played, a
real mail server with STARTTLS, ntfy (the real one where Debian has it), and Zalo's API as it is documented."""

import http.server
import json
import logging
import os
import shutil
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from modem import Modem, deliver_encode, submit_decode  # noqa: E402
from ntfy_server import ntfy  # noqa: E402
from town import ROOT, Process, end_in_order, free_port, wait_for  # noqa: E402
from zalo_server import Zalo  # noqa: E402

BUILD = TRY = None
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # clients that break off are what we ask for
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"  # where libcurl looks
NUMBER, OTHER = "+84900000123", "+84900000456"
SMS = "TT-07-03 MAT DIEN tu 19:42 (nghi ngo). Mang con tot. Nhan OK 7K2"
LETTER = {"key": "42-firing-binh", "subject": "✕ TT-07-03 MẤT ĐIỆN", "text": "Từ 19:42.\nNhắn OK 7K2", "code": "7K2",
          "page": "https://xa.example", "sms": SMS}


def propagation():
    """Within a chroot there is no mount to make private; whoever made that has seen to it."""
    alone = subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0
    return [] if alone else ["--propagation", "unchanged"]


PROPAGATION = propagation()


class Told:
    """How one try ended; all it printed."""

    def __init__(self, done):
        self.all = done[0] + done[1]
        said = json.loads(done[0])
        self.delivered, self.note, self.target = said["delivered"], said["note"], said["target"]


class Try:
    """A try that is under way."""

    def __init__(self, bundle=None, argv=None, **asked):
        self.argv = (argv or [TRY]) + ["send", json.dumps({**LETTER, **asked})]
        if bundle:  # the authorities that this program trusts
            self.argv = ["unshare", "--mount", *PROPAGATION, "sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh", bundle,
                         BUNDLE] + self.argv
        self.child = subprocess.Popen(self.argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, seconds=90):
        return Told(self.child.communicate(timeout=seconds))

    def kill(self):
        self.child.kill()
        self.child.communicate()


def send(**asked):
    return Try(**asked).end()


class Hear:
    """Whoever answers."""

    def __init__(self, test, directory, argv=None, **asked):
        self.out = os.path.join(directory, f"heard-{asked['via']}")
        self.process = Process("hear", (argv or [TRY]) + ["hear", json.dumps(asked)], self.out)
        test.addCleanup(self.process.stop)

    def lines(self):
        with open(self.out, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.startswith("{") and line.endswith("\n")]

    def text(self):
        with open(self.out, encoding="utf-8") as f:
            return f.read()


# ---- SMS ----

class Sms(unittest.TestCase):
    """As Debian sets it up and the manual page mends it: the folders are gammu's, gammu-smsd runs as that user, and the
    gateway as another one of that group, with a narrow umask."""

    def setUp(self):
        self.dir = self.enterContext(tempfile.TemporaryDirectory(prefix="matsang-sms-"))
        os.chmod(self.dir, 0o711)
        for name in ("inbox", "outbox", "sent", "error"):
            os.mkdir(self.at(name))
            os.chmod(self.at(name), 0o770)
            shutil.chown(self.at(name), "gammu", "gammu")
        program = shutil.copy(TRY, self.at("route_try"))
        self.gateway = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--groups=gammu", "sh", "-c",
                        'umask 077 && exec "$@"', "sh", program]
        self.modem = Modem(self.at("modem"))
        self.addCleanup(self.modem.close)
        shutil.chown(os.path.realpath(self.at("modem")), "gammu")
        with open(os.path.join(ROOT, "gateway/gammu-smsdrc"), encoding="utf-8") as f:
            shipped = f.read()
        with open(self.at("smsdrc"), "w", encoding="utf-8") as f:
            f.write(shipped.replace("/var/spool/gammu", self.dir).replace("/dev/serial/by-id/usb-MODEM", self.at("modem"))
                    .replace("logfile = syslog", "logfile = stderr"))
        self.smsd = None

    def start(self):
        self.smsd = Process("gammu-smsd", ["setpriv", "--reuid=gammu", "--regid=gammu", "--clear-groups", "/usr/bin/gammu-smsd",
                                           "-c", self.at("smsdrc")], self.at("log"))
        self.addCleanup(self.end)

    def end(self):
        self.smsd.stop(15)
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            with open(self.at("log"), encoding="utf-8", errors="replace") as f:
                print("".join(f.readlines()[-60:]), file=sys.stderr)

    def at(self, name):
        return os.path.join(self.dir, name)

    def files(self, name):
        return sorted(os.listdir(self.at(name)))

    def folders(self, **more):
        return {"argv": self.gateway, "via": "sms", "outbox": self.at("outbox"), "sent": self.at("sent"), "error": self.at("error"),
                "to": NUMBER, **more}

    def test_a_message_leaves_as_one_part_and_counts_when_it_has_left(self):
        self.start()
        longest = (SMS + " " * 160)[:159] + "."
        for key, text in (("a", SMS), ("b", longest), ("c", "[x] {y} @ $1_000 \"q\" ~ | ^ \\")):
            told = send(**self.folders(key=key, sms=text))
            self.assertTrue(told.delivered, told.note)
            self.assertEqual(self.modem.sent[-1],
                             {"to": NUMBER, "text": text, "alphabet": "gsm7", "parts": 1, "report": False})
        self.assertEqual(len(self.modem.sent), 3)
        self.assertEqual((self.files("outbox"), self.files("error"), len(self.files("sent"))), ([], [], 3))

    def test_what_the_network_refuses_is_taken_back_and_lets_the_next_one_through(self):
        self.start()
        self.modem.refuses.add(OTHER)
        first = Try(**self.folders(key="refused", to=OTHER, limit_ms=15000))
        wait_for("the first to be spooled", lambda: self.files("outbox"), 5)
        time.sleep(1.1)  # the next name comes behind it
        second = Try(**self.folders(key="behind", limit_ms=60000))
        told = first.end()
        self.assertFalse(told.delivered)
        self.assertEqual(told.note, "not sent within 15 s, taken back")
        told = second.end()
        self.assertTrue(told.delivered, told.note)
        self.assertEqual([s["to"] for s in self.modem.sent], [NUMBER])

    def test_a_try_that_was_killed_is_found_again_and_nothing_is_sent_twice(self):
        first = Try(**self.folders(key="once"))
        wait_for("the message to be spooled", lambda: self.files("outbox"), 5)
        first.kill()
        self.start()
        self.assertTrue(send(**self.folders(key="once")).delivered)
        self.assertTrue(send(**self.folders(key="once")).delivered)  # and long after it was sent
        time.sleep(3)
        self.assertEqual([s["text"] for s in self.modem.sent], [SMS])

    def test_without_gammu_smsd_it_fails_and_nothing_leaves_late(self):
        told = send(**self.folders(limit_ms=2000))
        self.assertFalse(told.delivered)
        self.assertEqual(told.note, "not sent within 2 s, taken back")
        self.start()
        wait_for("gammu-smsd", lambda: any("CMGF" in a or "CPMS" in a for a in self.modem.asked), 30)
        time.sleep(3)
        self.assertEqual(self.modem.sent, [])

    def test_answers_come_in_and_are_gone_from_the_folder(self):
        self.start()
        heard = Hear(self, self.dir, argv=self.gateway, via="sms", inbox=self.at("inbox"))
        for number, text in ((NUMBER, "Nhận 7k2 ạ"), (OTHER, "ok7K2"), ("0900000789", "không nhận 7K2")):
            self.modem.deliver(number, text)
        wait_for("three answers", lambda: len(heard.lines()) == 3, 40)
        self.assertEqual(sorted((h["from"], h["text"], h.get("code") or h["refused"]) for h in heard.lines()), [
            (NUMBER, "Nhận 7k2 ạ", "7K2"), (OTHER, "ok7K2", "7K2"), ("0900000789", "không nhận 7K2", "unclear")])
        self.assertEqual((self.files("inbox"), self.modem.stored), ([], {}))

    def test_the_modem_reads_what_others_write(self):
        """PDUs from elsewhere, so that a mistake of ours cannot agree with itself."""
        self.assertEqual(submit_decode(bytes.fromhex("0011000B916407281553F80000AA0AE8329BFD4697D9EC37")),
                         {"to": "+46708251358", "text": "hellohello", "alphabet": "gsm7", "parts": 1, "report": False})
        self.assertTrue(deliver_encode(NUMBER, "hellohello").hex().upper().endswith("0AE8329BFD4697D9EC37"))


# ---- mail ----

class Mailbox:
    def __init__(self):
        self.mails, self.logins = [], []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((session.ssl is not None, envelope.mail_from, envelope.rcpt_tos,
                           message_from_bytes(envelope.content, policy=policy.default)))
        return "250 kept"

    def login(self, server, session, envelope, mechanism, data):
        self.logins.append((session.ssl is not None, data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"mat-khau", handled=data.password == b"mat-khau")


class Authority:
    """A certificate authority of the test's own, and a certificate for localhost."""

    def __init__(self, directory):
        self.ca, key = os.path.join(directory, "ca.pem"), os.path.join(directory, "key.pem")
        ca_key, cert = os.path.join(directory, "ca-key.pem"), os.path.join(directory, "cert.pem")
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                 "/CN=Test CA", "-keyout", ca_key, "-out", self.ca)
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                 "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE",
                 "-CA", self.ca, "-CAkey", ca_key, "-keyout", key, "-out", cert)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)

    @staticmethod
    def run(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=30,
                       env={**os.environ, "OPENSSL_CONF": "/etc/ssl/openssl.cnf"})


class Mail(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="matsang-mail-"))
        self.authority, self.box = Authority(directory), Mailbox()
        port = free_port()
        self.server = Controller(self.box, hostname="127.0.0.1", port=port, server_hostname="localhost",
                                 tls_context=self.authority.context, require_starttls=True, auth_required=True,
                                 authenticator=self.box.login)
        self.server.start()
        self.addCleanup(self.server.stop)
        self.asked = {"via": "mail", "server": f"smtp://localhost:{port}", "from": "matsang@xa.vn", "user": "matsang",
                      "password": "mat-khau", "to": "binh@example.vn"}

    def test_a_mail_arrives_under_tls_and_reads_as_it_was_written(self):
        told = send(bundle=self.authority.ca, **self.asked)
        self.assertTrue(told.delivered, told.note)
        (tls, sender, to, mail), = self.box.mails
        self.assertEqual((tls, sender, to), (True, "matsang@xa.vn", ["binh@example.vn"]))
        self.assertEqual(mail["Subject"], LETTER["subject"])
        self.assertIn("Nhắn OK 7K2", mail.get_body(("plain",)).get_content())
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertEqual(self.box.logins, [(True, "matsang", "mat-khau")])

    def test_a_server_that_nobody_vouches_for_learns_no_password(self):
        told = send(**self.asked)
        self.assertFalse(told.delivered)
        self.assertIn("certificate", told.note)
        self.assertEqual((self.box.mails, self.box.logins), ([], []))

    def test_a_wrong_password_is_said_and_not_repeated(self):
        told = send(bundle=self.authority.ca, **{**self.asked, "password": "SECRET"})
        self.assertFalse(told.delivered)
        self.assertNotIn("SECRET", told.all)
        self.assertIn("denied", told.note)


# ---- Zalo ----

class ZaloBot(unittest.TestCase):
    def setUp(self):
        self.dir = self.enterContext(tempfile.TemporaryDirectory(prefix="matsang-zalo-"))
        self.authority = Authority(self.dir)
        self.zalo = Zalo("12345689:abc-SECRET", {"6ede9afa66b88fe6d6a9"}, self.authority.context)
        self.addCleanup(self.zalo.close)
        self.asked = {"via": "zalo", "bundle": self.authority.ca, "url": self.zalo.url, "token": self.zalo.token,
                      "to": "6ede9afa66b88fe6d6a9"}

    def send(self, **more):
        told = send(**{**self.asked, **more})
        self.assertNotIn("SECRET", told.all)
        return told

    def test_a_message_arrives(self):
        told = self.send()
        self.assertTrue(told.delivered, told.note)
        self.assertEqual(told.target, self.zalo.url)
        link = f"{LETTER['page']}/take/{LETTER['code']}"
        self.assertEqual(self.zalo.sent, [{"chat_id": self.asked["to"],
                                           "text": f"{LETTER['subject']}\n{LETTER['text']}\n{link}"}])

    def test_the_longest_text_still_arrives(self):
        told = self.send(text="ậ" * 660, subject="😀" * 45)
        self.assertTrue(told.delivered, told.note)

    def test_a_refusal_is_a_failure_though_http_says_200(self):
        told = self.send(to="nobody")
        self.assertEqual((told.delivered, told.note), (False, "400: Bad request: chat not found"))
        told = self.send(token="other-SECRET")
        self.assertEqual((told.delivered, told.note), (False, "401: Unauthorized"))

    def test_whatever_makes_no_sense_is_a_failure(self):
        for answer in ("<html>Bad gateway</html>", "{}", "[]", '{"ok":1}', "x" * 10000):
            self.zalo.broken = answer
            told = self.send()
            self.assertEqual((told.delivered, told.note), (False, "HTTP 502, malformed answer"))

    def test_a_server_that_hangs_is_left(self):
        self.zalo.broken, began = "hang", time.monotonic()
        told = self.send(total_ms=1000)
        self.assertEqual((told.delivered, told.note), (False, "Timeout was reached"))
        self.assertLess(time.monotonic() - began, 5)

    def test_a_server_that_nobody_vouches_for_learns_no_token(self):
        told = self.send(bundle=None)
        self.assertFalse(told.delivered)
        self.assertIn("certificate", told.note)
        self.assertEqual(self.zalo.paths, [])

    def test_answers_are_heard_over_silences_and_failures(self):
        zalo = Zalo("12345689:abc-SECRET", set())  # this one without TLS, for a program that trusts nobody new
        self.addCleanup(zalo.close)
        heard = Hear(self, self.dir, via="zalo", url=zalo.url, token=zalo.token, poll_s=1, gap_ms=100, min_ms=200)
        wait_for("a silence", lambda: len(zalo.paths) >= 2, 10)
        zalo.wrote("c1", "@Mắt Sáng Nhận 7K2", "GROUP")
        wait_for("the first answer", lambda: len(heard.lines()) == 1, 10)
        zalo.broken = "<html>"
        asked = len(zalo.paths)
        wait_for("two failures", lambda: len(zalo.paths) >= asked + 2, 20)
        zalo.broken = None
        zalo.wrote("c2", "xin chào")
        wait_for("the second answer", lambda: len(heard.lines()) == 2, 20)
        self.assertEqual(heard.lines(), [
            {"via": "zalo", "from": "c1", "text": "@Mắt Sáng Nhận 7K2", "code": "7K2"},
            {"via": "zalo", "from": "c2", "text": "xin chào", "refused": "no_word"}])
        self.assertIn("zalo: chat c2 (\"anh Bình\") wrote", heard.text())
        self.assertIn("zalo: no replies: HTTP 502, malformed answer", heard.text())
        self.assertIn("zalo: replies are heard again", heard.text())
        self.assertNotIn("SECRET", heard.text())


# ---- ntfy ----

class Ntfy(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="matsang-ntfy-"))
        self.ntfy = ntfy(directory, "thien-tan-x8f2")
        self.addCleanup(self.ntfy.close)
        print(f"ntfy: {'the real one' if self.ntfy.real else 'played'}", file=sys.stderr)
        self.asked = {"via": "ntfy", "url": self.ntfy.url, "token": self.ntfy.token, "to": self.ntfy.topic}

    def test_a_notification_arrives_with_its_button(self):
        told = send(**self.asked)
        self.assertTrue(told.delivered, told.note)
        message, = self.ntfy.messages()
        self.assertEqual((message["event"], message["title"], message["message"], message["priority"], message["tags"],
                          message["click"]), ("message", LETTER["subject"], LETTER["text"], 4, ["warning"], LETTER["page"]))
        action, = message["actions"]
        self.assertEqual((action["action"], action["label"], action["url"]),
                         ("view", "Nhận việc", "https://xa.example/take/7K2"))

    def test_a_token_that_is_none_is_a_failure(self):
        told = send(**{**self.asked, "token": "tk_" + "0" * 29})
        self.assertFalse(told.delivered)
        self.assertRegex(told.note, "^HTTP 40[13], ")
        self.assertEqual(self.ntfy.messages(), [])


# ---- answers by mail ----

class Gateway(socketserver.ThreadingUnixStreamServer):
    """Answers POST on a Unix socket with a status, and keeps what it was sent."""
    daemon_threads = True

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.said.append((self.path, json.loads(body)))
            answer = b'{"error":"no such job"}' if self.server.status >= 400 else b"{}"
            self.send_response(self.server.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def address_string(self):
            return "here"

        def log_message(self, *args):
            pass

    def __init__(self, path):
        super().__init__(path, self.Handler)
        self.said, self.status = [], 200
        threading.Thread(target=self.serve_forever, daemon=True).start()


class MailReply(unittest.TestCase):
    MAIL = ("From: =?UTF-8?Q?Anh_B=C3=ACnh?= <binh@example.vn>\r\nTo: matsang@xa.vn\r\nSubject: Re: x\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nTmjhuq1uIDdLMg==\r\n"
            "--b\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--b--\r\n")

    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory(prefix="matsang-reply-"))
        self.socket = os.path.join(directory, "gateway.sock")

    def hand_over(self, mail):
        return subprocess.run([os.path.join(BUILD, "gateway/matsang"), "--socket", self.socket, "reply", "--mail"],
                              input=mail.encode(), capture_output=True, timeout=30).returncode

    def serve(self):
        gateway = Gateway(self.socket)
        self.addCleanup(lambda: (gateway.shutdown(), gateway.server_close()))
        return gateway

    def test_an_answer_reaches_the_gateway(self):
        gateway = self.serve()
        self.assertEqual(self.hand_over(self.MAIL), 0)
        self.assertEqual(gateway.said, [("/api/v1/reply", {"via": "mail", "from": "binh@example.vn", "text": "Nhận 7K2"})])

    def test_the_mail_server_is_told_whether_to_try_again(self):
        self.assertEqual(self.hand_over(self.MAIL), 75)
        gateway = self.serve()
        for status, code in ((503, 75), (500, 75), (404, 65), (400, 65), (200, 0)):
            gateway.status = status
            self.assertEqual(self.hand_over(self.MAIL), code)

    def test_what_nobody_wrote_is_dropped_and_what_has_no_sender_comes_back(self):
        gateway = self.serve()
        self.assertEqual(self.hand_over("Auto-Submitted: auto-replied\r\n" + self.MAIL), 0)
        self.assertEqual(self.hand_over("\r\nOK 7K2"), 65)
        self.assertEqual(self.hand_over("\0" * 100), 65)
        self.assertEqual(self.hand_over(self.MAIL + "x" * (3 << 20)), 0)
        self.assertEqual(len(gateway.said), 1)


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    TRY = os.path.join(BUILD, "tests/live/route_try")
    end_in_order()
    unittest.main(verbosity=2)
