# SPDX-License-Identifier: Apache-2.0
"""screenshot: drives Chromium over its DevTools pipe; needs nothing but Python's own library."""
import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import time
import urllib.parse

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars",
    "--no-proxy-server", "--remote-debugging-pipe",
]
DEADLINE_S, WAIT_S = 90, 20  # the browser in all; one thing to become true


class Browser:
    """One page of one browser; messages are JSON ended by NUL, commands on its descriptor 3, answers on 4."""

    def __init__(self, profile, seconds=DEADLINE_S):
        theirs_in, self.out = self.pipe()
        self.inp, theirs_out = self.pipe()
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec "$@" 3<&%d 4>&%d' % (theirs_in, theirs_out), "bash", "chromium",
             "--user-data-dir=" + profile, *FLAGS, "about:blank"],
            pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer, self.last, self.session, self.errors = b"", 0, None, []
        self.until = time.monotonic() + seconds

    @staticmethod
    def pipe():
        """Both ends far above 3 and 4, so that the shell's redirections cannot tread on them."""
        ends = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in ends]
        for fd in ends:
            os.close(fd)
        return high

    def read(self):
        while b"\0" not in self.buffer:
            left = self.until - time.monotonic()
            if left <= 0 or not select.select([self.inp], [], [], left)[0]:
                raise SystemExit("the browser did not answer in time")
            data = os.read(self.inp, 65536)
            if not data:
                raise SystemExit("the browser is gone")
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            got = self.read()
            self.note(got)
            if got.get("id") == self.last:
                if "error" in got:
                    raise SystemExit("%s: %s" % (method, got["error"]["message"]))
                return got["result"]

    def note(self, got):
        """What a person would see in red in the browser's console is an error of ours."""
        params = got.get("params", {})
        if got.get("method") == "Runtime.exceptionThrown":
            detail = params["exceptionDetails"]
            self.errors.append(detail.get("exception", {}).get("description", detail["text"]))
        if got.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(params["entry"]["text"] + " " + params["entry"].get("url", ""))

    def open(self, width, height):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")
        self.size(width, height)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)

    def value(self, code):
        got = self.call("Runtime.evaluate", expression=code, returnByValue=True)
        return got["result"].get("value")

    def wait(self, code, seconds=WAIT_S):
        """Until the page says true; asked ten times a second."""
        end = time.monotonic() + seconds
        while not self.value(code):
            if time.monotonic() > end:
                raise SystemExit("never became true: %s; the page says: %s"
                                 % (code, self.value("document.body.innerText")))
            select.select([], [], [], 0.1)

    def sign_in(self, url, user, password):
        """Through the form, as people do."""
        base = "%s://%s" % urllib.parse.urlsplit(url)[:2]
        self.call("Page.navigate", url=base + "/login")
        self.wait("document.readyState === 'complete' && !!document.forms[0]")
        self.value("document.forms[0].name.value = %s; document.forms[0].password.value = %s; "
                   "document.forms[0].submit()" % (json.dumps(user), json.dumps(password)))
        self.wait("location.pathname === '/' || ['#wrong', '#wait'].includes(location.hash)")
        if self.value("location.pathname") != "/":
            raise SystemExit("sign-in refused: " + self.value("location.hash"))
        # The sign-in page asked whether we are signed in already; no, in red, was the right answer.
        self.errors = [e for e in self.errors if "401" not in e]

    def show(self, url):
        """Load the page (a new fragment alone would load nothing) and wait until it shows points."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        self.wait("!!document.querySelector('#big') && document.querySelectorAll('#points .letter').length > 0")
        if "#" in url:
            self.wait("!document.querySelector('#detail').hidden && "
                      "document.querySelectorAll('#detail .graphs > div').length === 4 && "
                      "[...document.querySelectorAll('#detail .graphs > div')].every(d => d.firstChild)")

    def picture(self):
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
        except (SystemExit, OSError):
            self.process.kill()
        self.process.wait()


def main(profile, url, user, password, out, size="1920x1080", code=""):
    width, height = (int(n) for n in size.split("x"))
    browser = Browser(profile)
    try:
        browser.open(width, height)
        browser.sign_in(url, user, password)
        browser.show(url.split("#")[0] + code)
        png = browser.picture()
    finally:
        browser.close()
    with open(out, "wb") as f:
        f.write(png)
    for error in browser.errors:
        print("page error:", error, file=sys.stderr)
    return 1 if browser.errors else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
