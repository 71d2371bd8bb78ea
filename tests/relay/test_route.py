"""The route to a control centre out of its hours: it hears what the district does not take."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import override

import orjson
import pytest

from anshim_relay import clock
from anshim_relay.carriers import Answer, Verdict
from anshim_relay.carriers.routed import Routed
from anshim_relay.duty import Calendar, Days, Duty, Rule
from anshim_relay.envelope import Priority, events_from
from anshim_relay.identity import fresh
from anshim_relay.outbox.keeping import Moment
from anshim_relay.outbox.opening import open_outbox
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.owing import Owed
from anshim_relay.seal import Seal
from anshim_relay.timekeeper import Timekeeper
from tests.relay.support.carriers import Played
from tests.relay.support.events import event

DRILLS_ONLY = Rule(days=Days.EVERY, start=time(0), end=time(0), kinds=frozenset({"drill"}))


class Reached(Played):
    """A centre that takes everything."""

    at_once = 1

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        return {owed.row: Verdict(answer=Answer.DURABLE) for owed in events}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    identity = fresh()
    outbox, _ = open_outbox(
        tmp_path,
        limit=1 << 20,
        destinations=["district", "centre"],
        witness=identity.witness,
        seal=None,
        now=datetime.now(UTC),
        on_broken=lambda: pytest.fail("the outbox broke"),
    )
    yield outbox
    outbox.close()


def ago(seconds: float, *, boot: str | None = None, known: bool = True) -> Moment:
    reading = clock.read()
    earlier = timedelta(seconds=seconds)
    return Moment(
        reading=clock.Reading(
            wall=reading.wall - earlier,
            steady=reading.steady - seconds,
            boot=boot or reading.boot,
        ),
        now=reading.wall - earlier if known else None,
    )


async def routed(outbox: Outbox, kind: str, kept: Moment, *, district_has_it: bool = False) -> str:
    await outbox.adopt(Seal(kit="k-testkit01", key=fresh().key))
    await outbox.keep(events_from(orjson.dumps(event(1, kind)), batch=False), kept)
    district, centre = await outbox.destination("district"), await outbox.destination("centre")
    [owed] = await outbox.owed(centre, list(Priority), [], 1)
    if district_has_it:
        await outbox.mark(district, {owed.row: "durable"}, datetime.now(UTC))
    duty = Duty(rules=[DRILLS_ONLY], calendar=Calendar(is_holiday=lambda _: False))
    route = Routed(Reached(), duty, outbox, district, Timekeeper())
    return (await route.carry([owed], urgent=False))[owed.row].answer


@pytest.mark.parametrize(
    ("kind", "waited", "answer"),
    [
        ("emergency", 5, Answer.WAITING),
        ("emergency", 31, Answer.DURABLE),
        ("knock", 31, Answer.WAITING),
        ("knock", 121, Answer.DURABLE),
        ("resolved", 0, Answer.DURABLE),
        ("quiet", 500, Answer.PASSED),
    ],
)
async def test_the_centre_hears_what_the_district_has_not_taken_for_too_long(
    outbox: Outbox, kind: str, waited: float, answer: Answer
) -> None:
    assert await routed(outbox, kind, ago(waited)) == answer


async def test_what_the_district_has_is_none_of_its_business(outbox: Outbox) -> None:
    assert await routed(outbox, "knock", ago(500), district_has_it=True) == Answer.PASSED


@pytest.mark.parametrize(
    "kept",
    [ago(-3e8, boot="earlier"), ago(60, boot="earlier", known=False)],
    ids=["by a clock that was ahead", "while nobody knew the time"],
)
async def test_an_age_that_nobody_can_know_is_not_waited_for(outbox: Outbox, kept: Moment) -> None:
    assert await routed(outbox, "knock", kept) == Answer.DURABLE


async def test_the_hours_of_one_kind_open_the_way_for_it_alone(outbox: Outbox) -> None:
    assert await routed(outbox, "drill", ago(0)) == Answer.DURABLE
