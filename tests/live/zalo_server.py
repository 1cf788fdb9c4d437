# SPDX-License-Identifier: Apache-2.0
"""zalo_server: Zalo's Bot API as it is documented: sendMessage, and getUpdates as a long poll.

Each call is a POST of JSON to /bot<token>/<name>. An answer is {"ok": true, "result": ...} or {"ok": false,
"error_code": ..., "description": ...}; getUpdates gives one update, or error 408 when nothing came in time.
"""

import http.server
import json
import queue
import threading

CHARACTERS = 2000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        zalo = self.server.zalo
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        zalo.paths.append(self.path)
        if zalo.broken == "hang":
            zalo.over.wait(30)
            return
        if zalo.broken:
            self.answer(502, zalo.broken)
            return
        try:
            asked = json.loads(body)
        except ValueError:
            asked = None
        head, _, name = self.path.rpartition("/")
        if head != f"/bot{zalo.token}":
            self.refuse(401, "Unauthorized")
        elif self.headers.get("Content-Type") != "application/json" or not isinstance(asked, dict):
            self.refuse(400, "Bad request: no JSON")
        elif name == "sendMessage":
            self.send_message(zalo, asked)
        elif name == "getUpdates":
            self.get_updates(zalo, asked)
        else:
            self.refuse(404, "Not found")

    def send_message(self, zalo, asked):
        text = asked.get("text")
        if asked.get("chat_id") not in zalo.chats:
            self.refuse(400, "Bad request: chat not found")
        elif not isinstance(text, str) or not 1 <= len(text.encode("utf-16-le")) // 2 <= CHARACTERS:
            self.refuse(400, "Bad request: text must have 1 to 2000 characters")
        else:
            zalo.sent.append(asked)
            self.fine({"message_id": f"m{len(zalo.sent)}", "date": 1750316131602})

    def get_updates(self, zalo, asked):
        try:
            self.fine(zalo.updates.get(timeout=int(asked.get("timeout", 30))))
        except queue.Empty:
            self.refuse(408, "Request timeout")

    def fine(self, result):
        self.answer(200, json.dumps({"ok": True, "result": result}))

    def refuse(self, code, why):
        self.answer(200, json.dumps({"ok": False, "error_code": code, "description": why}))

    def answer(self, status, text):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Whoever does not trust us breaks off; that is the client's matter."""


class Zalo:
    def __init__(self, token, chats, context=None):
        """context, an ssl.SSLContext, makes it https."""
        self.token, self.chats, self.broken = token, chats, None  # broken: "hang", or what a bad gateway says
        self.sent, self.paths, self.updates, self.over = [], [], queue.Queue(), threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.zalo = self
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        self.url = f"{'https' if context else 'http'}://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wrote(self, chat, text, kind="PRIVATE"):
        self.updates.put({"event_name": "message.text.received", "message": {
            "from": {"id": "u" + chat, "display_name": "anh Bình", "is_bot": False},
            "chat": {"id": chat, "chat_type": kind}, "text": text,
            "message_id": "2d758cb5e222177a4e35", "date": 1750316131602}})

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
