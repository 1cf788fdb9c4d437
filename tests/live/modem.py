# SPDX-License-Identifier: Apache-2.0
"""modem: a GSM modem on a pseudo-terminal, as much of one as gammu-smsd asks for: AT commands, messages as PDUs.

What the network would get is kept in Modem.sent; what it brings comes by Modem.deliver.
"""

import os
import select
import threading
import tty

GSM7 = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
        "¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENSION = {0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€"}


# ---- PDUs (3GPP TS 23.040) ----

def septets(octets, count, skip=0):
    """count values of 7 bits, after skip of them."""
    bits = int.from_bytes(octets, "little")
    return [bits >> 7 * i & 0x7f for i in range(skip, count)]


def text_of(values):
    out, values = "", iter(values)
    for v in values:
        out += EXTENSION.get(next(values, 0), "?") if v == 0x1b else GSM7[v]
    return out


def packed(text):
    values = [GSM7.index(c) for c in text]
    return len(values), sum(v << 7 * i for i, v in enumerate(values)).to_bytes((len(values) * 7 + 7) // 8, "little")


def semi(digits):
    """Digits, two in an octet, the first one low."""
    digits += "F" * (len(digits) % 2)
    return bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))


def number_of(octets, digits, kind):
    text = "".join(f"{o & 15:x}{o >> 4:x}" for o in octets)[:digits]
    return ("+" if kind == 0x91 else "") + text


def submit_decode(pdu):
    """What an SMS-SUBMIT says, as {"to", "text", "alphabet", "parts", "report"}."""
    at = 1 + pdu[0]  # behind the service centre
    first = pdu[at]
    if first & 3 != 1:
        raise ValueError("no SMS-SUBMIT")
    digits, kind = pdu[at + 2], pdu[at + 3]
    octets = (digits + 1) // 2
    to = number_of(pdu[at + 4:at + 4 + octets], digits, kind)
    at += 4 + octets
    coding = pdu[at + 1]
    at += 2 + {0: 0, 1: 7, 2: 1, 3: 7}[first >> 3 & 3]  # protocol, coding, validity
    length, data = pdu[at], pdu[at + 1:]
    header = data[0] + 1 if first & 0x40 else 0
    parts = data[header - 2] if header == 6 and data[1] == 0 else 1
    if coding & 0x0c == 8:
        text, alphabet = data[header:length].decode("utf-16-be"), "ucs2"
    elif coding & 0x0c == 0:
        text, alphabet = text_of(septets(data, length, (header * 8 + 6) // 7)), "gsm7"
    else:
        text, alphabet = data[header:length].hex(), "8bit"
    return {"to": to, "text": text, "alphabet": alphabet, "parts": parts, "report": bool(first & 0x20)}


def deliver_encode(number, text):
    """An SMS-DELIVER, in GSM 7-bit where that is enough."""
    digits = number.lstrip("+")
    head = bytes([0, 0x04, len(digits), 0x91 if number.startswith("+") else 0x81]) + semi(digits) + b"\0"
    stamp = semi("260514194301") + b"\x82"  # 14 May 2026, UTC+7
    try:
        length, data = packed(text)
        return head + b"\0" + stamp + bytes([length]) + data
    except ValueError:
        data = text.encode("utf-16-be")
        return head + b"\x08" + stamp + bytes([len(data)]) + data


# ---- the modem ----

FACTS = {
    "+CGMI": "gammu test", "+CGMM": "MATSANG", "+CGMR": "1", "+CGSN": "490154203237518", "+CIMI": "452040000000001",
    "+CPIN?": "+CPIN: READY", "+CSQ": "+CSQ: 20,99", "+CBC": "+CBC: 0,80", "+CSCA?": '+CSCA: "+84900000023",145',
    "+CREG?": '+CREG: 2,1,"00A1","0001"', "+COPS?": '+COPS: 0,2,"45204"', "+CSCS?": '+CSCS: "GSM"',
    "+CSCS=?": '+CSCS: ("GSM","UCS2")', "+CNMI=?": "+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)",
    "+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")', "+CMGF=?": "+CMGF: (0,1)", "+CSMS?": "+CSMS: 0,1,1,1",
    "+CMMS=?": "+CMMS: (0-2)",
}
FINE = ("E", "+CFUN=", "+CMEE=", "+CMGF=", "+CSCS=", "+CREG=", "+COPS=", "+CNMI=", "+CSMS=", "+CMMS=", "+CSCA=", "Z", "&F")
SLOTS = 20


class Modem:
    def __init__(self, path):
        """path becomes a link to the device."""
        self.path, self.sent, self.asked, self.stored = path, [], [], {}
        self.refuses = set()  # numbers that the network does not take
        self.mute = False  # answers nothing
        self.here, self.there = os.openpty()
        tty.setraw(self.here)
        tty.setraw(self.there)
        os.symlink(os.ttyname(self.there), path)
        self.stop_here, self.stop_there = os.pipe()
        self.lock, self.buffer, self.waiting = threading.Lock(), b"", None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def close(self):
        os.write(self.stop_there, b"x")
        self.thread.join()
        for fd in (self.here, self.there, self.stop_here, self.stop_there):
            os.close(fd)
        os.unlink(self.path)

    def deliver(self, number, text):
        with self.lock:
            free = next(i for i in range(1, SLOTS + 1) if i not in self.stored)
            self.stored[free] = deliver_encode(number, text)

    def run(self):
        while True:
            ready, _, _ = select.select([self.here, self.stop_here], [], [])
            if self.stop_here in ready:
                return
            data = os.read(self.here, 4096)
            if self.mute:
                self.buffer = b""
                continue
            with self.lock:
                self.buffer += data
                while self.step():
                    pass

    def say(self, text):
        os.write(self.here, text.encode("ascii"))

    def step(self):
        """One command, or one PDU behind its prompt. False when there is none yet."""
        end = b"\x1a" if self.waiting is not None else b"\r"
        if self.waiting is not None and self.buffer.startswith(b"\x1b"):
            self.buffer, self.waiting = self.buffer[1:], None
            self.say("\r\nOK\r\n")
            return True
        line, found, rest = self.buffer.partition(end)
        if not found:
            return False
        self.buffer = rest
        if self.waiting is not None:
            self.waiting = None
            self.submit(line.decode("ascii").strip())
        else:
            self.say(line.decode("ascii", "replace") + "\r")
            self.command(line.decode("ascii", "replace").strip("\n\x1a\x1b "))
        return True

    def submit(self, pdu):
        said = submit_decode(bytes.fromhex(pdu))
        if said["to"] in self.refuses:
            self.say("\r\n+CMS ERROR: 38\r\n")  # network out of order
            return
        self.sent.append(said)
        self.say(f"\r\n+CMGS: {len(self.sent) % 256}\r\n\r\nOK\r\n")

    def command(self, line):
        if not line.upper().startswith("AT"):
            return
        self.asked.append(line)
        word = line[2:]
        if word.startswith("+CMGS="):
            self.waiting = word
            self.say("\r\n> ")
        elif word in FACTS:
            self.say(f"\r\n{FACTS[word]}\r\n\r\nOK\r\n")
        elif word.startswith("+CPMS"):
            count = f"{len(self.stored)},{SLOTS}"
            self.say(f"\r\n+CPMS: {','.join([chr(34) + 'SM' + chr(34) + ',' + count] * 3)}\r\n\r\nOK\r\n"
                     if word.endswith("?") else
                     f"\r\n+CPMS: {','.join([count] * 3)}\r\n\r\nOK\r\n")
        elif word.startswith("+CMGL"):
            rows = "".join(f"\r\n+CMGL: {i},0,,{len(p) - 1}\r\n{p.hex().upper()}" for i, p in sorted(self.stored.items()))
            self.say(rows + "\r\n\r\nOK\r\n")
        elif word.startswith("+CMGR="):
            pdu = self.stored.get(int(word[6:]))
            self.say(f"\r\n+CMGR: 0,,{len(pdu) - 1}\r\n{pdu.hex().upper()}\r\n\r\nOK\r\n" if pdu
                     else "\r\n+CMS ERROR: 321\r\n")
        elif word.startswith("+CMGD="):
            self.stored.pop(int(word[6:].split(",")[0]), None)
            self.say("\r\nOK\r\n")
        elif word == "" or word.startswith(FINE):
            self.say("\r\nOK\r\n")
        else:
            self.say("\r\nERROR\r\n")
