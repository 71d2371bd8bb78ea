"""One baresip of our own: for a call, from the dialling to the end, or for a registration.

A process for each call keeps sounds, ends and crashes apart. Nothing secret is written to disk.
baresip ends with us, whatever ends us: nobody is left talking to a telephone that hears nothing.
"""

import asyncio
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
import contextlib
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
import random
import shutil
import tempfile
from typing import Final, Self

from ..outbox import LONGEST_CALL
from .control import Control, ControlError, Said

# below those that outgoing connections have: one of them to its own port would find itself
_PORTS: Final = (10000, 32000)
_STARTS_WITHIN_S: Final = 5.0
_ENDS_WITHIN_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """How baresip is started here."""

    program: str = "baresip"
    modules: str = "/usr/lib/baresip/modules"
    # of several networks the one that leads to the PBX
    interface: str = ""
    # the PBX's own authority, where the line is encrypted: nobody else's certificate counts
    authority: str = ""

    def config(self, folder: Path, source: str, at: tuple[str, int]) -> str:
        lines = [
            f"module_path {self.modules}",
            "module g711.so",
            "module aufile.so",
            "module aubridge.so",
            # used where the account says so
            "module srtp.so",
            "module_app menu.so",
            "module_app ctrl_tcp.so",
            f"ctrl_tcp_listen {at[0]}:{at[1]}",
            f"audio_source {source}",
            # what somebody says goes nowhere: a newer baresip would write it to a file
            "audio_player aubridge,nowhere",
            f"audio_path {folder}",
            "call_max_calls 1",
        ]
        if self.interface:
            lines.append(f"net_interface {self.interface}")
        if self.authority:
            lines += [f"sip_cafile {self.authority}", "sip_verify_server yes"]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    process: Process
    control: Control
    folder: Path

    @classmethod
    async def dial(cls, agent: Agent, *, account: str, uri: str, quiet: Path) -> Self:
        """Raises `ControlError`."""
        line = await cls.start(
            agent, account=account, source=f"aufile,{quiet}", longest=LONGEST_CALL
        )
        try:
            await line.control.ask("dial", uri, within=_STARTS_WITHIN_S)
        except BaseException:
            await line.close()
            raise
        return line

    @classmethod
    async def start(
        cls, agent: Agent, *, account: str, source: str, longest: timedelta | None = None
    ) -> Self:
        """1. an address nobody else has  2. baresip  3. the account, which stays in its memory.

        Raises `ControlError`.
        """
        at = own_address()
        folder: Path | None = None
        process: Process | None = None
        most = ("-t", str(round(longest.total_seconds()))) if longest else ()
        try:
            folder = Path(tempfile.mkdtemp(prefix="anshim-call-"))
            (folder / "config").write_text(agent.config(folder, source, at), encoding="utf-8")
            process = await asyncio.create_subprocess_exec(
                *(*_dying_with_us(), agent.program, *most, "-f", str(folder)),
                cwd=folder,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
            )
            control = await Control.connect(
                *at, within=_STARTS_WITHIN_S, lives=partial(_lives, process)
            )
            await control.ask("uanew", account, within=_STARTS_WITHIN_S)
        except BaseException as error:
            if process is not None:
                await _end(process)
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise ControlError(f"baresip cannot be started: {error.strerror}") from error
            raise
        return cls(process=process, control=control, folder=folder)

    async def events(self) -> AsyncIterator[Said]:
        """Of our own call; whoever calls here is not heard."""
        while True:
            said = await self.control.hear()
            if said.type and said.direction == "outgoing":
                yield said

    async def play(self, sound: Path) -> None:
        await self.control.tell("ausrc", f"aufile,{sound}")

    async def close(self) -> None:
        with contextlib.suppress(ControlError):
            await self.control.tell("hangup")
            await self.control.tell("quit")
        self.control.close()
        await _end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


def _lives(process: Process) -> bool:
    return process.returncode is None


async def _end(process: Process) -> None:
    """It says goodbye on the line by itself; it is ended if that takes too long."""
    try:
        async with asyncio.timeout(_ENDS_WITHIN_S):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _dying_with_us() -> tuple[str, ...]:
    """Linux has it; elsewhere only the longest call's time ends it."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()


def own_address() -> tuple[str, int]:
    """One of the sixteen million addresses of this machine itself: only to be unlike the others."""
    parts = [random.randint(1, 254) for _ in range(3)]  # noqa: S311 - no secret
    return ".".join(map(str, (127, *parts))), random.randrange(*_PORTS)  # noqa: S311 - no secret
