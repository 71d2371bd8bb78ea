"""What was just kept goes out without being read again, and a home that speaks is heard first."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
import sqlite3
from typing import override

import orjson
import pytest

from anshim_relay import deliverer
from anshim_relay.carriers import Answer, Verdict
from anshim_relay.carriers.alternating import Way
from anshim_relay.destination import Destination
from anshim_relay.envelope import Priority, events_from
from anshim_relay.identity import fresh
from anshim_relay.link import Link
from anshim_relay.loops import running
from anshim_relay.outbox.opening import FILE
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.owing import MOST, Owed
from anshim_relay.seal import Seal
from anshim_relay.timekeeper import Timekeeper
from tests.relay.support.carriers import Played
from tests.relay.support.events import event

SEAL = Seal(kit="k-testkit01", key=fresh().key)
EVERYTHING = list(Priority)


async def keep(outbox: Outbox, *versions: int, kind: str = "quiet") -> None:
    documents = [event(version, kind) for version in versions]
    await outbox.keep(events_from(orjson.dumps(documents), batch=True), Timekeeper().moment())


async def owed(outbox: Outbox) -> list[str]:
    return [one.id for one in await outbox.owed(1, EVERYTHING, (), 1000)]


def kept_in(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / FILE)) as file:
        return {id_ for (id_,) in file.execute("SELECT id FROM event")}


async def test_an_alert_is_owed_though_whoever_sent_it_has_gone_before_the_answer(
    outbox: Outbox, tmp_path: Path
) -> None:
    await outbox.adopt(SEAL)
    assert await owed(outbox) == []
    with closing(sqlite3.connect(tmp_path / FILE, autocommit=True)) as other:
        other.execute("BEGIN IMMEDIATE")  # the disk has no time for the relay
        sender = asyncio.create_task(keep(outbox, 1))
        await asyncio.sleep(0.05)
        sender.cancel()
        await asyncio.wait({sender})
        other.execute("ROLLBACK")
    await keep(outbox, 2)
    assert (
        set(await owed(outbox))
        == kept_in(tmp_path)
        == {"h-testhome1.1.quiet", "h-testhome1.2.quiet"}
    )


async def test_more_than_is_held_in_mind_is_owed_to_the_last(outbox: Outbox) -> None:
    await outbox.adopt(SEAL)
    assert await owed(outbox) == []
    for first in range(1, MOST + 60, 20):
        await keep(outbox, *range(first, first + 20))
    found = await outbox.owed(1, EVERYTHING, (), 1000)
    assert len(found) == MOST + 60
    await outbox.mark(1, {one.row: "durable" for one in found[:-1]}, None)
    assert await owed(outbox) == [found[-1].id]


async def test_a_call_for_help_goes_before_alerts_that_were_kept_earlier(outbox: Outbox) -> None:
    await outbox.adopt(SEAL)
    assert await owed(outbox) == []
    await keep(outbox, 1, 2)
    await keep(outbox, 3, kind="emergency")
    assert (await owed(outbox))[0] == "h-testhome1.3.emergency"


async def test_an_answer_that_has_time_shares_the_commit_of_what_is_kept_next(
    outbox: Outbox,
) -> None:
    await outbox.adopt(SEAL)
    await keep(outbox, 1)
    [first] = await outbox.owed(1, EVERYTHING, (), 1000)
    before = outbox.commits.count
    answered = outbox.mark(1, {first.row: "durable"}, None, patient=True)
    await asyncio.gather(answered, keep(outbox, 2))
    assert outbox.commits.count == before + 1
    assert await owed(outbox) == ["h-testhome1.2.quiet"]


async def test_an_answer_is_written_down_though_nothing_more_is_said(outbox: Outbox) -> None:
    await outbox.adopt(SEAL)
    await keep(outbox, 1)
    [first] = await outbox.owed(1, EVERYTHING, (), 1000)
    async with asyncio.timeout(20):
        await outbox.mark(1, {first.row: "durable"}, None, patient=True)
    assert (await outbox.queue(1, Timekeeper().moment())).total == 0


class Receiving(Played):
    """Takes whatever it is brought, and says what it was."""

    def __init__(self) -> None:
        self.came = asyncio.Queue[str]()

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        for one in events:
            self.came.put_nowait(one.id)
        return {one.row: Verdict(answer=Answer.DURABLE) for one in events}


async def nobody_is_lost(kit: str) -> None:
    raise AssertionError(kit)


def the_district(outbox: Outbox, carrier: Played) -> Destination:
    return Destination(
        number=1,
        link=Link("district"),
        ways=[Way(carrier=carrier, link=Link("https"))],
        outbox=outbox,
        timekeeper=Timekeeper(),
        on_lost=nobody_is_lost,
    )


async def test_what_only_the_file_knows_to_be_owed_goes_out_as_well(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a lane believes: it looks into the file now and then."""
    monkeypatch.setattr(deliverer, "LOOKS_AGAIN_S", 0.05)
    await outbox.adopt(SEAL)
    await keep(outbox, 1)
    receiving = Receiving()
    with running(the_district(outbox, receiving).loops):
        async with asyncio.timeout(5):
            assert await receiving.came.get() == "h-testhome1.1.quiet"
            # after what marks the first as delivered, in the one writer's order
            await keep(outbox, 2)
            assert await receiving.came.get() == "h-testhome1.2.quiet"
            with closing(sqlite3.connect(tmp_path / FILE, autocommit=True)) as other:
                other.execute("UPDATE delivery SET answer = NULL, at = NULL")
            assert await receiving.came.get() == "h-testhome1.1.quiet"


async def test_an_alert_goes_out_though_the_home_never_stops_speaking(
    outbox: Outbox, tmp_path: Path
) -> None:
    await outbox.adopt(SEAL)
    await keep(outbox, 1)
    receiving = Receiving()
    district = the_district(outbox, receiving)
    with closing(sqlite3.connect(tmp_path / FILE, autocommit=True)) as other:
        other.execute("BEGIN IMMEDIATE")
        speaking = asyncio.create_task(keep(outbox, 2))
        await asyncio.sleep(0)
        with running(district.loops):
            async with asyncio.timeout(5):
                assert await receiving.came.get() == "h-testhome1.1.quiet"
            assert not speaking.done()
            other.execute("ROLLBACK")
            await speaking
