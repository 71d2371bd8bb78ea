"""The other end of a call by SIP, as real programs on loopback: baresip and sipp.

baresip answers, presses digits (RFC 4733), talks and records what it hears; sipp plays what a
PBX or a trunk says by its own scenarios.
"""

import asyncio
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
import contextlib
from dataclasses import dataclass, field
import os
from pathlib import Path
import random
import socket
from typing import Final

from anshim_district.reach.sip.control import Control, Said
from anshim_district.reach.sip.line import own_address

MODULES: Final = os.environ.get("ANSHIM_BARESIP_MODULES", "/usr/lib/baresip/modules")
_SCENARIOS: Final = Path(__file__).parent / "sipp"
_WITHIN_S: Final = 20.0


def free_port() -> int:
    """Of UDP and TCP, below those that the system gives to others by itself."""
    while not _is_free(port := random.randrange(10000, 32000)):
        continue
    return port


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


@dataclass(kw_only=True)
class Telephone:
    """A baresip that is called."""

    folder: Path
    port: int
    control: Control
    process: asyncio.subprocess.Process
    seen: list[Said] = field(default_factory=list)

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def recording(self, *, own: bool = False) -> Path:
        """Of what came down the line, or of what was said here; the telephone is put away."""
        await self.control.tell("quit")
        async with asyncio.timeout(_WITHIN_S):
            await self.process.wait()
        (file,) = self.folder.glob(f"dump-*-{'enc' if own else 'dec'}.wav")
        return file

    async def until(self, type_: str) -> None:
        async with asyncio.timeout(_WITHIN_S):
            while (said := await self.control.hear()).type != type_:
                self.seen.append(said)

    async def press(self, digit: str) -> None:
        await self.control.tell("sndcode", digit)

    async def hang_up(self) -> None:
        await self.control.tell("hangup")


@contextlib.asynccontextmanager
async def telephone(
    folder: Path,
    *,
    number: str = "01012345678",
    mode: str = "auto",
    talk: Path | None = None,
    at: str = "",
) -> AsyncIterator[Telephone]:
    """`talk`: what its owner, or the machine that answers, says. `at`: an account at a PBX."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs yet
    port, (host, control) = free_port(), own_address()
    source = f"aufile,{talk}" if talk else "aubridge,ear"
    config = f"""
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
module_path {MODULES}
module g711.so
module aufile.so
module aubridge.so
module srtp.so
module sndfile.so
snd_path {folder}
audio_source {source}
audio_player aubridge,ear
audio_path {folder}
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {host}:{control}
"""
    (folder / "config").write_text(config, encoding="utf-8")
    account = at or f"<sip:{number}@127.0.0.1:{port}>;regint=0"
    (folder / "accounts").write_text(f"{account};answermode={mode}\n", encoding="utf-8")
    with (folder / "out").open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *("baresip", "-t", "60", "-f", str(folder)), stdin=DEVNULL, stdout=out, stderr=out
        )
    try:
        connection = await Control.connect(
            host, control, within=_WITHIN_S, lives=lambda: process.returncode is None
        )
        yield Telephone(folder=folder, port=port, control=connection, process=process)
        connection.close()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@dataclass(kw_only=True)
class Exchange:
    """A sipp that plays one scenario for `calls` calls."""

    port: int
    process: asyncio.subprocess.Process
    log: Path

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def ended_well(self) -> bool:
        """Whether every call went as the scenario has it."""
        async with asyncio.timeout(_WITHIN_S):
            return await self.process.wait() == 0


@contextlib.asynccontextmanager
async def exchange(
    folder: Path, scenario: str, *, calls: int = 1, port: int = 0, **words: str
) -> AsyncIterator[Exchange]:
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs yet
    port = port or free_port()
    text = (_SCENARIOS / f"{scenario}.xml").read_text(encoding="utf-8")
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    path = folder / "scenario.xml"
    path.write_text(text, encoding="utf-8")
    with (folder / "out").open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *("sipp", "-sf", str(path), "-i", "127.0.0.1", "-p", str(port), "-m", str(calls)),
            *(
                "-mp",
                str(free_port()),
                "-nostdin",
                "-trace_err",
                "-error_file",
                str(folder / "err"),
            ),
            cwd=folder,
            env={**os.environ, "TERM": "dumb"},
            stdin=DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        await _listening(port)
        yield Exchange(port=port, process=process, log=folder / "out")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _listening(port: int) -> None:
    """Until the port is taken."""
    async with asyncio.timeout(_WITHIN_S):
        while _is_free(port):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.02)
