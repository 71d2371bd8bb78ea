"""Years of closed cases: they are kept, and what is done now must not go through them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

import msgspec
from sqlalchemy import Engine, insert

from anshim_district.cases.model import Case
from anshim_district.cases.words import Family, Outcome, Stage, Standing
from anshim_district.storage.tables import cases
from benchmarks.district.homes import Home

_AT_ONCE: Final = 5000
_YEARS: Final = timedelta(days=1095)


def close_many(engine: Engine, homes: Sequence[Home], many: int, now: datetime) -> None:
    """Spread over the homes and the years."""
    with engine.begin() as connection:
        for some in batched(_rows(homes, many, now), _AT_ONCE, strict=False):
            connection.execute(insert(cases), some)


def _rows(homes: Sequence[Home], many: int, now: datetime) -> Iterator[dict[str, object]]:
    for number in range(many):
        household = homes[number % len(homes)].household
        ended = now - _YEARS * ((many - number) / many)
        case = Case(
            id=f"c-{household}-{number}",
            family=Family.WELFARE,
            stage=Stage.VISIT,
            standing=Standing.CLOSED,
            cause="silence",
            episode=number + 1,
            opened_at=ended - timedelta(hours=1),
            changed_at=ended,
            outcome=Outcome.SEEN_WELL,
            closed_by="officer",
        )
        yield {
            "id": case.id,
            "household": household,
            "family": case.family.value,
            "stage": case.stage.value,
            "standing": case.standing.value,
            "owner": None,
            "opened": case.opened_at,
            "changed": case.changed_at,
            "due": None,
            "is_open": False,
            "state": msgspec.json.encode(case),
        }
