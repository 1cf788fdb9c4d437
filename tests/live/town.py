# SPDX-License-Identifier: Apache-2.0
"""town: a commune in network namespaces, so that pings, cuts and cameras are real.

office (broker, gateway, catchers) -- net (the provider) -- hamlet -- house router -- node
                                                                              \\-- camera
Everything a town starts it ends, by its own process id; every namespace it made it removes.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUTSIDE = ["10.82.0.1", "10.82.0.2"]  # two addresses beyond the provider
OFFICE = "10.81.0.2"
PORT = 8883


def wait_for(what, done, seconds):
    """Poll done() until it is true; a TimeoutError that names what otherwise."""
    end = time.monotonic() + seconds
    while True:
        got = done()
        if got:
            return got
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.05)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """One program we started; its words go to a file."""

    def __init__(self, name, argv, log, ns=None, env=None):
        self.name, self.argv, self.log, self.ns, self.env = name, argv, log, ns, env
        self.child = None
        self.start()

    def start(self):
        argv = (["ip", "netns", "exec", self.ns] if self.ns else []) + self.argv
        with open(self.log, "ab") as out:
            self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                          env={**os.environ, **(self.env or {})})

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def signal(self, number):
        if self.alive():
            self.child.send_signal(number)

    def stop(self, seconds=5):
        """SIGTERM, then SIGKILL when it will not go. Returns its exit status."""
        if self.child is None:
            return None
        self.signal(signal.SIGTERM)
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        return self.child.returncode

    def kill(self):
        self.signal(signal.SIGKILL)
        self.child.wait()


class House:
    """One point: where it is, and its wires."""

    def __init__(self, town, index, hamlet):
        self.town, self.index, self.hamlet = town, index, hamlet
        self.code = f"TT-{hamlet + 1:02d}-{index - town.first[hamlet] + 1:02d}"
        self.node_ns, self.router_ns, self.camera_ns = (f"{town.tag}{k}{index}" for k in "nrc")
        self.script = os.path.join(town.dir, f"{self.code}.wires")
        self.node_ip, self.router_ip = f"10.78.{index}.2", f"10.78.{index}.1"
        self.camera_ip = f"10.78.{index}.6"
        self.process, self.pace, self.env = None, {}, {}  # settings and environment of this house alone
        self.looked = {}  # and of its camera

    def wires(self, words):
        """Play the wires: "mains off", "mains on"."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(words.encode(), self.script)

    def wire(self, name):
        """What a wire reads now, such as "light on"; "" while the node does not answer."""
        mine = f"{self.script}.asker"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.bind(mine)
            try:
                s.settimeout(1)
                s.sendto(f"{name}?".encode(), self.script)
                return s.recv(64).decode()
            except OSError:
                return ""
            finally:
                os.unlink(mine)

    def camera(self, up):
        self.town.link(self.camera_ns, "eth0", up)

    def settings(self):
        town = self.town
        return {**town.node_pace, "point": self.code, "brokers": [f"{OFFICE}:{PORT}"],
                "key_file": os.path.join(town.dir, f"{self.code}.key"),
                "state_dir": os.path.join(town.dir, f"{self.code}.state"),
                "router": self.router_ip, "outside": OUTSIDE,
                "cameras": [{"name": "cổng", "address": self.camera_ip, **self.looked}],
                "boot_id_file": os.path.join(town.dir, f"{self.code}.boot"),
                "gpio": {"body": "script", "script": self.script}, **self.pace}

    def start(self):
        town = self.town
        os.makedirs(os.path.join(town.dir, f"{self.code}.state"), exist_ok=True)
        with open(os.path.join(town.dir, f"{self.code}.boot"), "w", encoding="ascii") as f:
            f.write(secrets.token_hex(16) + "\n")
        path = os.path.join(town.dir, f"{self.code}.jsonc")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(self.settings(), f, ensure_ascii=False, indent=1)
        self.process = town.run(self.code, [town.program("node/matsang-node"), path], self.node_ns,
                                {"OPENSSL_CONF": os.path.join(ROOT, "broker-config/openssl-node.cnf"), **self.env})


class Town:
    """points: how many in each hamlet, such as [4, 4, 4]."""

    HAMLETS = ["Quyết Thắng", "Đoàn Kết", "Làng Bến", "Đồng Tâm"]

    def __init__(self, directory, build, points, node_pace, gateway_pace):
        self.dir, self.build, self.points = os.path.abspath(directory), os.path.abspath(build), points
        self.node_pace, self.gateway_pace = node_pace, gateway_pace
        self.tag = f"ms{os.getpid() % 10000}"
        self.office_ns, self.net_ns = f"{self.tag}o", f"{self.tag}w"
        self.hamlet_ns = [f"{self.tag}h{h}" for h in range(len(points))]
        self.first = [sum(points[:h]) + 1 for h in range(len(points))]
        self.processes, self.spaces = [], []
        os.makedirs(self.dir, exist_ok=True)
        self.houses = [House(self, self.first[h] + i, h) for h, n in enumerate(points) for i in range(n)]
        self.socket = os.path.join(self.dir, "gateway.sock")
        self.page_port, self.page_password = free_port(), secrets.token_hex(6)
        self.hooks_file, self.mails_file = (os.path.join(self.dir, f) for f in ("hooks", "mails"))
        self.broker = self.gateway = None

    # ---- namespaces ----

    def ip(self, ns, *lines):
        text = "\n".join(lines) + "\n"
        done = subprocess.run(["ip", "-n", ns, "-batch", "-"], input=text, text=True, capture_output=True,
                              check=False)
        if done.returncode != 0:
            remedy = "" if os.geteuid() == 0 else "; network namespaces need root"
            raise RuntimeError(f"ip: {done.stderr.strip()}{remedy}")

    def space(self, name, forward):
        # One left behind by a run that was killed and had our number.
        if os.path.exists(f"/run/netns/{name}"):
            subprocess.run(["ip", "netns", "del", name], check=True)
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.spaces.append(name)
        words = ["net.ipv4.tcp_timestamps=0", "net.ipv4.ping_group_range=0 2147483647"]
        if forward:
            words.append("net.ipv4.ip_forward=1")
        subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw", *words], check=True)
        self.ip(name, "link set lo up")

    def wire(self, a, a_if, a_ip, b, b_if, b_ip):
        self.ip(a, f"link add {a_if} type veth peer name {b_if} netns {b}", f"addr add {a_ip}/30 dev {a_if}",
                f"link set {a_if} up")
        self.ip(b, f"addr add {b_ip}/30 dev {b_if}", f"link set {b_if} up")

    def link(self, ns, interface, up):
        self.ip(ns, f"link set {interface} {'up' if up else 'down'}")
        if up and interface == "eth0":
            self.default_route(ns)

    def default_route(self, ns):
        self.ip(ns, f"route replace default via {self.routes[ns]}")

    def build_network(self):
        self.routes = {}
        self.space(self.net_ns, True)
        self.space(self.office_ns, False)
        self.wire(self.net_ns, "office", "10.81.0.1", self.office_ns, "eth0", OFFICE)
        self.routes[self.office_ns] = "10.81.0.1"
        self.ip(self.net_ns, *(f"addr add {a}/32 dev lo" for a in OUTSIDE))
        for h, ns in enumerate(self.hamlet_ns):
            self.space(ns, True)
            self.wire(self.net_ns, f"h{h}", f"10.80.{h}.1", ns, "eth0", f"10.80.{h}.2")
            self.routes[ns] = f"10.80.{h}.1"
        for p in self.houses:
            i, hamlet = p.index, self.hamlet_ns[p.hamlet]
            for ns, forward in ((p.router_ns, True), (p.node_ns, False), (p.camera_ns, False)):
                self.space(ns, forward)
            self.wire(hamlet, f"p{i}", f"10.79.{i}.1", p.router_ns, "eth0", f"10.79.{i}.2")
            self.wire(p.router_ns, "node", p.router_ip, p.node_ns, "eth0", p.node_ip)
            self.wire(p.router_ns, "camera", f"10.78.{i}.5", p.camera_ns, "eth0", p.camera_ip)
            self.routes.update({p.router_ns: f"10.79.{i}.1", p.node_ns: p.router_ip,
                                p.camera_ns: f"10.78.{i}.5"})
            self.ip(self.net_ns, f"route add 10.78.{i}.0/24 via 10.80.{p.hamlet}.2")
            self.ip(hamlet, f"route add 10.78.{i}.0/24 via 10.79.{i}.2")
        for ns in self.routes:
            self.default_route(ns)

    def hamlet_line(self, hamlet, up):
        """The provider's line to a hamlet, cut in silence on the far side."""
        self.link(self.net_ns, f"h{hamlet}", up)
        if up:
            self.ip(self.net_ns, *(f"route replace 10.78.{p.index}.0/24 via 10.80.{hamlet}.2"
                                   for p in self.houses if p.hamlet == hamlet))

    # ---- programs ----

    def program(self, name):
        return os.path.join(self.build, name)

    def run(self, name, argv, ns, env=None):
        p = Process(name, argv, os.path.join(self.dir, f"{name}.log"), ns, env)
        self.processes.append(p)
        return p

    def cli(self, *words, check=True):
        """`matsang --json ...`, parsed."""
        done = subprocess.run([self.program("gateway/matsang"), "--socket", self.socket, "--json", *words],
                              capture_output=True, text=True, check=False, timeout=60)
        if check and done.returncode != 0:
            raise RuntimeError(f"matsang {' '.join(words)}: {done.returncode} {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {"exit": done.returncode}

    def start_broker(self):
        command = subprocess.run([os.path.join(ROOT, "broker-config/place"), os.path.join(self.dir, "broker"),
                                  OFFICE, str(PORT), self.program("broker-config/plugin/matsang_broker.so")],
                                 capture_output=True, text=True, check=True).stdout
        self.broker = self.run("broker", ["sh", "-c", command], self.office_ns)

    def broker_listens(self):
        """It listens, and has come to where SIGHUP means new keys: it listens a moment before, and would die of it."""
        with open(f"/proc/{self.broker.child.pid}/status", encoding="ascii") as f:
            caught = next(int(line.split()[1], 16) for line in f if line.startswith("SigCgt"))
        return caught >> (signal.SIGHUP - 1) & 1 and f":{PORT} " in subprocess.run(
            ["ip", "netns", "exec", self.office_ns, "ss", "-ltn"], text=True, capture_output=True, check=True).stdout

    def start_catchers(self):
        for kind, port, path in (("hook", 9001, self.hooks_file), ("mail", 9002, self.mails_file)):
            open(path, "w", encoding="ascii").close()
            self.run(f"catch_{kind}", ["/usr/bin/python3", os.path.join(ROOT, f"tests/live/catch_{kind}.py"),
                                       str(port), path], self.office_ns)
            log = os.path.join(self.dir, f"catch_{kind}.log")
            wait_for(f"the {kind} catcher", lambda log=log: "ready" in open(log, encoding="utf-8").read(), 20)

    def users(self):
        hashed = subprocess.run([self.program("gateway/matsang"), "password"], input=self.page_password + "\n",
                                text=True, capture_output=True, check=True).stdout.strip()
        return [{"name": "truc", "password": hashed}]

    def settings(self):
        points = [{"code": p.code, "hamlet": f"H{p.hamlet + 1}", "household": f"Hộ {p.code[3:]}",
                   "phone": f"09000001{p.index:02d}", "provider": "VNPT", "transformer": f"TBA {p.hamlet + 1}",
                   "cameras": [{"name": "cổng", "address": p.camera_ip}]} for p in self.houses]
        return {"commune": "Thiện Tân", "brokers": [f"{OFFICE}:{PORT}"], **self.gateway_pace,
                "key_file": os.path.join(self.dir, "gateway.key"),
                "state_dir": os.path.join(self.dir, "gateway.state"), "socket": self.socket,
                "page": {"listen": "127.0.0.1:8080", "url": f"http://127.0.0.1:{self.page_port}"},
                "psk_file": os.path.join(self.dir, "broker/psk"), "broker_address": f"{OFFICE}:{PORT}",
                "broker_reload": ["kill", "-HUP", str(self.broker.child.pid)],
                "hamlets": [{"code": f"H{h + 1}", "name": self.HAMLETS[h]} for h in range(len(self.points))],
                "points": points, "users": self.users(),
                "hooks": [{"url": "http://127.0.0.1:9001/alerts"}],
                "mails": [{"server": "smtp://127.0.0.1:9002", "from": "matsang@example.net",
                           "to": ["kythuat@example.net"]}]}

    def start_gateway(self):
        os.makedirs(os.path.join(self.dir, "gateway.state"), exist_ok=True)
        key, psk = secrets.token_hex(32), os.path.join(self.dir, "broker/psk")
        with open(os.path.join(self.dir, "gateway.key"), "w", encoding="ascii") as f:
            f.write(key + "\n")
        with open(psk, "a", encoding="ascii") as f:
            f.write(f"gateway:{key}\n")
        self.broker.signal(signal.SIGHUP)
        path = os.path.join(self.dir, "gateway.jsonc")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(self.settings(), f, ensure_ascii=False, indent=1)
        self.gateway = self.run("gateway", [self.program("gateway/matsang-gateway"), path], self.office_ns,
                                {"OPENSSL_CONF": os.path.join(ROOT, "broker-config/openssl-node.cnf")})
        wait_for("the gateway", lambda: self.cli("status", check=False).get("broker", {}).get("connected"), 20)

    def start_page_door(self):
        """Lets a browser outside the namespaces reach the page on this machine's loopback."""
        inner = f"ip netns exec {self.office_ns} socat STDIO TCP\\:127.0.0.1\\:8080"
        self.run("door", ["socat", f"TCP-LISTEN:{self.page_port},bind=127.0.0.1,reuseaddr,fork", f"EXEC:{inner}"],
                 None)

    def enrol(self, house):
        self.cli("enrol", house.code, "--out", self.dir)

    def up(self):
        self.build_network()
        self.start_broker()
        self.start_catchers()
        wait_for("the broker", self.broker_listens, 20)
        self.start_gateway()
        self.start_page_door()
        for p in self.houses:
            self.enrol(p)
        for p in self.houses:
            p.start()

    def down(self):
        for p in reversed(self.processes):
            p.stop()
        for ns in self.spaces:
            subprocess.run(["ip", "netns", "del", ns], check=False)
        self.processes, self.spaces = [], []

    # ---- looking ----

    def states(self):
        return {p["code"]: p for p in self.cli("points")["points"]}

    def caught(self, path):
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.strip()]

    def log_tail(self, name, lines=20):
        path = os.path.join(self.dir, f"{name}.log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as f:
            return "".join(f.readlines()[-lines:])


def end_in_order():
    """SIGTERM (a test that took too long) unwinds as Ctrl-C does, so that what was started is ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
