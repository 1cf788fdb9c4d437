#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""demo BUILD [--once]: twelve points in three hamlets on this machine, and three things that go wrong.

Real nodes, broker, gateway, pings, cuts and cameras, each house in network namespaces of its own. Time
runs faster than in a commune: beats each 5 s instead of 60, holds of seconds instead of minutes.
--once plays the events once and exits 0 only if every expected alert arrived, once, and the ledger
verifies.
"""

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from town import Town, end_in_order, wait_for  # noqa: E402

NODE_PACE = {"beat_s": 5, "probe_s": 1, "probe_timeout_ms": 500, "probe_fails": 3, "mains_out_ms": 300,
             "mains_back_ms": 500, "link_timeout_s": 5, "retry_min_ms": 300, "retry_max_ms": 2000}
GATEWAY_PACE = {"grace_s": 2, "ask_s": 2, "sight_s": 5, "group_hold_s": 3, "group_window_s": 20,
                "camera_hold_s": 3, "return_hold_s": 4, "again_hold_s": 0, "stable_hold_s": 0, "step_s": 5}


class Play:
    def __init__(self, town):
        self.town, self.began, self.wrong = town, time.monotonic(), []

    def say(self, words):
        print(f"{time.monotonic() - self.began:6.1f} s  {words}", flush=True)

    def hooks(self, what, cause):
        """Web hooks of one kind, in the order they came."""
        return [h for h in self.town.caught(self.town.hooks_file)
                if h["body"]["status"] == what and h["body"]["commonLabels"]["cause"] == cause]

    def mails(self):
        return self.town.caught(self.town.mails_file)

    def all_up(self):
        states = self.town.states()
        return states if all(p["state"] == "up" for p in states.values()) else None

    def expect_alert(self, what, causes, seconds):
        """One more web hook and one more mail than before."""
        before, mails = self.before
        def come():
            now = self.town.caught(self.town.hooks_file)
            return now if len(now) > before and len(self.mails()) > mails else None
        try:
            hook = wait_for(f"the {what} alert", come, seconds)[before]["body"]
        except TimeoutError as e:
            self.wrong.append(str(e))
            self.say(f"MISSING: {e}")
            return
        cause = hook["commonLabels"]["cause"]
        if hook["status"] != what or cause not in causes:
            self.wrong.append(f"expected {what} {causes}, got {hook['status']} {cause}")
        self.say(f"alert ({what}) at the web hook and by mail: {hook['commonAnnotations']['summary']}")
        for line in hook["commonAnnotations"]["description"].splitlines():
            print(f"           | {line}")

    def mark(self):
        self.before = (len(self.town.caught(self.town.hooks_file)), len(self.mails()))

    def event(self, words, begin, end, causes, seconds=30):
        self.say(f"** {words}")
        self.mark()
        begin()
        self.expect_alert("firing", causes, seconds)
        time.sleep(4)  # so that the outage is wide enough to be seen in the graph
        self.say("** and it comes back")
        self.mark()
        end()
        self.expect_alert("resolved", causes, seconds)

    def events(self):
        town = self.town
        house, eye = town.houses[1], town.houses[-1]

        def power(on):
            house.wires("mains on" if on else "mains off")
            house.camera(on)

        self.event(f"{house.code}: the house loses power; node and router run on their UPS",
                   lambda: power(False), lambda: power(True), {"power"})
        self.event(f"{Town.HAMLETS[1]}: the whole hamlet loses its line",
                   lambda: town.hamlet_line(1, False), lambda: town.hamlet_line(1, True),
                   {"line", "provider", "open"})
        self.event(f"{eye.code}: the camera dies", lambda: eye.camera(False), lambda: eye.camera(True),
                   {"camera"})

    def check_once(self):
        """Every alert once: six messages on each of two routes, and a ledger that verifies."""
        time.sleep(5)  # a message too many would have come by now
        hooks, mails = self.town.caught(self.town.hooks_file), self.mails()
        keys = [h["key"] for h in hooks]
        if len(hooks) != 6 or len(set(keys)) != 6:
            self.wrong.append(f"6 web hooks expected, {len(hooks)} came ({len(set(keys))} different)")
        if len(mails) != 6:
            self.wrong.append(f"6 mails expected, {len(mails)} came")
        verified = self.town.cli("verify", check=False)
        if not verified.get("ok"):
            self.wrong.append(f"the ledger does not verify: {verified}")
        self.say(f"web hooks {len(hooks)}, mails {len(mails)}, ledger rows verified {verified.get('rows')}")


def prepare(play):
    town = play.town
    play.say("making houses, cameras, lines and an office in network namespaces")
    town.up()
    play.say(f"page      http://127.0.0.1:{town.page_port}/")
    play.say(f"sign in   truc / {town.page_password}")
    play.say(f"command   {town.program('gateway/matsang')} --socket {town.socket} status")
    wait_for("all points to be up", play.all_up, 30)
    play.say(f"{len(town.houses)} points in {len(town.points)} hamlets are up")


def keep_going(play):
    play.say("the page stays; the events begin again every two minutes; Ctrl-C ends it")
    while True:
        time.sleep(120)
        play.events()


def main():
    once = "--once" in sys.argv[2:]
    end_in_order()
    with tempfile.TemporaryDirectory(prefix="matsang-demo-") as directory:
        town = Town(directory, sys.argv[1], [4, 4, 4], NODE_PACE, GATEWAY_PACE)
        play = Play(town)
        try:
            prepare(play)
            play.events()
            if once:
                play.check_once()
            else:
                keep_going(play)
        except (TimeoutError, RuntimeError) as e:
            play.wrong.append(str(e))
        except KeyboardInterrupt:
            print()
        finally:
            for w in play.wrong:
                print(f"WRONG: {w}", file=sys.stderr)
            if play.wrong:
                for name in ("gateway", "broker", town.houses[0].code, "catch_hook", "catch_mail"):
                    print(f"---- {name}\n{town.log_tail(name)}", file=sys.stderr)
            town.down()
    if once and not play.wrong:
        print(f"all expected alerts arrived, once, in {time.monotonic() - play.began:.0f} s")
    return 1 if play.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
