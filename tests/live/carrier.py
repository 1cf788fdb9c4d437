#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""carrier FROM TO FILE: hands datagrams on, as anybody on the way may, and writes each down in hexadecimal."""

import signal
import socket
import sys


def endpoint(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    here, there, path = endpoint(sys.argv[1]), endpoint(sys.argv[2]), sys.argv[3]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, open(path, "a", encoding="ascii") as out:
        s.bind(here)
        print("ready", flush=True)
        while True:
            datagram = s.recv(2048)
            out.write(datagram.hex() + "\n")
            out.flush()
            s.sendto(datagram, there)


if __name__ == "__main__":
    main()
