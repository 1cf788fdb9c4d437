#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""boot BUILD SECONDS PROGRAM [WORD...]: run PROGRAM (of this folder) inside User-Mode Linux, and end as it ends.

The guest sees this machine's files, but cannot write to them; what it may write is its own memory and one scratch
folder, which is gone afterwards. It has no network but the one it makes for itself.
"""

import os
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
KERNEL_SECONDS = 3600  # only when it has to be built first
MEMORY_MIB = 256


def guest_memory():
    """Where the guest's memory lives: a file without a name. In containers /dev/shm tends to be too small or noexec."""
    room = os.statvfs("/dev/shm") if os.path.isdir("/dev/shm") else None
    if room and room.f_bavail * room.f_frsize > MEMORY_MIB << 20 and not room.f_flag & os.ST_NOEXEC:
        return "/dev/shm"
    return tempfile.gettempdir()


def end(child):
    """The kernel and the processes that play its processors; all of them are in a session of their own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            pass


def run(kernel, build, seconds, program, words, scratch):
    with open(os.path.join(scratch, "seed"), "wb") as f:
        f.write(os.urandom(64))
    argv = [kernel, f"mem={MEMORY_MIB}M", "rootfstype=hostfs", "root=/dev/root", "rootflags=/", "ro", "quiet",
            "panic=-1", "console=tty0", "con=null", "con0=fd:0,fd:1", "ssl=null", f"uml_dir={scratch}", "umid=guest",
            "init=/usr/bin/python3", "--", "-Bu", os.path.join(HERE, "guest.py"), scratch, build,
            os.path.join(HERE, program), *words]
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, start_new_session=True,
                             env={"PATH": os.environ["PATH"], "TMPDIR": guest_memory()})
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        print(f"boot: {program} did not end within {seconds} s", file=sys.stderr)
    finally:
        end(child)
    try:
        with open(os.path.join(scratch, "status"), encoding="ascii") as f:
            return int(f.read())
    except (FileNotFoundError, ValueError):
        print(f"boot: the guest ended before {program} did", file=sys.stderr)
        return 1


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    build, seconds, program = os.path.abspath(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    made = subprocess.run([os.path.join(HERE, "kernel")], stdout=subprocess.PIPE, text=True, check=False,
                          timeout=KERNEL_SECONDS)
    if made.returncode != 0:
        return 1
    with tempfile.TemporaryDirectory(prefix="matsang-rig-") as scratch:
        return run(made.stdout.strip(), build, seconds, program, sys.argv[4:], scratch)


if __name__ == "__main__":
    sys.exit(main())
