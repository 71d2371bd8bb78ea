"""A real home's recorded use of kettle and microwave, lived again on the stage's clock."""

from collections.abc import Iterator
import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

RECORDING = Path(__file__).parent / "recordings" / "refit_h2.csv"


@dataclass(frozen=True, kw_only=True)
class Use:
    """An appliance was switched on or off by somebody at home."""

    at: datetime
    appliance: str
    is_on: bool


def recorded(day: date) -> Iterator[Use]:
    """What happened on one recorded day, in local time without zone, oldest first."""
    with RECORDING.open(newline="") as lines:
        for row in csv.DictReader(lines):
            at = datetime.fromisoformat(row["ts"])
            if at.date() == day:
                yield Use(at=at, appliance=row["sensor"], is_on=row["value"] == "1")


# The recording says on and off; the power is ours: what a kettle and a microwave commonly draw.
WATTS = {"kettle": 1870, "microwave": 1180}


def frames(use: Use) -> Iterator[tuple[timedelta, int]]:
    """What a metering plug reports of one switching: a step, then the jitter of heating."""
    watts = WATTS[use.appliance]
    if not use.is_on:
        yield timedelta(0), 0
        return
    yield timedelta(0), watts
    yield timedelta(seconds=30), watts - 6
    yield timedelta(seconds=60), watts - 2
