#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""pi_test TREE PRESET SUITE: the node's arm64 build on an emulated Raspberry Pi 3B.

Builds the preset against the packages of Debian's suite, packs the node, the broker and `init` into an initrd, boots it, and judges by what the
console says: the lines are found by name on the board's own chip, the light is driven, the broker is spoken to
over TLS, and the node is as small as it has to be. Private memory is what the kernel counts as such: the broker
beside it shares libc and OpenSSL with it; where nobody did, all of its 8 MB would be its own.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BOOT_S = 180
USS_MAX, RSS_MAX = 2560, 10240  # KiB
POINT, KEY = "TT-07-03", "00112233445566778899aabbccddeeff"
SETTINGS = {
    "point": POINT, "brokers": ["127.0.0.1:8883"], "key_file": "/etc/matsang/key",
    "router": "", "outside": [], "cameras": [{"name": "cổng chợ", "address": "127.0.0.1"}],
    "gpio": {"chip": "pinctrl-bcm2835", "mains": "GPIO17", "light": "GPIO27"},
}


def configured(tree, preset, sysroot):
    """CMake remembers where it found libraries; what it found elsewhere is of no use."""
    try:
        with open(f"{tree}/build/{preset}/CMakeCache.txt", encoding="utf-8") as f:
            return sysroot in f.read()
    except FileNotFoundError:
        return False


def build(tree, preset, sysroot):
    if not configured(tree, preset, sysroot):
        subprocess.run(["cmake", "--fresh", "--preset", preset], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", preset], cwd=tree, check=True)
    return f"{tree}/build/{preset}"


def needed(path):
    """The shared libraries that an arm64 file asks for, the loader among them."""
    text = subprocess.run(["aarch64-linux-gnu-readelf", "-d", "-l", path], check=True, capture_output=True,
                          text=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text) + re.findall(r"interpreter: /lib/(.*)\]", text)


def copy_program(sysroot, root, program, folder="bin"):
    """A program (or plugin) and all libraries that it and they need."""
    shutil.copy(program, f"{root}/usr/{folder}")
    todo = needed(program)
    while todo:
        name = todo.pop()
        target = f"{root}/usr/lib/{name}" if name.startswith("ld-") else f"{root}/usr/lib/aarch64-linux-gnu/{name}"
        if not os.path.exists(target):
            source = f"{sysroot}/usr/lib/aarch64-linux-gnu/{name}"
            shutil.copy(source, target)
            todo += needed(source)


def put(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def make_initrd(tree, sysroot, built, path):
    with tempfile.TemporaryDirectory(prefix="matsang-pi-") as root:
        for d in ("usr/bin", "usr/lib/aarch64-linux-gnu", "usr/lib/matsang", "etc/matsang"):
            os.makedirs(f"{root}/{d}")
        for d in ("bin", "lib"):
            os.symlink(f"usr/{d}", f"{root}/{d}")
        shutil.copytree(f"{tree}/broker-config", f"{root}/broker-config")
        shutil.copy(f"{HERE}/init", root)
        copy_program(sysroot, root, f"{sysroot}/usr/bin/busybox")
        os.symlink("busybox", f"{root}/usr/bin/sh")
        copy_program(sysroot, root, f"{sysroot}/usr/sbin/mosquitto")
        copy_program(sysroot, root, f"{built}/node/matsang-node")
        copy_program(sysroot, root, f"{built}/broker-config/plugin/matsang_broker.so", "lib/matsang")
        put(f"{root}/etc/passwd", "root:x:0:0:root:/:/bin/sh\n")
        put(f"{root}/etc/matsang/node.jsonc", json.dumps(SETTINGS, ensure_ascii=False))
        put(f"{root}/etc/matsang/key", f"{KEY}\n", 0o600)
        put(f"{root}/etc/matsang/psk", f"{POINT}:{KEY}\n", 0o600)
        names = subprocess.run(["find", ".", "-print0"], cwd=root, check=True, capture_output=True).stdout
        with open(path, "wb") as out:
            subprocess.run(["cpio", "-0", "-o", "-H", "newc", "-R", "0:0", "--quiet"], cwd=root, check=True,
                           input=names, stdout=out)


def boot(sysroot, initrd, console):
    """Run the board until its script says that it is done; what the console said."""
    kernel = glob.glob(f"{sysroot}/boot/vmlinuz-*-arm64")[0]
    dtb = glob.glob(f"{sysroot}/usr/lib/linux-image-*-arm64/broadcom/bcm2837-rpi-3-b.dtb")[0]
    # The board never switches itself off: it ends with this program, or with setpriv's word.
    qemu = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "qemu-system-aarch64", "-M", "raspi3b", "-kernel", kernel, "-dtb", dtb,
         "-initrd", initrd, "-append", "console=ttyAMA0,115200 rdinit=/init panic=1 quiet", "-display", "none",
         "-monitor", "none", "-serial", f"file:{console}"], stdin=subprocess.DEVNULL)
    text, end = "", time.monotonic() + BOOT_S
    try:
        while "pi: done" not in text and time.monotonic() < end and qemu.poll() is None:
            time.sleep(0.5)
            if os.path.exists(console):
                with open(console, encoding="utf-8", errors="replace") as f:
                    text = f.read()
    finally:
        qemu.kill()
        qemu.wait()
    return text.replace("\r", "")


def said(text, word):
    return re.findall(rf"^pi: {word} (.*)$", text, re.M)


def judge(text):
    """What is wrong, a line each."""
    # Of five looks, two seconds apart, the third by size: now and then something is just being done.
    looks = {k: [int(v) for v in re.findall(rf"^pi: memory {k} (\d+)", text, re.M)]
             for k in ("Private_Clean", "Private_Dirty", "Rss", "Anonymous")}
    privates = [a + b for a, b in zip(looks["Private_Clean"], looks["Private_Dirty"])]
    middle = sorted(range(len(privates)), key=privates.__getitem__)[len(privates) // 2] if privates else None
    private, resident, anonymous = ((privates[middle], looks["Rss"][middle], looks["Anonymous"][middle])
                                    if privates else (0, 0, 0))
    print(f"private, five times: {privates}")
    light, mains, after = said(text, "light"), "".join(said(text, "mains")), "".join(said(text, "after"))
    print(f"light: {' '.join(light)}; mains: {mains}; light after the end: {after}")
    print(f"private {private} KiB (at most {USS_MAX}; {anonymous} of it in no file), resident {resident} KiB (at most {RSS_MAX}), TLS up")
    wants = {
        "the script came to its end": "pi: done" in text,
        "the chip is pinctrl-bcm2835": any("pinctrl-bcm2835" in c for c in said(text, "chip")),
        "GPIO17 is the node's, an input": re.search(r"\(GPIO17 \|matsang \) in ", mains),
        "an input that reads low is mains out": any("-> power" in m for m in said(text, "log")),
        "the light was on, then off": "hi lo" in " ".join(light),
        "the broker let it in": any("broker: connected" in m for m in said(text, "log")),
        "private memory": 0 < private <= USS_MAX,
        "resident memory": 0 < resident <= RSS_MAX,
        "it ended well": said(text, "ended") == ["0"],
        "the light is let go": re.search(r"\(GPIO27 ", after) and "matsang" not in after and "hi" not in after,
    }
    return [what for what, true in wants.items() if not true]


def main():
    tree, preset, suite = os.path.abspath(sys.argv[1]), *sys.argv[2:]
    sysroot = subprocess.run([f"{HERE}/sysroot.sh", suite], check=True, stdout=subprocess.PIPE,
                             text=True).stdout.strip()
    built = build(tree, preset, sysroot)
    with tempfile.TemporaryDirectory(prefix="matsang-pi-") as work:
        make_initrd(tree, sysroot, built, f"{work}/initrd")
        began = time.monotonic()
        text = boot(sysroot, f"{work}/initrd", f"{work}/console")
    print(f"the board ran {time.monotonic() - began:.0f} s")
    wrong = judge(text)
    if wrong:
        print(text[-8000:])
    for what in wrong:
        print(f"not so: {what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
