# SPDX-License-Identifier: Apache-2.0
"""ntfy_server: an ntfy server with one topic and one token: the real one where it is installed, else one that
speaks as its documentation has it (it is in Debian 13, not in Debian 12)."""

import http.server
import json
import os
import shutil
import subprocess
import threading
import urllib.request

from town import Process, free_port, wait_for

PROGRAM = shutil.which("ntfy", path="/usr/bin:/usr/sbin:/bin")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        ntfy = self.server.ntfy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Authorization") != f"Bearer {ntfy.token}":
            self.answer(403, {"code": 40301, "http": 403, "error": "forbidden",
                              "link": "https://ntfy.sh/docs/publish/#authentication"})
            return
        try:
            asked = json.loads(body)
            if self.path != "/" or not asked["topic"]:
                raise ValueError
        except (ValueError, KeyError):
            self.answer(400, {"code": 40024, "http": 400, "error": "invalid request: request body must be message JSON"})
            return
        message = {"id": f"id{len(ntfy.kept):010}", "time": 1778762580, "expires": 1778805780, "event": "message", **asked}
        ntfy.kept.append(message)
        self.answer(200, message)

    def answer(self, status, said):
        data = json.dumps(said).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Played:
    real = False

    def __init__(self, directory, topic):
        self.topic, self.token, self.kept = topic, "tk_" + "x" * 29, []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads, self.server.ntfy = True, self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def messages(self):
        return self.kept

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Real:
    real = True

    def __init__(self, directory, topic):
        self.topic, port = topic, free_port()
        self.url, path = f"http://127.0.0.1:{port}", os.path.join(directory, "ntfy.yml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f'base-url: "{self.url}"\nlisten-http: "127.0.0.1:{port}"\nauth-default-access: "deny-all"\n'
                    f'auth-file: "{directory}/ntfy-user.db"\ncache-file: "{directory}/ntfy-cache.db"\n')
        self.process = Process("ntfy", [PROGRAM, "serve", "--config", path], os.path.join(directory, "ntfy.log"))
        wait_for("ntfy", self.answers, 20)
        self.run(path, "user", "add", "matsang", env={"NTFY_PASSWORD": "mat-sang-1"})
        self.run(path, "access", "matsang", topic, "rw")
        said = self.run(path, "token", "add", "matsang")
        self.token = next(word for word in said.split() if word.startswith("tk_")).rstrip(",")

    def run(self, path, noun, *words, env=None):
        done = subprocess.run([PROGRAM, noun, "--config", path, *words], capture_output=True, text=True, timeout=30,
                              env={**os.environ, **(env or {})})
        if done.returncode != 0:
            raise RuntimeError(f"ntfy {noun}: {done.stderr}")
        return done.stdout + done.stderr

    def answers(self):
        try:
            with urllib.request.urlopen(self.url + "/v1/health", timeout=2) as r:
                return json.load(r)["healthy"]
        except OSError:
            return False

    def messages(self):
        request = urllib.request.Request(f"{self.url}/{self.topic}/json?poll=1&since=all",
                                         headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as r:
            return [json.loads(line) for line in r if line.strip()]

    def close(self):
        self.process.stop()


def ntfy(directory, topic):
    return (Real if PROGRAM else Played)(directory, topic)
