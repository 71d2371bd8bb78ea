"""A home made of a log: every line goes through the same rules as a state change of a real one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from custom_components.anshim_knock.logic.activity import Change
from custom_components.anshim_knock.logic.rhythm.backtest import Sign
from custom_components.anshim_knock.logic.rhythm.verdict import Place
from custom_components.anshim_knock.logic.source import Source, observe
from custom_components.anshim_knock.logic.words import Role

# What a technician would set up for a sensor of this kind. An item is a cabinet or a tap; a
# pressure mat is used as a door is: stepping on and off are both a person's.
ROLES = {
    "door": Role.DOOR,
    "item": Role.DOOR,
    "motion": Role.MOTION,
    "pressure": Role.DOOR,
    "plug": Role.PLUG,
    "phone": Role.PHONE,
    "light": Role.LIGHT,
}
PRESENCE = "presence"
KINDS = (*ROLES, PRESENCE)
# Longer before the first line than anything settles after a start.
_STARTED = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Line(NamedTuple):
    """One line of a log. `at`: the wall clock, in seconds as if it were UTC."""

    at: float
    sensor: str
    kind: str
    value: float


@dataclass(kw_only=True)
class Home:
    """Sources that were all proved on the day the log begins."""

    started: datetime | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)

    def signs(self, line: Line) -> Iterator[Sign]:
        """The signs of life in a line: none or one."""
        if line.kind == PRESENCE:
            yield Sign(line.at, line.sensor, home=line.value > 0)
            return
        at = _EPOCH + timedelta(seconds=line.at)
        if self.started is None:
            self.started = at - _STARTED
        role = ROLES[line.kind]
        source = self.sources.get(line.sensor)
        if source is None:
            source = Source(role=role, tested=self.started)
        old, new = self._states(line, role)
        seen = observe(source, Change(old=old, new=new, at=at, started=self.started))
        self.sources[line.sensor] = seen.source
        if seen.finding.activity:
            place = Place.DOOR if line.kind == "door" else Place.INSIDE
            happened = line.at - (at - seen.at).total_seconds()
            yield Sign(line.at, line.sensor, place, happened=happened)

    def _states(self, line: Line, role: Role) -> tuple[str, str]:
        """What the entity showed before and shows now. A log leaves the way back out at times."""
        if role is not Role.PHONE:
            return ("off", "on") if line.value > 0 else ("on", "off")
        before = self.steps.get(line.sensor, 0.0)
        self.steps[line.sensor] = before + line.value
        return f"{before:g}", f"{before + line.value:g}"
