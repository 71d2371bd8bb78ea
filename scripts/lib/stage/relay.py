"""The household's relay as the plain program, with the options a technician would write."""

from dataclasses import dataclass
import json
from pathlib import Path
import secrets
import sys
from typing import Any

import httpx

from stage.clock import StageClock
from stage.processes import Program, free_port


@dataclass(kw_only=True)
class Relay:
    """The process, its token, and what it says of itself."""

    program: Program
    port: int
    token: str

    def status(self) -> dict[str, Any] | None:
        """What `GET /v1/status` answers; None while nobody does."""
        try:
            answer = httpx.get(
                f"http://127.0.0.1:{self.port}/v1/status",
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=10,
            )
        except httpx.TransportError:
            return None
        found: dict[str, Any] | None = answer.json() if answer.is_success else None
        return found

    def connected(self) -> bool:
        """Whether it is enrolled and its district answers it."""
        status = self.status()
        return bool(
            status and status["kit"] and any(d["connected"] for d in status["destinations"])
        )

    def waiting(self) -> int:
        """How many events it still owes the district; none while it does not answer itself."""
        status = self.status()
        return sum(d["waiting"] for d in status["destinations"]) if status else 0


def relay(
    folder: Path, *, enrolment: str, district_url: str, clock: StageClock, log: Path
) -> Relay:
    """A relay that will enrol itself with the code when it starts."""
    data = folder / "data"
    data.mkdir(parents=True)
    port, token = free_port(), secrets.token_urlsafe(24)
    options = folder / "options.json"
    options.write_text(
        json.dumps(
            {
                "listen_host": "127.0.0.1",
                "listen_port": port,
                "intake_token": token,
                "district_url": district_url,
                "enrolment_code": enrolment,
            }
        )
    )
    program = Program(
        name="relay",
        command=[
            *(sys.executable, "-m", "anshim_relay"),
            *("--options", str(options), "--data", str(data)),
        ],
        log=log,
        ready=lambda: False,
        clock=clock,
    )
    made = Relay(program=program, port=port, token=token)
    program.ready = lambda: made.status() is not None
    return made
