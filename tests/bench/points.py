# SPDX-License-Identifier: Apache-2.0
"""points: from the cut to the web hook: real nodes, broker and gateway over TLS-PSK, each house in namespaces.

Every point is alone on its transformer and with its provider; what they share is one hamlet, or the gateway would
rightly doubt itself when fifty of them fall silent everywhere at once. With a group window of 0 nothing is grouped
all the same, and the group hold is 0 and therefore in none of the figures. All else that decides when people are
told is as shipped.
"""

import os
import random
import signal
import struct
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../live"))
from measure import Hooks, percentile  # noqa: E402
from town import OFFICE, PORT, Town, wait_for  # noqa: E402

GASPS = 8885
SHIPPED = {"beat_s": 60, "mains_out_ms": 500, "probe_s": 10, "probe_fails": 3,  # of the node
           "grace_s": 10, "ask_s": 4, "camera_hold_s": 180}  # of the gateway
APART_S = 0.02  # what begins in the same millisecond is one incident even with a group window of 0
PAUSE_S = 0.35  # between two cuts of a kind that is told in milliseconds


class Rig(Town):
    """Houses of one hamlet that share nothing else; the gateway tells the web hook only."""

    def __init__(self, directory, build, n):
        share = [n // 4 + (k < n % 4) for k in range(4)]  # four places where the provider's lines end
        super().__init__(directory, build, [k for k in share if k],
                         {"beat_s": SHIPPED["beat_s"], "gasp": f"{OFFICE}:{GASPS}"},
                         {"group_hold_s": 0, "group_window_s": 0, "return_hold_s": 1, "again_hold_s": 0, "stable_hold_s": 0,
                          "gasp_listen": f"{OFFICE}:{GASPS}", "gasp_address": f"{OFFICE}:{GASPS}"})
        self.hooks = None

    def settings(self):
        s = super().settings()
        for p in s["points"]:
            p["provider"] = p["transformer"] = p["code"]
            p["hamlet"] = "AP"
        s["hamlets"] = [{"code": "AP", "name": "Ấp 1"}]
        del s["mails"]
        return s

    def all_up(self, houses):
        states = self.states()
        return all(states[h.code]["state"] == "up" for h in houses)

    def told(self, cuts, seconds, status="firing"):
        """{house: message}, the first for each house of cuts ({house: when}) after its cut."""
        def got():
            out = {}
            for h in self.hooks.new():
                code = h["body"]["commonLabels"]["point"]
                for house, at in cuts.items():
                    if house.code == code and h["at"] >= at and h["body"]["status"] == status:
                        out.setdefault(house, h)
            return out if len(out) == len(cuts) else None
        return wait_for(f"{len(cuts)} {status} messages", got, seconds)

    def all_well(self, houses, seconds, since):
        """The end of each was told, so that the next cut is a new story."""
        self.told({h: since for h in houses}, seconds, "resolved")
        wait_for("the points", lambda: self.all_up(houses), seconds)

    def silence(self, house, yes):
        """The provider's line swallows everything of one house, both ways, and nobody is told."""
        word, net = ("add" if yes else "del"), f"10.78.{house.index}.0/24"
        self.ip(self.hamlet_ns[house.hamlet], *(f"rule {word} pref 10 {way} {net} blackhole" for way in ("from", "to")))


class Result:
    """What one kind of cut gave."""

    def __init__(self, name, what, times, unit, goal=None, note=""):
        self.name, self.what, self.times, self.unit, self.goal, self.note = name, what, times, unit, goal, note

    def row(self):
        scale = 1000 if self.unit == "ms" else 1
        draw = [f"{percentile(self.times, p) * scale:.{1 if scale == 1000 else 2}f}" for p in (50, 99, 100)]
        return [self.name, str(len(self.times)), *draw, self.unit, self.goal or "-", self.verdict()]

    def verdict(self):
        return "" if not self.goal else "met" if self.met() else "MISSED"

    def met(self):
        """goal: "p50 10, p99 50" in the unit of the row."""
        scale = 1000 if self.unit == "ms" else 1
        return not self.goal or all(percentile(self.times, int(p[1:])) * scale <= float(most)
                                    for p, most in (part.split() for part in self.goal.split(", ")))


def check_alone(told):
    """Each message is about one point."""
    for h in told.values():
        if h["body"]["commonLabels"]["points"] != "1":
            raise RuntimeError(f"grouped, though nothing should be: {h['body']['commonLabels']}")


def causes(told):
    got = sorted({h["body"]["commonLabels"]["cause"] for h in told.values()})
    return f"told as {', '.join(got)}"


# ---- the cuts ----

def gasp(rig, houses):
    """Mains go, the box lives on; one house after the other."""
    times, all_told, begin = [], {}, time.time()
    for house in houses:
        time.sleep(PAUSE_S + random.random() / 4)
        cuts = {house: time.time()}
        house.wires("mains off")
        told = rig.told(cuts, 10)
        all_told.update(told)
        times.append(told[house]["at"] - cuts[house] - SHIPPED["mains_out_ms"] / 1000)
    check_alone(all_told)
    for house in houses:
        house.wires("mains on")
        time.sleep(APART_S)
    rig.all_well(houses, 60, begin)
    return [Result("mains edge, last gasp", "beyond the debounce of 500 ms", times, "ms", "p50 10, p99 50",
                   causes(all_told))]


def reset(rig, houses):
    """The node is killed: its kernel ends the connection, and the broker speaks its will."""
    cuts = {}
    for house in houses:
        time.sleep(random.random() / 4)
        cuts[house] = time.time()
        house.process.kill()
    told = rig.told(cuts, 60)
    check_alone(told)
    times = [told[h]["at"] - cuts[h] for h in houses]
    begin = time.time()
    for house in houses:
        house.process.start()
        time.sleep(APART_S)
    rig.all_well(houses, 120, begin)
    return [Result("connection reset", "", times, "s", None, causes(told)),
            Result("  beyond grace_s 10", "", [t - SHIPPED["grace_s"] for t in times], "ms")]


def silent(rig, houses):
    """The line swallows everything, at a moment that has nothing to do with the beats."""
    path = os.path.join(rig.dir, "questions.pcap")
    tcpdump = rig.run("tcpdump", ["tcpdump", "-i", "office", "-U", "-s", "96", "-w", path,
                                  f"tcp src port {PORT} and dst net 10.78.0.0/16"], rig.net_ns)
    wait_for("tcpdump", lambda: os.path.exists(path) and os.path.getsize(path) >= 24, 10)
    begin, cuts = time.time(), {}
    for house, at in zip(houses, sorted(random.uniform(0, SHIPPED["beat_s"]) for _ in houses)):
        time.sleep(max(0, begin + at - time.time()))
        cuts[house] = time.time()
        rig.silence(house, True)
    told = rig.told(cuts, 180)
    check_alone(told)
    tcpdump.signal(signal.SIGINT)
    tcpdump.child.wait(5)
    asked = asked_before(path, cuts, told)
    back = time.time()
    for house in houses:
        rig.silence(house, False)
        time.sleep(APART_S)
    rig.all_well(houses, 360, back)
    goal = f"p99 {SHIPPED['beat_s'] + 15}"
    return [Result("silent death, beats 60 s", "", [told[h]["at"] - cuts[h] for h in houses], "s", goal,
                   f"{causes(told)}; asked first: {len(asked)} of {len(houses)}"),
            Result("  question to message", "", list(asked.values()) or [0.0], "s", None, "ask_s 4")]


def said(path):
    """(when, address, bytes) of what the broker sent to a house, empty acknowledgements left out."""
    with open(path, "rb") as f:
        data = f.read()
    at = 24
    while at + 16 <= len(data):
        seconds, micros, kept, _ = struct.unpack_from("<IIII", data, at)
        ip = data[at + 16 + 14:at + 16 + kept]
        head = 4 * (ip[0] & 15)
        n = struct.unpack_from(">H", ip, 2)[0] - head - 4 * (ip[head + 12] >> 4)
        if n > 0:
            yield seconds + micros / 1e6, ".".join(map(str, ip[16:20])), n
        at += 16 + kept


def asked_before(path, cuts, told):
    """{house: seconds}: how long before the telling the first words went out to a house that had been cut."""
    out, by_address = {}, {h.node_ip: h for h in cuts}
    for at, address, _ in said(path):
        house = by_address.get(address)
        if house and house not in out and cuts[house] < at < told[house]["at"]:
            out[house] = told[house]["at"] - at
    return out


def camera_cut(houses):
    cuts = {}
    for house in houses:
        time.sleep(random.random() / 2.5)
        cuts[house] = time.time()
        house.camera(False)
    return cuts


def camera_told(rig, cuts):
    told = rig.told(cuts, SHIPPED["camera_hold_s"] + 90)
    check_alone(told)
    times = [told[h]["at"] - cuts[h] for h in cuts]
    return [Result("camera silent", "", times, "s", None, causes(told)),
            Result("  beyond camera_hold_s 180", "", [t - SHIPPED["camera_hold_s"] for t in times], "s", None,
                   "3 pings lost, one each 10 s")]


# ---- all of them ----

KINDS = {"gasp": gasp, "reset": reset, "silent": silent, "camera": None}


def measure(build, kinds, runs):
    """Results of these kinds of cut, each on `runs` houses; cameras wait beside the others."""
    first = [k for k in kinds if k != "camera"]
    groups = (len(first) > 0) + ("camera" in kinds)
    results = []
    with tempfile.TemporaryDirectory(prefix="matsang-detect-") as directory:
        rig = Rig(directory, build, groups * runs)
        rig.hooks = Hooks(rig.hooks_file)
        try:
            print(f"building {groups * runs} houses", flush=True)
            rig.up()
            wait_for("the points", lambda: rig.all_up(rig.houses), 120)
            time.sleep(20)  # verdicts told, first reports gone
            cuts = camera_cut(rig.houses[-runs:]) if "camera" in kinds else {}
            for kind in first:
                print(f"{kind}: {runs} cuts", flush=True)
                results += KINDS[kind](rig, rig.houses[:runs])
            if cuts:
                print("camera: waiting for the hold", flush=True)
                results += camera_told(rig, cuts)
        except BaseException:
            print(f"---- gateway\n{rig.log_tail('gateway', 40)}", file=sys.stderr)
            raise
        finally:
            rig.down()
    return results
