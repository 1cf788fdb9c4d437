# SPDX-License-Identifier: Apache-2.0
"""gpio_test BUILD, inside the rig: the node on the kernel's own GPIO, with real edges; each test is a sentence."""

import json
import os
import random
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "../../live"))
from chip import LABEL, NAMES, Chip, Pulse, Sampler, bounce  # noqa: E402
from town import ROOT, wait_for  # noqa: E402

BUILD = None
BROKER = "127.0.0.1:8883"
OUT, BACK = 0.5, 0.5  # debounce
LATE = 0.4  # what a busy machine may add
PACE = {"beat_s": 5, "probe_s": 1, "probe_timeout_ms": 300, "probe_fails": 3, "link_timeout_s": 2,
        "retry_min_ms": 200, "retry_max_ms": 1000, "mains_out_ms": int(OUT * 1000), "mains_back_ms": int(BACK * 1000)}
OPENSSL = {"OPENSSL_CONF": os.path.join(ROOT, "broker-config/openssl-node.cnf")}


def example():
    """The settings we ship; only what a house would have elsewhere is changed."""
    with open(os.path.join(ROOT, "node/example.jsonc"), encoding="utf-8") as f:
        return json.loads("".join(line for line in f if not line.lstrip().startswith("//")))


class Program:
    """A program whose every line is kept with the moment it came."""

    def __init__(self, argv, env=None):
        self.lines, self.child = [], subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                                      stderr=subprocess.STDOUT, text=True,
                                                      env={**os.environ, **(env or {})})
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.child.stdout:
            self.lines.append((time.monotonic(), line.rstrip("\n")))

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.reader.join()
        self.child.stdout.close()
        return self.child.returncode

    def text(self):
        return "\n".join(line for _, line in self.lines)


class Node(Program):
    """matsang-node with the shipped example's settings on the pins of this rig."""

    def __init__(self, folder, wires=None, **settings):
        self.path = os.path.join(folder, "node.jsonc")
        with open(os.path.join(folder, "key"), "w", encoding="ascii") as f:
            f.write(settings.pop("key", secrets.token_hex(32)) + "\n")
        base = example()
        with open(self.path, "w", encoding="utf-8") as f:
            json.dump({**base, **PACE, "brokers": [BROKER], "key_file": os.path.join(folder, "key"),
                       "state_dir": os.path.join(folder, "state"), **settings,
                       # Nobody plays their streams in here.
                       "cameras": [{k: c[k] for k in ("name", "address")} for c in base["cameras"]],
                       "gpio": {**base["gpio"], "body": "chip", "chip": LABEL, "relay": NAMES["relay"],
                                "button": NAMES["button"], "heartbeats": [NAMES["heartbeat"]], **(wires or {})}}, f)
        self.started = time.monotonic()
        super().__init__([os.path.join(BUILD, "node/matsang-node"), self.path], OPENSSL)

    def verdicts(self):
        found = ((at, re.search(r"verdict: .* -> (\S+) (\w+)", line)) for at, line in list(self.lines))
        return [(at, m[1], m[2]) for at, m in found if m]

    def verdict(self, cause, after=0.0, seconds=10):
        """When this became the verdict."""
        def became():
            return next((at for at, c, _ in self.verdicts() if c == cause and at >= after), None)
        return wait_for(f"the verdict {cause}", became, seconds)


class Wires(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chip = Chip()
        # The house's router and cameras, where the example has them.
        for words in ("netns add router", "link add house type veth peer name eth0 netns router",
                      "addr add 192.168.1.2/24 dev house", "link set house up", "-n router link set eth0 up",
                      *(f"-n router addr add 192.168.1.{n}/24 dev eth0" for n in (1, 20, 21))):
            subprocess.run(["ip", *words.split()], check=True)

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def node(self, mains=True, **settings):
        """A node that runs; mains: what drives its wire, None for nobody (a wire that is cut)."""
        wire = self.chip.mains
        wires = settings.get("wires") or {}
        wire.drive(not wires.get("mains_active_low", False))  # the bias will show that the line is held
        node = Node(self.folder, **settings)
        self.addCleanup(self.end, node)
        held = wire.pulled_up if wires.get("mains_active_low") else lambda: not wire.pulled_up()
        if mains is None:
            wait_for("the node to bias the line", held, 10)
        else:
            wire.drive_at_open(mains, held)
        wait_for("the node", lambda: "started, boot" in node.text(), 10)
        return node

    def broker(self):
        """A real one that knows the node; returns the key."""
        key, place = secrets.token_hex(32), os.path.join(self.folder, "broker")
        command = subprocess.run([os.path.join(ROOT, "broker-config/place"), place, *BROKER.split(":"),
                                  os.path.join(BUILD, "broker-config/plugin/matsang_broker.so")],
                                 capture_output=True, text=True, check=True).stdout
        with open(os.path.join(place, "psk"), "w", encoding="ascii") as f:
            f.write(f"{example()['point']}:{key}\n")
        self.addCleanup(Program(["sh", "-c", command]).stop)
        return key

    def end(self, node):
        self.assertFalse(self.chip.relay.high())  # nobody asked for it
        status = node.stop()
        print(f"---- node\n{node.text()}")
        self.assertEqual(status, 0)

    # ---- mains ----

    def test_a_cut_is_a_verdict_after_the_debounce_and_so_is_the_return(self):
        node = self.node()
        time.sleep(1)
        self.assertNotIn("power", [c for _, c, _ in node.verdicts()])
        cut = time.monotonic()
        self.chip.mains.drive(False)
        at = node.verdict("power")
        print(f"cut to verdict: {(at - cut) * 1000:.0f} ms, debounce {OUT * 1000:.0f} ms")
        self.assertGreaterEqual(at - cut, OUT - 0.02)
        self.assertLess(at - cut, OUT + LATE)
        self.assertEqual(node.verdicts()[-1][2], "confirmed")
        self.chip.mains.drive(True)
        back = time.monotonic()
        at = wait_for("another verdict", lambda: next((t for t, _, sure in node.verdicts()
                                                       if t > back and sure != "confirmed"), None), 10)
        self.assertGreaterEqual(at - back, BACK - 0.02)
        self.assertLess(at - back, BACK + LATE)

    def bounce(self, high, chance):
        seconds = bounce(self.chip.mains, 5000, 1, high, chance)
        print(f"bounce: 10000 edges in {seconds:.2f} s, {5000 / seconds:.0f} Hz")

    def test_a_bounce_at_5_khz_is_no_verdict_but_its_end_counts(self):
        out = 2 * OUT  # so that a machine which stands still for a moment in mid-bounce makes no cut
        node, chance = self.node(mains_out_ms=int(out * 1000)), random.Random(5000)
        time.sleep(0.5)
        self.bounce(True, chance)
        time.sleep(2 * out)
        self.assertNotIn("power", [c for _, c, _ in node.verdicts()])
        self.bounce(False, chance)
        rest = time.monotonic()
        at = node.verdict("power")
        print(f"bounce, then off: verdict after {(at - rest) * 1000:.0f} ms, debounce {out * 1000:.0f} ms")
        # Counted from the last rise that the kernel saw, which looks once a tick, and not from where it all began.
        self.assertGreaterEqual(at - rest, out - 0.2)
        self.assertLess(at - rest, out + LATE)

    def test_a_dip_shorter_than_the_debounce_is_no_verdict(self):
        node = self.node()
        time.sleep(0.5)
        self.chip.mains.drive(False)
        time.sleep(OUT / 2)
        self.chip.mains.drive(True)
        time.sleep(2 * OUT)
        self.assertNotIn("power", [c for _, c, _ in node.verdicts()])

    def test_a_line_stuck_low_is_no_mains_without_one_edge(self):
        node = self.node(mains=False)
        at = node.verdict("power")
        self.assertGreaterEqual(at - node.started, OUT)
        time.sleep(1)
        self.assertEqual([c for _, c, _ in node.verdicts() if c == "power"], ["power"])

    def test_a_line_stuck_high_is_mains_whatever_else_fails(self):
        node = self.node(mains=True)
        node.verdict("line")
        self.assertNotIn("power", [c for _, c, _ in node.verdicts()])

    def test_an_open_wire_reads_no_mains(self):
        node = self.node(mains=None)
        node.verdict("power")
        self.assertFalse(self.chip.mains.high())

    def test_an_open_wire_reads_no_mains_where_low_means_mains(self):
        node = self.node(mains=None, wires={"mains_active_low": True})
        node.verdict("power")
        self.assertTrue(self.chip.mains.high())

    def test_a_line_that_does_not_exist_is_named_and_ends_with_3(self):
        node = Node(self.folder, wires={"mains": "GPIO99"})
        self.assertEqual(node.child.wait(10), 3)
        node.stop()
        self.assertEqual(node.text(), f'matsang-node: mains: no line "GPIO99" on a chip {LABEL}; '
                                      "`gpioinfo` lists what there is")

    def test_a_line_that_another_holds_is_named_with_the_other(self):
        self.node()
        second = Node(self.enterContext(tempfile.TemporaryDirectory()))
        self.assertEqual(second.child.wait(10), 1)
        second.stop()
        self.assertIn('mains: line "GPIO17" is held by "matsang"', second.text())

    # ---- the light ----

    def regular(self, spans, on, off):
        """Whole spans. The middle one is held to the pattern; a busy machine may delay some."""
        for want, high in ((on, True), (off, False)):
            lengths = [s.seconds for s in spans if s.high == high]
            self.assertGreaterEqual(len(lengths), 2)
            middle = statistics.median(lengths)
            print(f"light {'on' if high else 'off'}: {len(lengths)} spans of {min(lengths):.3f} to "
                  f"{max(lengths):.3f} s, median {middle:.3f}, should be {want}")
            self.assertAlmostEqual(middle, want, delta=0.03)
            for length in lengths:
                self.assertAlmostEqual(length, want, delta=0.4 * want)

    def watch(self, seconds):
        """The whole spans of the light from now on."""
        sampler = Sampler(self.chip.light)
        time.sleep(seconds)
        sampler.stop()
        return sampler.spans()[1:-1]

    def test_the_light_is_on_for_two_seconds_at_start_then_slow_without_a_broker(self):
        sampler = Sampler(self.chip.light)
        self.node()
        time.sleep(8.2)
        sampler.stop()
        spans = sampler.spans()
        self.assertFalse(spans[0].high)
        # 2 s of test, less what the node takes to start; and "slow" begins with its second of light.
        print(f"light at start: on for {spans[1].seconds:.3f} s, should be 3")
        self.assertGreater(spans[1].seconds, 2.2)
        self.assertLess(spans[1].seconds, 3.1)
        self.regular(spans[2:-1], 1, 1)

    def test_the_light_is_slow_in_a_power_cut(self):
        node = self.node()
        time.sleep(2.5)
        self.chip.mains.drive(False)
        node.verdict("power")
        self.regular(self.watch(6.5), 1, 1)

    def test_the_light_is_fast_when_the_router_is_off(self):
        node = self.node()
        node.verdict("line")  # the router answers; a board this young does not blame the provider yet
        subprocess.run(["ip", "-n", "router", "link", "set", "eth0", "down"], check=True)
        try:
            node.verdict("router")
            self.regular(self.watch(4), 0.25, 0.25)
        finally:
            subprocess.run(["ip", "-n", "router", "link", "set", "eth0", "up"], check=True)

    def test_the_light_is_steady_when_all_is_well(self):
        node = self.node(key=self.broker(), link_timeout_s=600)  # there is no gateway, and so long it may be away
        node.verdict("none")
        time.sleep(2)
        sampler = Sampler(self.chip.light)
        time.sleep(4)
        self.assertTrue(all(high for _, high in sampler.stop()))

    def test_a_device_that_the_broker_does_not_know_flashes_twice(self):
        self.broker()
        node = self.node(key=secrets.token_hex(32))
        wait_for("the refusal", lambda: "knows us not" in node.text(), 20)
        spans = self.watch(9.5)
        lengths = {"on": [s.seconds for s in spans if s.high],
                   "between": [s.seconds for s in spans if not s.high and s.seconds < 0.85],
                   "after": [s.seconds for s in spans if not s.high and s.seconds >= 0.85]}
        for name, want in (("on", 0.15), ("between", 0.2), ("after", 1.5)):
            middle = statistics.median(lengths[name])
            print(f"light {name}: {len(lengths[name])} spans, median {middle:.3f} s, should be {want}")
            self.assertAlmostEqual(middle, want, delta=0.03)
        self.assertLessEqual(abs(len(lengths["between"]) - len(lengths["after"])), 1)

    # ---- heartbeats ----

    def test_a_heartbeat_that_stops_is_a_camera_that_stopped(self):
        node, still = self.node(key=self.broker(), heartbeat_s=2, link_timeout_s=600), 2
        pulse = Pulse(self.chip.heartbeat, 0.2)
        node.verdict("none")
        time.sleep(1.5 * still)
        self.assertEqual(node.verdicts()[-1][1], "none")
        last = pulse.stop()[-1][0]
        at = node.verdict("camera")
        print(f"last heartbeat to verdict: {(at - last) * 1000:.0f} ms, should be {still * 1000}")
        self.assertGreaterEqual(at - last, still - 0.02)
        self.assertLess(at - last, still + LATE)
        pulse = Pulse(self.chip.heartbeat, 0.2)
        node.verdict("none", after=at)
        pulse.stop()

    # One level lower: what hw/gpio.h tells.

    def edges(self):
        program = Program([os.path.join(BUILD, "tests/rig/uml/edges"), NAMES["heartbeat"]])
        self.addCleanup(program.stop)
        self.chip.heartbeat.drive(False)
        wait_for("the line to be opened", lambda: program.lines, 10)
        return program

    def told(self, program):
        """[(on, stamp, when read)] in seconds of the guest's clock, which is the kernel's for stamps."""
        words = [line.split() for _, line in program.lines if line.startswith("edge ")]
        return [(w[2] == "on", int(w[3]) / 1000, int(w[4]) / 1000) for w in words]

    def test_heartbeats_arrive_in_order_and_with_the_kernels_time(self):
        program = self.edges()
        pulse = Pulse(self.chip.heartbeat, 0.05)
        time.sleep(1)
        program.child.send_signal(signal.SIGSTOP)  # read late, stamped in time
        time.sleep(0.4)
        program.child.send_signal(signal.SIGCONT)
        time.sleep(1)
        driven = pulse.stop()
        wait_for("every edge", lambda: len(self.told(program)) >= len(driven), 5)
        told = self.told(program)
        self.assertEqual([on for on, _, _ in told], [high for _, high in driven])
        late = [at - drove for (_, at, _), (drove, _) in zip(told, driven)]
        waited = max(read - at for _, at, read in told)
        print(f"heartbeat: {len(told)} edges, stamped {min(late) * 1000:.0f} to {max(late) * 1000:.0f} ms after the "
              f"pin moved, read up to {waited * 1000:.0f} ms later")
        self.assertEqual([at for _, at, _ in told], sorted(at for _, at, _ in told))
        self.assertGreater(min(late), -0.005)
        self.assertLess(max(late), 0.05)
        self.assertGreater(waited, 0.2)

    def test_an_overflow_of_the_kernels_buffer_ends_with_the_true_level(self):
        program = self.edges()
        program.child.send_signal(signal.SIGSTOP)
        pulse = Pulse(self.chip.heartbeat, 0.03)
        wait_for("more edges than the kernel keeps", lambda: len(pulse.edges) >= 41, 10)
        driven = pulse.stop()
        self.chip.heartbeat.drive(True)  # the 16th edge, the last that is kept, was a falling one
        time.sleep(0.1)
        program.child.send_signal(signal.SIGCONT)
        wait_for("the burst", lambda: self.told(program) and program.lines[-1][1].startswith("level"), 5)
        told = self.told(program)
        print(f"overflow: {len(driven)} edges, {len(told)} kept; the last one told as {told[-1][0]}")
        self.assertEqual(len(told), 16)
        self.assertEqual([on for on, _, _ in told[:-1]], [high for _, high in driven[:15]])
        self.assertTrue(told[-1][0])
        self.assertEqual(program.lines[-1][1], "level 0 on")


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main(verbosity=2)
