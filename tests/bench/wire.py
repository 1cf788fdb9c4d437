#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""wire BUILD [MINUTES]: what a node costs a month, counted where the provider's meter would stand.

Two houses, beats each 60 s and each 75 s, default settings otherwise. Every IPv4 packet on the house router's
uplink counts with its total length, both ways, TLS and TCP included, TCP time stamps off. A month is 30 days:
the calm minutes scaled up, 2 connects a day, 300 news.
"""

import os
import signal
import struct
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../live"))
from town import Town, end_in_order, wait_for  # noqa: E402

MONTH_S, CONNECTS, NEWS = 30 * 86400, 60, 300
LIMITS = {60: 5.5e6, 75: 4.4e6}


def packets(path):
    """(time, IPv4 total length, protocol) of each packet in a pcap file."""
    with open(path, "rb") as f:
        data = f.read()
    at, out = 24, []
    while at + 16 <= len(data):
        seconds, micros, kept, _ = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + kept]
        if frame[12:14] == b"\x08\x00":
            out.append((seconds + micros / 1e6, struct.unpack_from(">H", frame, 16)[0], frame[23]))
        at += 16 + kept
    return out


def spent(caught, begin, end):
    return sum(n for t, n, _ in caught if begin <= t < end)


def capture(town, house):
    path = os.path.join(town.dir, f"{house.code}.pcap")
    tcpdump = town.run(f"tcpdump-{house.code}", ["tcpdump", "-i", "eth0", "-U", "-s", "96", "-w", path, "ip"],
                       house.router_ns)
    wait_for("tcpdump", lambda: os.path.exists(path) and os.path.getsize(path) >= 24, 10)
    return path, tcpdump


def main():
    end_in_order()
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory(prefix="matsang-wire-") as directory:
        town = Town(directory, sys.argv[1], [1, 1], {}, {"group_hold_s": 0})
        town.houses[0].pace, town.houses[1].pace = {"beat_s": 60}, {"beat_s": 75}
        start, caught = Captures(town), {}
        try:
            town.up()
            wait_for("both points", lambda: all(p["contact"] == "up" for p in town.states().values()), 60)
            time.sleep(60)  # connected, first verdict told, first beats at their pace
            begin = time.time()
            print(f"counting {minutes:g} calm minutes", flush=True)
            rows = town.cli("status")["store"]["rows"]
            time.sleep(minutes * 60)
            end = time.time()
            if town.cli("status")["store"]["rows"] != rows:
                print("it was not calm: something changed meanwhile, and its bytes count below")
                for house in town.houses:
                    print(town.log_tail(house.code))
            for i in range(5):  # ten news, spaced so that none shares a packet
                for words in ("mains off", "mains on"):
                    for house in town.houses:
                        house.wires(words)
                    time.sleep(4)
            news_end = time.time()
            own = {house.code: own_count(town, house) for house in town.houses}
            for path, tcpdump in start.captures:
                tcpdump.signal(signal.SIGINT)
                tcpdump.child.wait(5)
            for house, (path, _) in zip(town.houses, start.captures):
                caught[house.code] = packets(path)
        finally:
            town.down()
    return report(town, caught, begin, end, news_end, own)


def own_count(town, house):
    """What the node itself says that it cost so far, and when it said so."""
    town.cli("ask", house.code, "report")
    said = wait_for("the report", lambda: (town.cli("point", house.code).get("report") or {}).get("bytes"), 20)
    return said["since_start"], time.time()


class Captures:
    """Starts a capture just before each node, so that its whole connect is in it."""

    def __init__(self, town):
        self.captures = []
        for house in town.houses:
            self.wrap(town, house)

    def wrap(self, town, house):
        begin = house.start

        def start():
            self.captures.append(capture(town, house))
            begin()
        house.start = start


def report(town, caught, begin, end, news_end, own):
    wrong = 0
    print(f"{'beat':>5} {'packets':>8} {'calm B':>8} {'B/beat':>7} {'connect B':>10} {'B/news':>7} "
          f"{'month MB':>9} {'limit':>6} {'own count':>10}")
    for house in town.houses:
        seen, beat = caught[house.code], house.pace["beat_s"]
        calm = spent(seen, begin, end)
        connect = sum(n for t, n, _ in seen if t < seen[0][0] + 10)
        beats = (end - begin) / beat
        news = (spent(seen, end, news_end) - calm / (end - begin) * (news_end - end)) / 10
        month = calm * MONTH_S / (end - begin) + connect * CONNECTS + news * NEWS
        print(f"{beat:>4}s {sum(begin <= t < end for t, _, _ in seen):>8} {calm:>8} {calm / beats:>7.1f} "
              f"{connect:>10} {news:>7.0f} {month / 1e6:>9.2f} {LIMITS[beat] / 1e6:>6.1f} "
              f"{100 * own[house.code][0] / spent(seen, 0, own[house.code][1]):>8.1f} %")
        wrong += month > LIMITS[beat]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
