"""What a lost kit's successor signs again: what the district is owed, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from anshim_relay import clock
from anshim_relay.envelope import Priority, events_from
from anshim_relay.identity import fresh
from anshim_relay.outbox.keeping import Moment
from anshim_relay.outbox.opening import open_outbox
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.seal import Seal
from tests.relay.support.events import event

LOST = Seal(kit="k-testkit01", key=fresh().key)
NEXT = Seal(kit="k-testkit02", key=fresh().key)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    outbox, _ = open_outbox(
        tmp_path,
        limit=1 << 20,
        destinations=["district", "centre"],
        witness=fresh().witness,
        seal=LOST,
        now=datetime.now(UTC),
        on_broken=lambda: pytest.fail("the outbox broke"),
    )
    yield outbox
    outbox.close()


async def test_what_the_district_has_gets_no_number_that_it_would_miss(outbox: Outbox) -> None:
    moment = Moment(reading=clock.read(), now=datetime.now(UTC))
    await outbox.adopt(LOST)
    for version in (1, 2, 3):
        document = orjson.dumps(event(version, "quiet"))
        await outbox.keep(events_from(document, batch=False), moment)
    district, centre = [await outbox.destination(name) for name in ("district", "centre")]
    first, second, third = await outbox.owed(district, list(Priority), [], 10)
    await outbox.mark(district, {first.row: "durable", third.row: "repeat"}, moment.now)

    await outbox.adopt(NEXT, [LOST.kit])

    (owed,) = await outbox.owed(district, list(Priority), [], 10)
    assert (owed.row, owed.kit) == (second.row, NEXT.kit)
    assert (await outbox.highwater()).seq == 1
    told = await outbox.owed(centre, list(Priority), [], 10)
    assert [one.kit for one in told] == [LOST.kit, NEXT.kit, LOST.kit]


async def test_a_restored_district_gets_what_it_had_of_the_lost_kit_signed_by_its_successor(
    outbox: Outbox,
) -> None:
    """But what it never believed, because the kit was lost, is not vouched for now."""
    moment = Moment(reading=clock.read(), now=datetime.now(UTC))
    await outbox.adopt(LOST)
    district = await outbox.destination("district")

    async def deliver(version: int, kind: str, answer: str) -> None:
        await outbox.keep(events_from(orjson.dumps(event(version, kind)), batch=False), moment)
        (owed,) = await outbox.owed(district, list(Priority), [], 10)
        await outbox.mark(district, {owed.row: answer}, moment.now)

    await deliver(1, "quiet", "durable")
    await deliver(2, "resolved", "repeat")
    await deliver(3, "emergency", "quarantined")
    await outbox.adopt(NEXT, [LOST.kit])
    await deliver(4, "quiet", "durable")
    have = {(await outbox.highwater()).epoch: 1}
    assert await outbox.owe_again(district, NEXT.kit, have) == 0
    assert await outbox.owed(district, list(Priority), [], 10) == []

    assert await outbox.owe_again(district, NEXT.kit, {}) == 1

    owed = await outbox.owed(district, list(Priority), [], 10)
    assert [(one.id, one.kit) for one in owed] == [
        (event(version, kind)["id"], NEXT.kit)
        for version, kind in ((2, "resolved"), (1, "quiet"), (4, "quiet"))
    ]
    assert (await outbox.highwater()).seq == 3
    await outbox.keep(events_from(orjson.dumps(event(5, "quiet")), batch=False), moment)
    known = await outbox.owed(district, list(Priority), [], 10)
    outbox.look_again()
    assert known == await outbox.owed(district, list(Priority), [], 10)
    assert known.index(owed[0]) < known.index(owed[1])
