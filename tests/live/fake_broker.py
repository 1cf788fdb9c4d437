#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""fake_broker ADDRESS PORT CERTIFICATE KEY: speaks TLS with a certificate nobody asked for, and says what came."""

import socket
import ssl
import sys


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    with socket.create_server((sys.argv[1], int(sys.argv[2]))) as server:
        print("ready", flush=True)
        while True:
            plain, _ = server.accept()
            plain.settimeout(5)
            try:
                with context.wrap_socket(plain, server_side=True) as secured:
                    print("heard" if secured.recv(1) else "hung up on", flush=True)
            except OSError as e:
                print(f"refused: {e}", flush=True)


if __name__ == "__main__":
    main()
