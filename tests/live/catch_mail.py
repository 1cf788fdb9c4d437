#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""catch_mail: a mail server on loopback for the demo and the live tests; keeps mail, passes none on.

usage: catch_mail.py PORT FILE

Appends one JSON line for each mail to FILE:
{"at": seconds since 1970, "from": ..., "to": [...], "id": Message-ID, "subject": ..., "text": ...}.
Says "ready" on standard output once it listens ("ready PORT" when PORT was 0).
"""

import argparse
import asyncio
import email
import email.policy
import json
import signal
import sys
import time

from aiosmtpd.smtp import SMTP


class Catcher:
    def __init__(self, path):
        self.path = path

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = mail.get_body(preferencelist=("plain",))
        line = {
            "at": time.time(),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "id": mail["Message-ID"],
            "subject": mail["Subject"],
            "text": body.get_content().replace("\r\n", "\n") if body else "",
        }
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return "250 kept"


async def serve(port, path):
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)

    catcher = Catcher(path)
    # The name is given, else it is looked up: that may take seconds.
    server = await loop.create_server(lambda: SMTP(catcher, hostname="localhost", loop=loop),
                                      "127.0.0.1", port)
    open(path, "a", encoding="utf-8").close()
    print("ready" if port else f"ready {server.sockets[0].getsockname()[1]}", flush=True)
    await over.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("file")
    args = parser.parse_args()
    asyncio.run(serve(args.port, args.file))
    return 0


if __name__ == "__main__":
    sys.exit(main())
