"""Starts programs as processes of their own without paying for Python's imports each time.

Run as a program it imports another one (the relay) once, then forks a child for each line on
standard input: same program, same arguments, its own pid, killable like any other. `Warm` is the
other end of that pipe.
"""

from collections.abc import Callable, Sequence
import importlib
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

RELAY = "anshim_relay.program"

type Main = Callable[[Sequence[str]], int]


class Warm:
    """`module` has a `main` that takes arguments and gives an exit code."""

    def __init__(self, *sources: Path, module: str = RELAY) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources))},
        )

    def launch(self, arguments: list[str], log: Path, code: Path) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"arguments": arguments, "log": str(log), "code": str(code)}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate()


def serve(main: Main) -> None:
    # Children are reaped by the kernel: whoever waits for one watches its pid.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            become(main, json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def become(main: Main, order: dict[str, Any]) -> None:
    """Never returns; leaves its exit code behind, unless it is killed."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    for stream in (sys.stdout.fileno(), sys.stderr.fileno()):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    code = main(order["arguments"])
    Path(order["code"]).write_text(str(code), encoding="ascii")
    os._exit(code)


if __name__ == "__main__":
    serve(importlib.import_module(sys.argv[1]).main)
