"""Reads recorded homes, and makes of a plug's on and off what a polled power meter would show."""

from collections.abc import Iterator
import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import gzip
from pathlib import Path
from random import Random

from custom_components.anshim_knock.logic.words import Role

# A power meter is polled every 30 to 45 s; its reading wobbles by a watt.
POLL_S = (30.0, 45.0)
# The recordings say on and off only: what such appliances draw.
WATTS = {
    "coffee": 900.0,
    "dishwasher": 1800.0,
    "fridge": 90.0,
    "kettle": 1900.0,
    "microwave": 1200.0,
    "toaster": 800.0,
    "tv": 80.0,
    "washingmachine": 400.0,
}
_POLLED_AFTER = timedelta(minutes=5)
_AT_REST = timedelta(minutes=30)

_ROLES = {
    "door": Role.DOOR,
    "motion": Role.MOTION,
    "phone": Role.PHONE,
    "plug": Role.PLUG,
    "light": Role.LIGHT,
}


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One sensor: when it went on (True) and off."""

    home: str
    sensor: str
    kind: str
    edges: tuple[tuple[datetime, bool], ...]

    @property
    def role(self) -> Role:
        """Drawers, flushes and mats are `other`, which more marks may find than a door."""
        return _ROLES.get(self.kind, Role.OTHER)

    @property
    def is_machine(self) -> bool:
        """Known from the recordings' description: these go on by themselves."""
        return self.home == "tracebase_plugs" and self.sensor.startswith(("fridge", "coffee"))

    @property
    def starts(self) -> list[datetime]:
        return [at for at, on in self.edges if on]

    @property
    def uses(self) -> list[tuple[datetime, datetime]]:
        """From on to off."""
        found, since = [], None
        for at, on in self.edges:
            if on:
                since = since or at
            elif since is not None:
                found.append((since, at))
                since = None
        return found


def recordings_of(folder: Path) -> Iterator[Recording]:
    for path in sorted(folder.glob("*.csv.gz")):
        edges: dict[tuple[str, str], list[tuple[datetime, bool]]] = {}
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                at = datetime.fromisoformat(row["ts"]).replace(tzinfo=UTC)
                key = row["sensor"], row["kind"]
                edges.setdefault(key, []).append((at, float(row["value"]) > 0.0))
        for (sensor, kind), found in edges.items():
            home = path.name.removesuffix(".csv.gz")
            ordered = tuple(sorted(found, key=lambda edge: edge[0]))
            yield Recording(home=home, sensor=sensor, kind=kind, edges=ordered)


def polled(recording: Recording, seed: int = 1) -> Iterator[tuple[datetime, str]]:
    """What a power meter would show of it: whatever is drawn at the moments of its polls."""
    random = Random(seed)
    watts = next(w for name, w in WATTS.items() if recording.sensor.startswith(name))
    now, stopped = recording.edges[0][0] - timedelta(hours=1), datetime.min.replace(tzinfo=UTC)
    for start, end in recording.uses:
        while now < end:
            running = start <= now
            yield now, f"{max(watts * running + random.uniform(-0.3, 1.1), 0.0):.1f}"
            pause = timedelta(seconds=random.uniform(*POLL_S))
            if not running and now - stopped > _POLLED_AFTER:
                # At rest nothing changes: only a poll now and then is played, and the last ones.
                pause = max(pause, min(start - now - 2 * pause, _AT_REST))
            now += pause
        stopped = end


def switched(recording: Recording) -> Iterator[tuple[datetime, str]]:
    for at, on in recording.edges:
        yield at, "on" if on else "off"
