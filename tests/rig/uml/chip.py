# SPDX-License-Identifier: Apache-2.0
"""chip: a Pi's pins as gpio-sim plays them: drive what is an input to the node, look at what is an output."""

import collections
import os
import threading
import time

LABEL = "pinctrl-bcm2835"
LINES = 32
CONFIG = "/sys/kernel/config/gpio-sim/pi"
NAMES = {"mains": "GPIO17", "light": "GPIO27", "button": "GPIO22", "relay": "GPIO23", "heartbeat": "GPIO24"}


def _write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def _read(path):
    with open(path, encoding="ascii") as f:
        return f.read().strip()


class Line:
    """One pin."""

    def __init__(self, folder):
        # Kept open: a bounce of 5 kHz has no time to look for files.
        self.level_fd = os.open(os.path.join(folder, "value"), os.O_RDONLY)
        self.pull_fd = os.open(os.path.join(folder, "pull"), os.O_RDWR)

    def drive(self, high):
        os.pwrite(self.pull_fd, b"pull-up" if high else b"pull-down", 0)

    def drive_at_open(self, high, held, seconds=10):
        """Whoever requests the line biases it, as if nothing else drove it. Drive it again as soon as it is held."""
        end = time.monotonic() + seconds
        while not held():
            if time.monotonic() > end:
                raise TimeoutError("nobody requested the line")
            time.sleep(0.002)
        self.drive(high)

    def pulled_up(self):
        return os.pread(self.pull_fd, 16, 0).strip() == b"pull-up"

    def high(self):
        return os.pread(self.level_fd, 8, 0).strip() == b"1"


class Chip:
    """The one chip of this kernel; its lines by what they are for."""

    def __init__(self):
        bank = os.path.join(CONFIG, "bank0")
        for folder in (CONFIG, bank):
            os.mkdir(folder)
        _write(os.path.join(bank, "num_lines"), str(LINES))
        _write(os.path.join(bank, "label"), LABEL)
        for name in NAMES.values():
            folder = os.path.join(bank, f"line{name.removeprefix('GPIO')}")
            os.mkdir(folder)
            _write(os.path.join(folder, "name"), name)
        _write(os.path.join(CONFIG, "live"), "1")
        device = os.path.join("/sys/devices/platform", _read(os.path.join(CONFIG, "dev_name")),
                              _read(os.path.join(bank, "chip_name")))
        for wire, name in NAMES.items():
            setattr(self, wire, Line(os.path.join(device, f"sim_gpio{name.removeprefix('GPIO')}")))


Span = collections.namedtuple("Span", "high begin seconds")


class Sampler(threading.Thread):
    """Looks at a pin every few milliseconds from start to stop."""

    def __init__(self, line, every=0.01):
        super().__init__(daemon=True)
        self.line, self.every, self.samples, self.done = line, every, [], threading.Event()
        self.start()

    def run(self):
        while not self.done.is_set():
            self.samples.append((time.monotonic(), self.line.high()))
            self.done.wait(self.every)

    def stop(self):
        self.done.set()
        self.join()
        return self.samples

    def spans(self):
        """How long it stood at each level, the last span still going on."""
        changes, samples = [], list(self.samples)
        for at, high in samples:
            if not changes or changes[-1][1] != high:
                changes.append((at, high))
        ends = [at for at, _ in changes[1:]] + [samples[-1][0]]
        return [Span(high, at, end - at) for (at, high), end in zip(changes, ends)]


class Pulse(threading.Thread):
    """A camera's heartbeat: toggles a pin every so many seconds, from low, and notes when."""

    def __init__(self, line, every):
        super().__init__(daemon=True)
        self.line, self.every, self.edges, self.done = line, every, [], threading.Event()
        self.start()

    def run(self):
        while not self.done.wait(self.every):
            high = len(self.edges) % 2 == 0
            self.edges.append((time.monotonic(), high))
            self.line.drive(high)

    def stop(self):
        self.done.set()
        self.join()
        return self.edges


def bounce(line, hertz, seconds, high, chance):
    """A contact that chatters, and comes to rest high or low. Returns how long it took; a busy machine takes longer."""
    begun = following = time.monotonic()
    for i in range(int(2 * hertz * seconds)):
        line.drive(i % 2 == 1)
        following += chance.uniform(0.5, 1.5) / (2 * hertz)  # no contact keeps time
        while time.monotonic() < following:
            pass
    line.drive(high)
    return time.monotonic() - begun
