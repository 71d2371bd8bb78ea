"""Starts a real relay or district for a test and speaks HTTP with it, as a stranger would."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
import json
import os
from pathlib import Path
import subprocess
import sys
import time
from typing import Any

from .contract_files import CONTRACT, Json

STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 20.0
ANSWERS_WITHIN_S = 30.0
SOURCES = [CONTRACT.parent / "addon" / name / "src" for name in ("relay", "district")]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response with a JSON body."""

    status: int
    media_type: str
    body: Json


@dataclass(frozen=True, kw_only=True)
class Program:
    """A running program on this machine's loopback."""

    module: str
    folder: Path
    port: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Header names are given with underscores."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWERS_WITHIN_S)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, sent, {**self.headers, **named})
            answer = connection.getresponse()
            read: Any = json.loads(answer.read())
            media_type = answer.headers.get_content_type()
            return Answer(status=answer.status, media_type=media_type, body=read)
        finally:
            connection.close()

    def run(self, *arguments: str) -> Json:
        """One command of the program beside the running one; it answers with one JSON line."""
        done = subprocess.run(
            [*_command(self.module, self.folder), *arguments],
            env=_environment(),
            capture_output=True,
            check=True,
            timeout=STARTS_WITHIN_S,
        )
        answered: Json = json.loads(done.stdout)
        return answered


@contextmanager
def running(
    module: str, options: Json, folder: Path, headers: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """1. start; 2. wait until it says where it listens; 3. stop it by its own id."""
    (folder / "options.json").write_text(json.dumps(options), encoding="utf-8")
    log = folder / "program.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(module, folder), env=_environment(), stdout=output, stderr=output
        )
    try:
        port = _port(process, log)
        yield Program(module=module, folder=folder, port=port, headers=headers or {})
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_S)
        finally:
            process.kill()


def _command(module: str, folder: Path) -> list[str]:
    data, options = folder / "data", folder / "options.json"
    return [sys.executable, "-m", module, "--options", str(options), "--data", str(data)]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(str(path) for path in SOURCES)}


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        for line in log.read_text(encoding="utf-8").splitlines():
            if '"what":"listening"' in line:
                return int(json.loads(line)["port"])
        time.sleep(0.05)
    raise RuntimeError(f"It never listened:\n{log.read_text(encoding='utf-8')}")
