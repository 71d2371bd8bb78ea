"""The district's server as the plain program, with the options an administrator would write."""

from dataclasses import dataclass
import json
import os
from pathlib import Path
import secrets
import subprocess
import sys

import httpx

from stage.clock import StageClock
from stage.processes import Program

STAFF = "center"


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """Issued for a new kit: the household's pseudonym, and the text of the QR code."""

    household: str
    uri: str


@dataclass(kw_only=True)
class District:
    """The process, and the staff's way in."""

    program: Program
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/v1/health", timeout=10).is_success
        except httpx.TransportError:
            return False

    def enrol(self) -> Enrolment:
        """Let the district issue a code, as its administrator does on the command line."""
        clock = self.program.clock
        extra, _ = clock.environment("enrol") if clock else ({}, None)
        printed = subprocess.run(
            [*self.program.command, "enrol"],
            env={**os.environ, **extra},
            check=True,
            capture_output=True,
            timeout=60,
        ).stdout
        issued = json.loads(printed)
        return Enrolment(household=issued["household"], uri=issued["uri"])


def district(folder: Path, *, port: int, public_url: str, clock: StageClock, log: Path) -> District:
    """A district that kits reach at `public_url`."""
    data = folder / "data"
    data.mkdir(parents=True)
    password = secrets.token_urlsafe(9)
    options = folder / "options.json"
    options.write_text(
        json.dumps(
            {
                "district": {"id": "anshim-gu", "name": "안심구 Anshim-gu"},
                "listen": {"host": "127.0.0.1", "port": port},
                "public_url": public_url,
                "language": "ko",
                "second_factor": "optional",
                "admin": {"user": STAFF, "password": password},
            }
        )
    )
    program = Program(
        name="district",
        command=[
            *(sys.executable, "-m", "anshim_district"),
            *("--options", str(options), "--data", str(data)),
        ],
        log=log,
        ready=lambda: False,
        clock=clock,
    )
    made = District(program=program, port=port, password=password)
    program.ready = made.healthy
    return made
