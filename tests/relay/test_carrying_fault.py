"""A fault that nobody foresaw while carrying: the other events and the other ways go on."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import override

import orjson
import pytest

from anshim_relay import log
from anshim_relay.carriers import REVOKED, Answer, Carrier, Verdict
from anshim_relay.carriers.alternating import Way
from anshim_relay.destination import Destination
from anshim_relay.district import AwayError
from anshim_relay.envelope import Priority, events_from
from anshim_relay.identity import fresh
from anshim_relay.link import Link
from anshim_relay.loops import running
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.owing import Owed
from anshim_relay.outbox.writer import FullError
from anshim_relay.seal import Seal
from anshim_relay.timekeeper import Timekeeper
from tests.relay.support.carriers import Played
from tests.relay.support.events import event

BAD = "h-testhome1.1.emergency"
SEAL = Seal(kit="k-testkit01", key=fresh().key)

type OnLost = Callable[[str], Awaitable[None]]


class Tripping(Played):
    """Falls over some events in a way that no list of errors has."""

    def __init__(self, *, over: set[str] | None) -> None:
        self._over = over
        self.carried: list[str] = []

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        if self._over is None or any(owed.id in self._over for owed in events):
            raise RuntimeError("nobody foresaw this")
        self.carried += [owed.id for owed in events]
        return {owed.row: Verdict(answer=Answer.DURABLE) for owed in events}


class Away(Played):
    """Reaches nobody. Each try is told."""

    def __init__(self) -> None:
        self.tries = asyncio.Queue[Priority]()

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        self.tries.put_nowait(events[0].priority)
        raise AwayError("timeout")


class Revoking(Played):
    """A district where one kit was reported lost: its calls for help are heard all the same."""

    at_once = 1

    def __init__(self, *, lost: str, answer: Answer) -> None:
        self._lost = Verdict(answer=answer, reason=REVOKED)
        self._kit = lost

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        taken = Verdict(answer=Answer.DURABLE)
        return {owed.row: self._lost if owed.kit == self._kit else taken for owed in events}


async def destination(
    outbox: Outbox, *carriers: Carrier, on_lost: OnLost | None = None
) -> Destination:
    await outbox.adopt(SEAL)
    moment = Timekeeper().moment()
    for version in range(1, 6):
        document = orjson.dumps(event(version, "emergency"))
        await outbox.keep(events_from(document, batch=False), moment)
    return Destination(
        number=await outbox.destination("district"),
        link=Link("district"),
        ways=[Way(carrier=carrier, link=Link(carrier.name)) for carrier in carriers],
        outbox=outbox,
        timekeeper=Timekeeper(),
        on_lost=on_lost or nobody_is_lost,
    )


async def nobody_is_lost(kit: str) -> None:
    pytest.fail(f"nobody said that {kit} was lost")


async def carried_until(outbox: Outbox, to: Destination, left: int) -> None:
    async with asyncio.timeout(30):
        with running(to.loops):
            while (await outbox.queue(to.number, Timekeeper().moment())).total > left:  # noqa: ASYNC110 - it is looked up
                await asyncio.sleep(0.01)


async def test_an_event_that_trips_the_relay_does_not_hold_back_other_calls_for_help(
    outbox: Outbox,
) -> None:
    carrier = Tripping(over={BAD})
    to = await destination(outbox, carrier)
    await carried_until(outbox, to, 1)

    assert sorted(carrier.carried) == [f"h-testhome1.{n}.emergency" for n in range(2, 6)]
    rows = await outbox.owed(to.number, list(Priority), [], 10)
    assert [owed.id for owed in rows] == [BAD]


async def test_a_fault_in_one_way_does_not_close_the_other(outbox: Outbox) -> None:
    other = Tripping(over=set())
    to = await destination(outbox, Tripping(over=None), other)
    await carried_until(outbox, to, 0)

    assert len(other.carried) == 5


def test_a_log_that_nobody_can_take_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full").open("w", encoding="ascii")  # noqa: SIM115 - see below
    monkeypatch.setattr("sys.stdout", full)
    log.info("kept")
    # What it could not write would be tried again, and complained of, when it is closed.
    with pytest.raises(OSError, match="No space"):
        full.close()


async def test_a_call_for_help_goes_out_on_the_first_line_that_comes_about(
    outbox: Outbox,
) -> None:
    """Whoever opened it. By its own pauses so many tries would take 9.5 s at the least."""
    carrier = Away()
    to = await destination(outbox, carrier)
    with running(to.loops):
        async with asyncio.timeout(9):
            for _ in range(7):
                assert await carrier.tries.get() is Priority.EMERGENCY
                await asyncio.sleep(0)
                to.opened()


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), FullError("full")])
@pytest.mark.parametrize(("answer", "left"), [(Answer.QUARANTINED, 0), (Answer.LATER, 5)])
async def test_a_loss_that_cannot_be_written_down_holds_back_no_newer_call_for_help(
    outbox: Outbox, fault: Exception, answer: Answer, left: int, capsys: pytest.CaptureFixture[str]
) -> None:
    async def full(_kit: str) -> None:
        raise fault

    to = await destination(outbox, Revoking(lost=SEAL.kit, answer=answer), on_lost=full)
    await outbox.adopt(Seal(kit="k-testkit02", key=fresh().key))
    document = orjson.dumps(event(6, "emergency"))
    await outbox.keep(events_from(document, batch=False), Timekeeper().moment())
    await carried_until(outbox, to, left)

    owed = await outbox.owed(to.number, list(Priority), [], 10)
    assert {one.kit for one in owed} == ({SEAL.kit} if left else set())
    said = capsys.readouterr().out
    assert "loss_not_kept" in said
    assert "lane_failed" not in said
