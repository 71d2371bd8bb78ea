"""A year of a busy home as a list of reports: who, what, after how many seconds.

Made up, the same each time: four plugs that jitter by a watt, motion all day, doors, a phone that
counts steps, and devices that are no sources. A day of people, quiet at night.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import math
import random

PLUGS = tuple(f"sensor.plug_{n}_power" for n in range(4))
MOTIONS = tuple(f"binary_sensor.motion_{n}" for n in range(4))
DOORS = tuple(f"binary_sensor.door_{n}" for n in range(3))
FRONT_DOOR = "binary_sensor.front_door"
STEPS = "sensor.phone_steps"
OTHERS = tuple(f"sensor.climate_{n}" for n in range(20))
SOURCES = (
    *(("plug", name) for name in PLUGS),
    *(("motion", name) for name in MOTIONS),
    *(("door", name) for name in DOORS),
    ("outer_door", FRONT_DOOR),
    ("phone", STEPS),
)
# A million in a year.
_PAUSE_S = 365 * 86400 / 1_000_000
_KINDS = ("jitter", "use", "motion", "door", "steps", "other")
_SHARES = (60, 2, 22, 6, 2, 8)
_USE_WATTS = 1850.0


@dataclass(frozen=True, slots=True)
class Report:
    """One state change, `after` seconds from the one before."""

    after: float
    kind: str
    entity_id: str
    state: str


def reports(changes: int) -> Iterator[Report]:
    """So many changes, at a million a year."""
    chance, at = random.Random(7), 0.0
    on: dict[str, bool] = {}
    steps = 0
    for number in range(changes):
        after = chance.expovariate(1.0) * _PAUSE_S
        at += after
        kind = chance.choices(_KINDS, _SHARES)[0]
        if kind in {"use", "motion", "door", "steps"} and chance.random() > _awake(at):
            kind = "jitter"
        match kind:
            case "jitter":
                plug = chance.choice(PLUGS)
                watts = (_USE_WATTS if on.get(plug) else 3.0) + (number % 7) / 10
                yield Report(after, kind, plug, f"{watts:.1f}")
            case "use":
                plug = chance.choice(PLUGS)
                on[plug] = not on.get(plug, False)
                yield Report(after, kind, plug, f"{_USE_WATTS if on[plug] else 3.05:.2f}")
            case "steps":
                steps += 40
                yield Report(after, kind, STEPS, str(steps))
            case "other":
                yield Report(after, kind, chance.choice(OTHERS), str(number % 997))
            case _:
                name = chance.choice(MOTIONS if kind == "motion" else (*DOORS, FRONT_DOOR))
                on[name] = not on.get(name, False)
                yield Report(after, kind, name, "on" if on[name] else "off")


def _awake(at: float) -> float:
    """By the hour: little at four in the morning, most at four in the afternoon."""
    return 0.5 - 0.48 * math.cos((at / 86400 - 4 / 24) * 2 * math.pi)
