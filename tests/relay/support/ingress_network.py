"""A program: the network of Home Assistant's apps in a namespace, and a relay as an app in it.

Told addresses on the command line, it asks for the page from each of them and prints the answers'
status by address. The Supervisor's address cannot be had in any other way.
"""

import fcntl
from http.client import HTTPConnection
import json
import os
from pathlib import Path
import socket
import struct
import subprocess
import sys
import tempfile
import time

SIOCSIFFLAGS, SIOCSIFADDR = 0x8914, 0x8916
IFF_UP = 1
DEADLINE_S = 60.0


def enter(addresses: list[str]) -> None:
    """Loopback is up and has these addresses besides."""
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        flags = struct.pack("16sh14x", b"lo", IFF_UP)
        fcntl.ioctl(control, SIOCSIFFLAGS, flags)
        for number, address in enumerate(addresses):
            where = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
            request = struct.pack("16s16s", f"lo:{number}".encode(), where)
            fcntl.ioctl(control, SIOCSIFADDR, request)


def page_port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text(encoding="utf-8").splitlines():
            if '"page_served"' in line:
                return int(json.loads(line)["port"])
        time.sleep(0.05)
    raise SystemExit(log.read_text(encoding="utf-8"))


def status_from(address: str, port: int) -> int:
    line = HTTPConnection("127.0.0.1", port, timeout=10, source_address=(address, 0))
    line.request("GET", "/")
    return line.getresponse().status


def main(addresses: list[str]) -> None:
    enter(addresses)
    with tempfile.TemporaryDirectory() as folder:
        options, log = Path(folder, "options.json"), Path(folder, "log")
        options.write_text('{"page_port": 0, "listen_port": 0}', encoding="ascii")
        command = [sys.executable, "-m", "anshim_relay", "--options", str(options)]
        with log.open("wb") as said:
            process = subprocess.Popen(
                [*command, "--data", str(Path(folder, "data"))],
                stdout=said,
                stderr=said,
                env={**os.environ, "SUPERVISOR_TOKEN": "of-this-test"},
            )
        try:
            port = page_port(process, log)
            print(json.dumps({a: status_from(a, port) for a in ["127.0.0.1", *addresses]}))  # noqa: T201 - what it is for
        finally:
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    main(sys.argv[1:])
