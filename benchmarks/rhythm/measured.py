"""Runs the harness of a data folder and puts intervals round what it says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import importlib.util
from math import sqrt
from pathlib import Path
import random
from types import ModuleType
from typing import Any

from .detectors import Make

MONTH = 30.44
TRACKS = {
    "known": (("kasteren_a", "kasteren_c", "mit_1", "mit_2", "ordonez_a"), True),
    "unknown": (("kasteren_a", "kasteren_c", "mit_1", "mit_2", "ordonez_a"), False),
    "plugs": (("refit_h2", "ukdale_h2"), False),
    "steps": (tuple(f"wear_p{n:02}" for n in range(1, 11)), False),
}
# Enough imagined collapses per hour of the day, by how many homes there are.
PER_HOUR = {"known": 6, "unknown": 6, "plugs": 12, "steps": 3}

type Event = tuple[float, str, str, float]
type Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Result:
    """`alarms` at home in `days` there; `all_alarms` in `all_days`. `delays` in hours, sorted."""

    alarms: int
    days: float
    all_alarms: int
    all_days: float
    delays: Sequence[float]

    @property
    def rate(self) -> float:
        """Needless alarms in a month at home."""
        return self.alarms / self.days * MONTH

    @property
    def rate_interval(self) -> tuple[float, float]:
        low, high = poisson_interval(self.alarms)
        return low / self.days * MONTH, high / self.days * MONTH

    def delay(self, share: float) -> float:
        return quantile(self.delays, share)

    @property
    def median_interval(self) -> tuple[float, float]:
        rng = random.Random(1)
        size = len(self.delays)
        medians = sorted(
            quantile(sorted(rng.choices(self.delays, k=size)), 0.5) for _ in range(200)
        )
        return medians[4], medians[-5]


def quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


def poisson_interval(count: int) -> tuple[float, float]:
    """95 %, by the approximation of Wilson and Hilferty."""

    def bound(events: float, z: float) -> float:
        third = 1 - 1 / (9 * events) + z / (3 * sqrt(events))
        return float(events * max(third, 0.0) ** 3)

    return (bound(count, -1.96) if count else 0.0), bound(count + 1, 1.96)


class Data:
    """The folder with its homes and its harness."""

    def __init__(self, folder: Path) -> None:
        self.harness: Any = _module(folder / "harness.py")
        self._homes: dict[str, tuple[list[Event], list[Span], list[Span]]] = {}

    def home(self, name: str) -> tuple[list[Event], list[Span], list[Span]]:
        """Events, labelled absences, and those with the quiet runs that nobody labelled."""
        if name not in self._homes:
            events, absences = self.harness.load(name)
            events = self.harness.thin(events)
            known = sorted(absences + self.harness.suspect(events, absences))
            self._homes[name] = events, absences, known
        return self._homes[name]

    def track(self, track: str, make: Make, homes: Iterable[str] = ()) -> Result:
        names, known = TRACKS[track]
        runs = []
        for name in homes or names:
            events, _, absences = self.home(name)
            for turned, away in self.harness.rotations(events, absences):
                told = self.harness.with_presence(turned, away) if known else turned
                runs.append(self.run(make, told, away, per_hour=PER_HOUR[track]))
        return together(runs)

    def run(self, make: Make, events: list[Event], away: list[Span], **options: Any) -> Result:
        found = self.harness.evaluate(make, events, away, **options)
        return Result(
            alarms=len(found["fa_home"]),
            days=found["days_home"],
            all_alarms=len(found["fa"]),
            all_days=found["days"],
            delays=sorted(float(delay) / 3600 for delay in found["delays"]),
        )


def together(runs: Sequence[Result]) -> Result:
    # A recording hardly longer than its warm-up has no days to count.
    runs = [run for run in runs if run.days > 0]
    return Result(
        alarms=sum(run.alarms for run in runs),
        days=sum(run.days for run in runs),
        all_alarms=sum(run.all_alarms for run in runs),
        all_days=sum(run.all_days for run in runs),
        delays=sorted(delay for run in runs for delay in run.delays),
    )


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("harness", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
