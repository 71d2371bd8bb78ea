"""Programs as processes: started in their own group with a log, ended, and never left behind."""

from collections.abc import Callable, Mapping, Sequence
import ctypes
from dataclasses import dataclass, field
import os
from pathlib import Path
import random
import signal
import socket
import subprocess
import time
from typing import IO

from stage.clock import StageClock, Timekeeper
from stage.waiting import PAUSE_S

PR_SET_PDEATHSIG = 1
STOP_WITHIN_S = 60.0
LOG_TAIL_LINES = 25

_dice = random.SystemRandom()
_libc = ctypes.CDLL(None, use_errno=True)


class ProgramEndedError(RuntimeError):
    """A program ended that should be running; the message has the end of its log."""


def free_port() -> int:
    """Below those that the system gives to connections: nobody has it while a program is away."""
    while True:
        port = _dice.randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(kw_only=True)
class Program:
    """One program of the stage, which may be started and ended many times."""

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], bool]
    clock: StageClock | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_within: float = 90.0
    _process: subprocess.Popen[bytes] | None = None
    _keeper: Timekeeper | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ProgramEndedError(f"{self.name} has not been started")
        return self._process.pid

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        extra, keeper = self.clock.environment(self.name) if self.clock else ({}, None)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = self._spawn(log, extra)
        if self.clock and keeper:
            self.clock.started(keeper)
            self._keeper = keeper

    def _spawn(self, log: IO[bytes], extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.environment, **extra},
            # Ctrl-C is for the demo alone, which then ends the others in order.
            process_group=0,
            # Whatever happens to us, even kill -9: nothing we started is left running.
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - a single system call, safe beside other threads
        )

    def wait_ready(self) -> None:
        deadline = time.monotonic() + self.ready_within
        while not self.ready():
            if not self.running():
                raise ProgramEndedError(f"{self.name} ended by itself.\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise ProgramEndedError(
                    f"{self.name} was not ready in {self.ready_within:.0f} s.\n{self.log_tail()}"
                )
            time.sleep(PAUSE_S)

    def stop(self) -> int:
        """End it as a supervisor would: SIGTERM, and patience."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it as a power cut would."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        process = self._process
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(how)
        try:
            code = process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait(STOP_WITHIN_S)
        self._clear_group(process.pid)
        if self.clock and self._keeper:
            self.clock.ended(self._keeper, process.pid)
        self._process = self._keeper = None
        return code

    @staticmethod
    def _clear_group(group: int) -> None:
        """End what the program had started itself and left behind."""
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return

    def log_tail(self) -> str:
        return tail_of(self.log, LOG_TAIL_LINES)


def tail_of(log: Path, most: int) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"    {line}" for line in lines[-most:])
