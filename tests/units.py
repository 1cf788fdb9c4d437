#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""units: what is installed is a whole that systemd accepts, narrow enough, and says what the pages say.

units.py ROOT BUILD
"""
import glob
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile

EXPOSURE = {"matsang-node.service": 25, "matsang-gateway.service": 30}  # tenths
SYSTEMD = "usr/lib/systemd/system"
wrong = []


def check(true, what):
    if not true:
        wrong.append(what)


def call(*argv, env=None):
    return subprocess.run(argv, capture_output=True, text=True, env=None if env is None else {**os.environ, **env})


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def unit(path):
    """key -> list of values; sections do not matter here."""
    out = {}
    for line in read(path).splitlines():
        key, eq, value = line.partition("=")
        if eq and not line.startswith("#"):
            out.setdefault(key, []).append(value)
    return out


def install(build, tree):
    done = call("cmake", "--install", build, "--prefix", "/usr", env={"DESTDIR": tree})
    if done.returncode != 0:
        sys.exit("units: " + done.stderr)
    for path in ("usr/sbin/matsang-node", "usr/sbin/matsang-gateway", "usr/sbin/matsang-draw", "usr/bin/matsang",
                 "usr/lib/sysusers.d/matsang-node.conf", "usr/lib/tmpfiles.d/matsang.conf", "etc/matsang/broker/acl",
                 "usr/share/man/man8/matsang-node.8", "usr/share/man/man5/matsang-gateway.jsonc.5",
                 "usr/share/matsang/hw/overlay.dts", "usr/share/matsang/examples/node.jsonc"):
        check(os.path.isfile(os.path.join(tree, path)), f"not installed: {path}")


# ---- systemd ----


def verify(tree):
    """As on a machine that has the system's own targets and the broker's unit."""
    for path in glob.glob(f"/{SYSTEMD}/*.target") + [f"/{SYSTEMD}/mosquitto.service"]:
        if os.path.exists(path):
            shutil.copy(path, os.path.join(tree, SYSTEMD))
    for path in ("usr/sbin/mosquitto", "bin/mkdir", "bin/chown"):  # what Debian's unit of the broker starts
        os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
        shutil.copy("/bin/true", os.path.join(tree, path))
    for name in [*EXPOSURE, "matsang-node-stuck.service"]:
        said = call("systemd-analyze", f"--root={tree}", "--man=no", "verify", name)
        check(said.returncode == 0 and not said.stderr, f"systemd-analyze verify {name}: {said.stderr.strip()}")


def exposure(tree):
    for name, most in EXPOSURE.items():
        said = call("systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={most}",
                    os.path.join(tree, SYSTEMD, name))
        level = re.search(r"exposure level for \S+: (\S+)", said.stdout)
        check(said.returncode == 0 and level, f"{name}: exposure above {most / 10}: {said.stdout[-120:]}{said.stderr}")
        print(f"units: {name}: exposure {level[1] if level else '?'} (at most {most / 10})")


def users(tree):
    os.makedirs(os.path.join(tree, "etc"), exist_ok=True)
    said = call("systemd-sysusers", f"--root={tree}")
    check(said.returncode == 0, f"systemd-sysusers: {said.stderr.strip()}")
    groups = {line.split(":")[0] for line in read(os.path.join(tree, "etc/group")).splitlines()}
    for name in EXPOSURE:
        u = unit(os.path.join(tree, SYSTEMD, name))
        for g in u["Group"] + u["SupplementaryGroups"]:
            check(g in groups | {"mosquitto"}, f"{name}: nobody makes the group {g}")
    rule = read(os.path.join(tree, "usr/lib/tmpfiles.d/matsang.conf"))
    check(re.search(r"^d /etc/matsang 1771 root matsang -$", rule, re.M), "tmpfiles: /etc/matsang")


# ---- the same words everywhere ----


def examples(tree):
    """A drop-in says itself where it goes."""
    for name, section in (("watchdog", "[Manager]"), ("journal", "[Journal]")):
        text = read(os.path.join(tree, f"usr/share/matsang/examples/matsang-{name}.conf"))
        check("/etc/systemd/" in text and section in text.splitlines(), f"matsang-{name}.conf: where does it go?")


def agree(root, tree):
    for part, unit_name in (("node", "matsang-node.service"), ("gateway", "matsang-gateway.service")):
        u = unit(os.path.join(tree, SYSTEMD, unit_name))
        page = read(os.path.join(root, f"{part}/matsang-{part}.8.scd"))
        for key in ("ExecStartPre", "ExecStart", "ExecStopPost"):
            for command in u.get(key, []):
                words = command.lstrip("-+").split()
                check(os.access(tree + words[0], os.X_OK), f"{unit_name}: {key}: {words[0]} is not installed")
                for word in words[1:]:
                    if word.startswith("/"):
                        check(f"_{word}_" in page, f"{unit_name}: {word} is not in matsang-{part}(8)")
        conf = u["Environment"][0].removeprefix("OPENSSL_CONF=")
        check(os.path.isfile(tree + conf), f"{unit_name}: {conf} is not installed")
        check("/var/lib/" + u["StateDirectory"][0] == "/var/lib/matsang", f"{unit_name}: StateDirectory")
        settings = read(os.path.join(root, f"{part}/settings.c"))
        check('.def_text = "/var/lib/matsang"' in settings, f"{part}/settings.c: state_dir is not the unit's StateDirectory")
        check(u["Type"] == ["notify"] and u["Restart"] == ["always"] and "WatchdogSec" in u, f"{unit_name}: is not watched")
        readme = read(os.path.join(root, "README.md"))
        for word in (f"/etc/matsang/{part}.jsonc", unit_name.removesuffix(".service")):
            check(word in readme, f"README.md: no word of {word}")
    node = unit(os.path.join(tree, SYSTEMD, "matsang-node.service"))
    check(node["WatchdogSec"] == ["30"] and "StartLimitAction" not in node, "matsang-node.service: watchdog")
    check(node["DeviceAllow"] == ["char-gpiochip rw"], "matsang-node.service: pins")
    for never in ("PrivateDevices", "ProtectClock", "ProcSubset"):
        check(never not in node, f"matsang-node.service: {never} takes from it what it works with")


# ---- the two scripts, with the rest of the machine made up ----


def fake(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n" + text + "\n")
    os.chmod(path, 0o755)


def ping_right(tree, folder):
    fake(folder, "id", "echo 970")
    kernel = os.path.join(folder, "range")
    for before, after in (("1\t0", "970 970"), ("0\t2147483647", "0\t2147483647"), ("1000\t1000", "1000\t1000"),
                          ("970\t970", "970\t970")):
        with open(kernel, "w", encoding="ascii") as f:
            f.write(before + "\n")
        done = call(f"{tree}/usr/lib/matsang/ping-right", kernel, env={"PATH": f"{folder}:/usr/bin:/bin"})
        check(done.returncode == 0 and read(kernel).strip() == after, f"ping-right: {before} became {read(kernel).strip()}")
        check(("leaves out" in done.stderr) == (before == "1000\t1000"), f"ping-right: {before}: {done.stderr}")


def stuck(tree, folder):
    fake(folder, "systemctl", 'echo "$@" >> "$SAID"')
    said, uptime = os.path.join(folder, "said"), os.path.join(folder, "uptime")
    on = "reset-failed matsang-node.service\n--no-block start matsang-node.service\n"
    for up, status, want in (("21600.00 1.0", "1", "reboot\n"), ("999999.5 1.0", "KILL", "reboot\n"), ("21599.99 1.0", "1", on),
                             ("12.3 1.0", "ABRT", on), ("999999.5 1.0", "3", on), ("999999.5 1.0", "2", on)):
        with open(uptime, "w", encoding="ascii") as f:
            f.write(up + "\n")
        open(said, "w", encoding="ascii").close()
        done = call(f"{tree}/usr/lib/matsang/node-stuck", uptime,
                    env={"PATH": f"{folder}:/usr/bin:/bin", "SAID": said, "MONITOR_EXIT_STATUS": status})
        check(done.returncode == 0 and read(said) == want, f"node-stuck: up {up}, status {status}: {read(said)!r}")


def light_off(tree, folder):
    """As ExecStopPost= does it: no key, no state, no broker."""
    wires, settings = os.path.join(folder, "wires"), os.path.join(folder, "n.jsonc")
    with open(settings, "w", encoding="utf-8") as f:
        f.write('{ "point": "T", "brokers": ["127.0.0.1:1"], "key_file": "/nonexistent/key",\n'
                f'"state_dir": "{folder}/state", "gpio": {{ "body": "script", "script": "{wires}" }} }}\n')
    node = f"{tree}/usr/sbin/matsang-node"
    done = call(node, "--light-off", settings)
    check(done.returncode == 0 and not done.stderr, f"matsang-node --light-off: {done.returncode} {done.stderr}")
    check(not os.path.exists(wires) and not os.path.exists(f"{folder}/state"), "matsang-node --light-off left something behind")
    check(call(node, "--light-off", "/nonexistent").returncode == 3, "matsang-node --light-off without settings")


def main():
    root, build = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="matsang-units-") as folder:
        tree, made_up = os.path.join(folder, "tree"), os.path.join(folder, "made-up")
        os.mkdir(made_up)
        install(build, tree)
        for path in glob.glob(f"{tree}/**", recursive=True):
            mode = os.lstat(path).st_mode
            check(not mode & stat.S_IWOTH, f"everybody may write {path[len(tree):]}")
        examples(tree)
        agree(root, tree)
        users(tree)
        exposure(tree)
        verify(tree)
        ping_right(tree, made_up)
        stuck(tree, made_up)
        light_off(tree, made_up)
    for w in wrong:
        print("units:", w, file=sys.stderr)
    if not wrong:
        print("units: installed, accepted, and of one mind with the pages")
    return 1 if wrong else 0


sys.exit(main())
