#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""eye_test BUILD: matsang-eye against a real RTSP server (GStreamer's) and against cameras that misbehave.

Loopback only, no root. Each look is also asked: was there one session, and was it torn down?
"""
import email.utils
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
import unittest

import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import fake_camera  # noqa: E402
from fake_camera import Camera, moving, rtp, stream  # noqa: E402

BUILD = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else os.path.join(HERE, "../../build/dev")
EYE = os.path.join(BUILD, "node/matsang-eye")
EXTRA_S = 4.0  # what the eye may take beyond timeout_ms
OFF_MS = 1100  # a clock of whole seconds, and a busy machine


def ask(url, **more):
    """Exit status, and what the line says as a dictionary of texts."""
    request = dict({"url": url, "watch_ms": 1000, "timeout_ms": 6000}, **more)
    before = time.monotonic()
    done = subprocess.run([EYE], input=json.dumps(request) + "\n", capture_output=True, text=True, timeout=60)
    took = time.monotonic() - before
    assert took < request["timeout_ms"] / 1000 + EXTRA_S, "took %.1f s" % took
    if done.returncode:
        return done.returncode, {}
    assert done.stdout.count("\n") == 1, done.stdout
    return 0, dict(word.split("=") for word in done.stdout.split())


class RealCamera:
    """A GStreamer RTSP server with one stream at /live, and counts of what its clients asked."""

    PICTURE = "( videotestsrc is-live=true pattern=%s ! video/x-raw,format=I420,width=320,height=240,framerate=10/1 "
    JPEG = "! jpegenc ! rtpjpegpay name=pay0 pt=26 )"
    H264 = "! x264enc tune=zerolatency bitrate=500 key-int-max=%d ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
    # The last digit of the clock changes each second, and nothing else does.
    QUIET = "! clockoverlay " + H264 % 1000
    REQUESTS = ["options", "describe", "setup", "play", "teardown"]

    def __init__(self, pattern, auth=None, coding=JPEG):
        self.counts = dict.fromkeys(["client"] + self.REQUESTS, 0)
        self.server = GstRtspServer.RTSPServer()
        self.server.set_address("127.0.0.1")
        self.server.set_service("0")
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(self.PICTURE % pattern + coding)
        factory.set_shared(True)
        if auth:
            self.lock(auth, factory)
        self.server.get_mount_points().add_factory("/live", factory)
        self.server.connect("client-connected", self.on_client)
        self.source = self.server.attach(None)
        self.url = "rtsp://127.0.0.1:%d/live" % self.server.get_bound_port()

    def lock(self, method, factory):
        auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.set_supported_methods(method)
        if method == GstRtsp.RTSPAuthMethod.DIGEST:
            auth.add_digest("viewer", "mở ra", token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic("viewer", "mở ra"), token)
        self.server.set_auth(auth)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_role("viewer")
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)

    def on_client(self, _server, client):
        self.count("client")
        for name in self.REQUESTS:
            client.connect(name + "-request", lambda _client, _context, what: self.count(what), name)

    def count(self, what):
        self.counts[what] += 1

    def close(self):
        GLib.Source.remove(self.source)


class Onvif:
    """An ONVIF device service whose clock is so many seconds ahead; or that answers with `text`."""

    ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:t="http://www.onvif.org/ver10/schema"
 xmlns:d="http://www.onvif.org/ver10/device/wsdl"><SOAP-ENV:Body><d:GetSystemDateAndTimeResponse><d:SystemDateAndTime>
<t:UTCDateTime><t:Time><t:Hour>%H</t:Hour><t:Minute>%M</t:Minute><t:Second>%S</t:Second></t:Time>
<t:Date><t:Year>%Y</t:Year><t:Month>%m</t:Month><t:Day>%d</t:Day></t:Date></t:UTCDateTime>
</d:SystemDateAndTime></d:GetSystemDateAndTimeResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>"""

    def __init__(self, ahead_s, text=None):
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                service.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                now = time.time() + ahead_s
                self.send_response_only(200)
                self.send_header("Date", email.utils.formatdate(now, usegmt=True))
                self.end_headers()
                self.wfile.write((text or time.strftime(service.ANSWER, time.gmtime(now))).encode())

            def log_message(self, *_):
                pass

        self.asked = []
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/onvif/device_service" % self.server.server_port

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class ARealServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        Gst.init(None)
        cls.main = GLib.MainLoop()
        cls.thread = threading.Thread(target=cls.main.run, daemon=True)
        cls.thread.start()
        method = GstRtsp.RTSPAuthMethod
        cls.cameras = {"open": RealCamera("ball"), "frozen": RealCamera("smpte75"),
                       "h264": RealCamera("ball", coding=RealCamera.H264 % 10),
                       "h264 frozen": RealCamera("smpte75", coding=RealCamera.H264 % 10),
                       "h264 quiet": RealCamera("smpte75", coding=RealCamera.QUIET),
                       "basic": RealCamera("ball", method.BASIC), "digest": RealCamera("ball", method.DIGEST)}

    @classmethod
    def tearDownClass(cls):
        for c in cls.cameras.values():
            c.close()
        cls.main.quit()
        cls.thread.join()

    def look(self, name, **more):
        camera = self.cameras[name]
        camera.counts = dict.fromkeys(camera.counts, 0)
        status, seen = ask(camera.url + more.pop("path", ""), **more)
        self.assertEqual(status, 0)
        return seen, camera.counts

    def plays(self, seen, counts):
        for name in RealCamera.REQUESTS:
            self.assertEqual(seen[name], "200", seen)
        for name in ["client", "setup", "play", "teardown"]:
            self.assertEqual(counts[name], 1, counts)
        self.assertGreaterEqual(int(seen["frames"]), 5)
        self.assertGreaterEqual(int(seen["seq_advance"]), int(seen["packets"]) - 1)

    def test_a_moving_picture_brings_something_new_to_the_end(self):
        seen, counts = self.look("open")
        self.plays(seen, counts)
        self.assertLess(2 * int(seen["stale"]), int(seen["frames"]))
        self.assertEqual(seen["clock"], "date")
        self.assertLess(abs(int(seen["clock_off_ms"])), OFF_MS)

    def test_a_picture_that_stands_still_repeats_its_payloads(self):
        seen, counts = self.look("frozen")
        self.plays(seen, counts)
        self.assertGreaterEqual(2 * int(seen["stale"]), int(seen["frames"]))

    def test_an_encoder_that_is_fed_one_picture_for_ever_is_told_from_one_that_sees(self):
        for name, frozen in [("h264", False), ("h264 frozen", True), ("h264 quiet", False)]:
            with self.subTest(name):
                seen, counts = self.look(name, watch_ms=3000)
                self.plays(seen, counts)
                self.assertEqual(2 * int(seen["stale"]) >= int(seen["frames"]), frozen, seen)

    def test_basic_and_digest_let_the_right_password_in(self):
        for name in ["basic", "digest"]:
            with self.subTest(name):
                seen, counts = self.look(name, user="viewer", password="mở ra")
                self.plays(seen, counts)

    def test_a_wrong_password_or_none_is_locked_out_and_begins_no_session(self):
        for name in ["basic", "digest"]:
            for more in [{"user": "viewer", "password": "sai"}, {}]:
                with self.subTest(name, **more):
                    seen, counts = self.look(name, **more)
                    self.assertIn("401", [seen["options"], seen["describe"]])
                    self.assertEqual((seen["setup"], counts["setup"], counts["teardown"]), ("0", 0, 0))

    def test_a_path_that_is_not_there_is_404(self):
        seen, counts = self.look("open", path="/nowhere")
        self.assertEqual((seen["describe"], seen["setup"], counts["setup"]), ("404", "0", 0))


class CamerasThatMisbehave(unittest.TestCase):
    def look(self, camera, **more):
        with camera as c:
            status, seen = ask(c.url, **dict({"timeout_ms": 2000, "watch_ms": 500}, **more))
        self.assertEqual(status, 0)
        return seen

    def torn_down(self, camera):
        self.assertEqual(camera.methods().count("SETUP"), 1)
        self.assertEqual(camera.methods()[-1], "TEARDOWN")
        self.assertIn("Session: abc\r\n", camera.asked[-1])

    def test_one_that_streams_is_watched_and_torn_down_over_one_connection(self):
        camera = Camera({"PLAY": stream(lambda i: moving(2, 2 * i))})
        seen = self.look(camera)
        self.assertEqual(camera.methods(), ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"])
        self.assertEqual((seen["play"], seen["teardown"], camera.connections), ("200", "200", 1))
        self.assertGreater(int(seen["packets"]), 4)
        self.assertEqual(seen["repeats"], "0")
        self.assertIn("/live/track1 ", camera.asked[2])
        self.torn_down(camera)

    def test_busy_begins_no_session_or_ends_it(self):
        for method, status in [("OPTIONS", 503), ("DESCRIBE", 453), ("SETUP", 453), ("SETUP", 503)]:
            with self.subTest(method, status=status):
                camera = Camera({method: (status, "")})
                seen = self.look(camera)
                self.assertEqual(seen[method.lower()], str(status))
                self.assertEqual(camera.methods()[-1], method)
        camera = Camera({"PLAY": (453, "")})
        self.assertEqual(self.look(camera)["play"], "453")
        self.torn_down(camera)

    def test_one_that_hangs_before_its_session_is_left(self):
        for method in ["OPTIONS", "DESCRIBE", "SETUP"]:
            with self.subTest(method):
                camera = Camera({method: fake_camera.hang})
                seen = self.look(camera, timeout_ms=700)
                self.assertEqual((seen["reach"], seen[method.lower()], seen["play"]), ("1", "0", "0"))

    def test_one_that_hangs_within_its_session_is_torn_down(self):
        for name, play in [("no answer", fake_camera.hang), ("no stream", (200, ""))]:
            with self.subTest(name):
                camera = Camera({"PLAY": play})
                seen = self.look(camera, timeout_ms=700)
                self.assertEqual((seen["packets"], seen["teardown"]), ("0", "200"))
                self.torn_down(camera)

    def test_one_that_stops_within_a_packet_is_torn_down(self):
        def half(camera, conn, request):
            conn.sendall(camera.draw(request, 200) + moving(3) + rtp(3, b"x" * 100)[:50])
            return True
        camera = Camera({"PLAY": half, "TEARDOWN": (200, "")})
        seen = self.look(camera, timeout_ms=1000)
        self.assertEqual(seen["packets"], "3")
        self.torn_down(camera)

    def test_a_tear_down_that_is_never_answered_does_not_hold_us(self):
        camera = Camera({"PLAY": stream(lambda i: moving(2, 2 * i)), "TEARDOWN": fake_camera.hang})
        seen = self.look(camera)
        self.assertEqual((seen["play"], seen["teardown"]), ("200", "0"))
        self.torn_down(camera)

    def test_rubbish_is_no_answer(self):
        for rubbish in [b"\0\1\2\3" * 1000, b"SSH-2.0-dropbear\r\n", b"RTSP/1.0 banana\r\n\r\n", b"$\0\0\0",
                        b"HTTP/1.0 200 OK\r\n\r\n<html>", b"\r\n" * 1000]:
            with self.subTest(rubbish[:20]):
                seen = self.look(Camera({"OPTIONS": fake_camera.say(rubbish)}), timeout_ms=600)
                self.assertEqual((seen["reach"], seen["describe"]), ("1", "0"))

    def test_endless_headers_and_endless_descriptions_are_cut(self):
        seen = self.look(Camera({"OPTIONS": fake_camera.endless_headers}))
        self.assertEqual((seen["reach"], seen["options"]), ("1", "0"))
        seen = self.look(Camera({"DESCRIBE": (200, fake_camera.SDP + "a=x\r\n" * 20000)}))
        self.assertEqual((seen["describe"], seen["setup"]), ("0", "0"))

    def test_an_answer_that_dribbles_ends_in_time(self):
        seen = self.look(Camera({"OPTIONS": fake_camera.dribble}), timeout_ms=1000)
        self.assertEqual((seen["reach"], seen["options"]), ("1", "0"))

    def test_a_flood_is_cut_and_torn_down(self):
        camera = Camera({"PLAY": stream(lambda i: moving(2000, 2000 * i), every_s=0)})
        seen = self.look(camera, watch_ms=10000, timeout_ms=20000)
        self.assertEqual(seen["packets"], "30000")
        self.torn_down(camera)
        camera = Camera({"PLAY": stream(lambda i: rtp(i, bytes([i & 0xff]) * 60000), every_s=0)})
        seen = self.look(camera, watch_ms=10000, timeout_ms=20000)
        self.assertLess(int(seen["packets"]), 400)
        self.torn_down(camera)

    def test_a_sequence_that_stands_still_does_not_advance(self):
        camera = Camera({"PLAY": stream(lambda i: rtp(7, b"%d" % i, stamp=5))})
        seen = self.look(camera)
        self.assertGreater(int(seen["packets"]), 2)
        self.assertEqual((seen["seq_advance"], seen["frames"]), ("0", "1"))

    def test_answers_without_cseq_count(self):
        camera = Camera({"PLAY": stream(lambda i: moving(2, 2 * i))}, cseq=False)
        seen = self.look(camera)
        self.assertEqual(seen["play"], "200")
        self.assertGreater(int(seen["packets"]), 4)
        self.torn_down(camera)

    def test_an_error_with_a_page_of_words_keeps_its_status(self):
        seen = self.look(Camera({"OPTIONS": (404, "<html>not here</html>"), "DESCRIBE": (404, "<html></html>")}))
        self.assertEqual(seen["describe"], "404")

    def test_a_description_without_video_or_with_a_trap_begins_no_session(self):
        for sdp in ["v=0\r\nm=audio 0 RTP/AVP 8\r\n", "", "m=video 0 RTP/AVP 26\r\na=control:x RTSP/1.0 y\r\n"]:
            with self.subTest(sdp):
                camera = Camera({"DESCRIBE": (200, sdp)})
                seen = self.look(camera)
                self.assertEqual((seen["describe"], seen["setup"]), ("200", "0"))
                self.assertNotIn("SETUP", camera.methods())

    def test_nobody_at_the_door_is_no_reach(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            status, seen = ask("rtsp://127.0.0.1:%d/live" % s.getsockname()[1])
        self.assertEqual((status, seen["reach"], seen["options"]), (0, "0", "0"))


class Clocks(unittest.TestCase):
    def off(self, more, date_ahead_s=None):
        date = None if date_ahead_s is None else email.utils.formatdate(time.time() + date_ahead_s, usegmt=True)
        with Camera({"DESCRIBE": (404, "")}, date=date) as c:
            _, seen = ask(c.url, **more)
        return seen["clock"], int(seen["clock_off_ms"])

    def near(self, got, clock, off_ms):
        self.assertEqual(got[0], clock)
        self.assertLess(abs(got[1] - off_ms), OFF_MS)

    def test_the_date_of_an_answer_tells_how_far_off_its_clock_is(self):
        self.near(self.off({}, -3600), "date", -3600000)
        self.near(self.off({}, 90), "date", 90000)
        self.assertEqual(self.off({"clock": "none"}, 90), ("none", 0))
        self.assertEqual(self.off({}), ("none", 0))

    def test_onvif_is_asked_for_its_clock(self):
        with Onvif(-90) as o:
            self.near(self.off({"clock": "onvif", "onvif": o.url}, 3600), "onvif", -90000)
            self.assertIn("GetSystemDateAndTime", o.asked[0])

    def test_where_one_clock_is_missing_the_other_counts(self):
        with Onvif(-90) as o:
            self.near(self.off({"clock": "date", "onvif": o.url}), "date", -90000)
            self.off({"clock": "date", "onvif": o.url}, 5)
            self.assertEqual(len(o.asked), 1)
        with Onvif(-90, "<html>no such service</html>") as o:
            self.near(self.off({"clock": "onvif", "onvif": o.url}), "date", -90000)
        self.near(self.off({"clock": "onvif", "onvif": o.url}, 7), "date", 7000)

    def test_a_date_that_is_none_tells_nothing(self):
        with Camera({"DESCRIBE": (404, "")}, date="yesterday, or so") as c:
            self.assertEqual(ask(c.url)[1]["clock"], "none")


class Requests(unittest.TestCase):
    def test_what_is_no_request_is_refused_in_a_line_that_hides_the_password(self):
        for text in ["", "\n", "{}", '{"url":"http://127.0.0.1/","password":"hush"}', "x" * 10000]:
            done = subprocess.run([EYE], input=text, capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (3, "", 1))
            self.assertNotIn("hush", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
