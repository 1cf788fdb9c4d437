# SPDX-License-Identifier: Apache-2.0
"""guest SCRATCH BUILD PROGRAM WORD...: the first process inside the rig.

Runs PROGRAM BUILD WORD..., notes its status and switches off.
"""

import ctypes
import fcntl
import os
import struct
import subprocess
import sys

POWER_OFF = 0x4321FEDC  # reboot(2)
RNDADDENTROPY = 0x40085203  # random(4)


def mount(kind, where, options="rw"):
    subprocess.run(["mount", "-t", kind, "-o", options, "none", where], check=True)


def seed(scratch):
    """A guest without hardware has no chance of its own, and whoever needs a key would wait for ever."""
    with open(os.path.join(scratch, "seed"), "rb") as f:
        chance = f.read()
    with open("/dev/random", "wb") as f:
        fcntl.ioctl(f, RNDADDENTROPY, struct.pack("ii", 8 * len(chance), len(chance)) + chance)


def prepare(scratch):
    mount("proc", "/proc")
    mount("sysfs", "/sys")
    mount("configfs", "/sys/kernel/config")
    mount("devtmpfs", "/dev")
    mount("tmpfs", "/run")
    os.mkdir("/run/tmp")
    mount("hostfs", scratch, scratch)
    seed(scratch)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def main():
    scratch, build, program, *words = sys.argv[1:]
    os.environ.update(PATH="/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1",
                      TMPDIR="/run/tmp")
    status = 1
    try:
        prepare(scratch)
        status = subprocess.run([sys.executable, "-u", program, build, *words], check=False).returncode
    finally:
        with open(os.path.join(scratch, "status"), "w", encoding="ascii") as f:
            f.write(f"{status}\n")
        ctypes.CDLL(None).reboot(POWER_OFF)


if __name__ == "__main__":
    main()
