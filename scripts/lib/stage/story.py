"""What happens on the stage, told line by line as it happens, and at the end as one JSON object."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
import json
import threading
from zoneinfo import ZoneInfo

from stage.clock import StageClock

HOME_ZONE = ZoneInfo("Asia/Seoul")


class Who(StrEnum):
    HOME = "home"
    RELAY = "relay"
    DISTRICT = "district"


@dataclass(frozen=True, kw_only=True)
class Line:
    t: datetime
    who: Who
    what: str

    def as_json(self) -> dict[str, str]:
        at = self.t.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"t": at, "who": self.who, "what": self.what}


@dataclass(kw_only=True)
class Story:
    """Tells the story by the stage's clock."""

    clock: StageClock
    lines: list[Line] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, who: Who, what: str) -> None:
        """Add a line; the lines between the programs are heard in threads of their own."""
        with self._lock:
            line = Line(t=self.clock.now(), who=who, what=what)
            self.lines.append(line)
            self._print(line)

    @staticmethod
    def _print(line: Line) -> None:
        print(f"{line.t.astimezone(HOME_ZONE):%H:%M:%S}  {line.who:<8}  {line.what}", flush=True)

    def aside(self, what: str) -> None:
        """Said to the person at the terminal; not part of the story."""
        print(f"          {what}", flush=True)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How it ended."""

    story: list[Line]
    alerts_kept: int
    alerts_delivered: int
    lost: int
    cases: list[dict[str, str]]
    ok: bool

    def as_json(self) -> str:
        return json.dumps(
            {
                "story": [line.as_json() for line in self.story],
                "alerts_kept": self.alerts_kept,
                "alerts_delivered": self.alerts_delivered,
                "lost": self.lost,
                "cases": self.cases,
                "ok": self.ok,
            },
            ensure_ascii=False,
        )
