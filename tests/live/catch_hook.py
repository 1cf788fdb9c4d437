#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""catch_hook: a web-hook receiver on loopback for the demo and the live tests.

usage: catch_hook.py PORT FILE [--status CODE]

Answers CODE (200) to every POST and appends one JSON line for each to FILE:
{"at": seconds since 1970, "key": Idempotency-Key, "signature": ..., "body": the JSON it was sent}.
Says "ready" on standard output once it listens ("ready PORT" when PORT was 0).
"""

import argparse
import http.server
import json
import signal
import sys
import threading
import time

BODY_MAX = 1 << 20
writing = threading.Lock()


class Catcher(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self):
        at = time.time()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= BODY_MAX:
            self.answer(413)
            return
        text = self.rfile.read(length).decode("utf-8", "replace")
        try:
            body = json.loads(text)
        except ValueError:
            body = text
        self.keep({
            "at": at,
            "key": self.headers.get("Idempotency-Key"),
            "signature": self.headers.get("X-Matsang-Signature"),
            "body": body,
        })
        self.answer(self.server.status)

    def keep(self, line):
        with writing, open(self.server.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("file")
    parser.add_argument("--status", type=int, default=200)
    args = parser.parse_args()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", args.port), Catcher)
    server.daemon_threads = True
    server.path, server.status = args.file, args.status
    open(args.file, "a", encoding="utf-8").close()
    print("ready" if args.port else f"ready {server.server_port}", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
