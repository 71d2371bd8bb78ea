"""Starts programs as processes of their own without paying for Python's imports each time.

Run as a program it imports another one (the relay) once, then forks a child for each line on
standard input: same program, same arguments, its own pid, killable like any other. `Warm` is the
other end of that pipe, `Forked` what was started.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
import importlib
import json
import os
from pathlib import Path
import select
import signal
import subprocess
import sys
import traceback
from typing import Any
import weakref

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

    def launch(
        self, arguments: list[str], log: Path, code: Path, *, errors: Path | None = None
    ) -> int:
        """What it says goes to the end of `log`; `errors` is a file of their own for them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {
            "arguments": arguments,
            "log": str(log),
            "errors": str(errors or log),
            "code": str(code),
        }
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate()


class Forked:
    """A process, watched by its pid: it need not be a child of ours."""

    def __init__(self, pid: int, code: Path) -> None:
        self.pid = pid
        self._code = code
        self._handle: int | None = None
        # One that refuses its options may be gone already.
        with suppress(ProcessLookupError):
            self._handle = os.pidfd_open(pid)
            # Several may wait for its end at the same time.
            weakref.finalize(self, os.close, self._handle)

    @property
    def ended(self) -> bool:
        return self._gone_within(0)

    def _gone_within(self, seconds: float) -> bool:
        if self._handle is None:
            return True
        look = select.poll()
        look.register(self._handle, select.POLLIN)
        return bool(look.poll(seconds * 1000))

    def signal(self, number: signal.Signals) -> None:
        if self._handle is None:
            return
        # It may end by itself at any moment before.
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def exit_code(self, *, within: float) -> int:
        """Negative when something killed it."""
        assert self._gone_within(within), f"it has not ended in {within} s"
        return int(self._code.read_text(encoding="ascii")) if self._code.exists() else -9


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
    for stream, path in ((sys.stdout, order["log"]), (sys.stderr, order["errors"])):
        file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        os.dup2(file, stream.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    code = result(main, order["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    # Killed in between, it leaves no half of a code.
    whole = Path(order["code"]).with_suffix(".whole")
    whole.write_text(str(code), encoding="ascii")
    whole.replace(order["code"])
    os._exit(code)


def result(main: Main, arguments: list[str]) -> int:
    """As the interpreter would have it."""
    try:
        return main(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, it ends this process alone
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    serve(importlib.import_module(sys.argv[1]).main)
