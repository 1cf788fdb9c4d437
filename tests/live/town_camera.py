#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""town_camera ADDRESS PORT: a camera of the town that streams; SIGUSR1 changes its password, and again back.

Says "ready", then each request that it was asked.
"""

import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from fake_camera import SDP, Camera, moving, stream  # noqa: E402


def main():
    camera = Camera({"PLAY": stream(lambda i: moving(2, 2 * i))}, at=(sys.argv[1], int(sys.argv[2])))
    locked = [False]

    def turn(*_):
        locked[0] = not locked[0]
        camera.answers["DESCRIBE"] = (401, "") if locked[0] else (200, SDP)
        print("locked" if locked[0] else "open", flush=True)

    signal.signal(signal.SIGUSR1, turn)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with camera:
        print("ready", flush=True)
        told = 0
        while True:
            time.sleep(0.05)
            for request in camera.asked[told:]:
                print(request.split(" ", 1)[0], flush=True)
                told += 1


if __name__ == "__main__":
    main()
