# SPDX-License-Identifier: Apache-2.0
"""fake_camera: an RTSP server that misbehaves as it is told, and remembers what it was asked."""
import socket
import struct
import threading
import time

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=s\r\nm=video 0 RTP/AVP 26\r\na=control:track1\r\n"


def rtp(seq, payload, stamp=None):
    """One interleaved RTP packet."""
    packet = struct.pack(">BBHII", 0x80, 26, seq & 0xffff, (stamp if stamp is not None else seq * 9000) & 0xffffffff,
                         77) + payload
    return b"$\0" + struct.pack(">H", len(packet)) + packet


def moving(n, begin=0):
    return b"".join(rtp(begin + i, b"picture %d" % (begin + i)) for i in range(n))


class Camera:
    """with Camera(answers) as c: one listening socket, a thread for each connection.

    answers: method -> (status, text of the body), or a function(camera, conn, request) that answers itself.
    """

    def __init__(self, answers=None, date=None, cseq=True, at=("127.0.0.1", 0)):
        self.answers = dict({"OPTIONS": (200, ""), "DESCRIBE": (200, SDP), "SETUP": (200, ""), "PLAY": (200, ""),
                             "TEARDOWN": (200, "")}, **(answers or {}))
        self.date, self.cseq = date, cseq
        self.asked, self.connections, self.ended = [], 0, threading.Event()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(at)
        self.listener.listen(8)
        self.url = "rtsp://%s:%d/live" % self.listener.getsockname()

    def __enter__(self):
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        for t in self.threads:
            t.join(5)
        self.listener.close()

    def methods(self):
        return [r.split(" ", 1)[0] for r in self.asked]

    def accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            t = threading.Thread(target=self.serve, args=(conn,), daemon=True)
            self.threads.append(t)
            t.start()

    def serve(self, conn):
        with conn:
            conn.settimeout(0.1)
            try:
                while self.answer_one(conn):
                    pass
            except OSError:
                pass

    def receive(self, conn):
        """One request; None when the other side is gone."""
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            try:
                byte = conn.recv(1)
            except socket.timeout:
                if self.ended.is_set():
                    return None
                continue
            if not byte:
                return None
            data += byte
        return data.decode()

    def answer_one(self, conn):
        request = self.receive(conn)
        if request is None:
            return False
        self.asked.append(request)
        answer = self.answers[request.split(" ", 1)[0]]
        if callable(answer):
            return answer(self, conn, request)
        conn.sendall(self.draw(request, *answer))
        return True

    def draw(self, request, status, body=""):
        lines = ["RTSP/1.0 %d Word" % status]
        for line in request.split("\r\n"):
            if self.cseq and line.lower().startswith("cseq:"):
                lines.append(line)
        if request.startswith("SETUP") and status == 200:
            lines += ["Session: abc;timeout=60", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"]
        if self.date:
            lines.append("Date: " + self.date)
        if body:
            lines.append("Content-Length: %d" % len(body))
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


# ---- ways to misbehave ----

def hang(camera, conn, request):
    """Never answer; wait until the other side gives up."""
    camera.receive(conn)
    return False


def say(data):
    """Answer with these bytes, then hang."""
    def misbehave(camera, conn, request):
        conn.sendall(data)
        return hang(camera, conn, request)
    return misbehave


def dribble(camera, conn, request):
    """A right answer, far too slowly."""
    for byte in camera.draw(request, 200):
        conn.sendall(bytes([byte]))
        if camera.ended.wait(0.2):
            break
    return False


def endless_headers(camera, conn, request):
    conn.settimeout(5)
    conn.sendall(b"RTSP/1.0 200 OK\r\n")
    while not camera.ended.is_set():
        conn.sendall(b"X-More: and more and more\r\n" * 100)
    return False


def stream(packets, every_s=0.05):
    """Answer PLAY, and send packets(i) each so often until the next question."""
    def play(camera, conn, request):
        i, conn_timeout = 0, 0.001
        conn.sendall(camera.draw(request, 200) + packets(0))
        conn.settimeout(conn_timeout)
        while not camera.ended.is_set():
            try:
                if not conn.recv(1, socket.MSG_PEEK):
                    return False
                break
            except socket.timeout:
                i += 1
                conn.settimeout(5)
                conn.sendall(packets(i))
                conn.settimeout(conn_timeout)
                time.sleep(every_s)
        conn.settimeout(5)
        conn.sendall(packets(i + 1))  # some are always on their way
        return True
    return play
