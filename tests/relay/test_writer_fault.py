"""A fault that nobody foresaw in the thread that writes: all are answered, it ends loudly."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
import threading
from typing import override

import orjson
import pytest

from anshim_relay.envelope import Event, events_from
from anshim_relay.outbox.database import open_for_writing
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.room import Need, Room
from anshim_relay.outbox.writer import BrokenError
from anshim_relay.timekeeper import Timekeeper
from tests.relay.support.events import event

LIMIT = 1 << 20


class Haunted(Room):
    """A disk with a fault that no list of errors has."""

    @override
    def admit(self, need: Need) -> bool:
        raise RuntimeError("nobody foresaw this")


@pytest.fixture
def told() -> threading.Event:
    return threading.Event()


@pytest.fixture
def outbox(tmp_path: Path, told: threading.Event) -> Iterator[Outbox]:
    path = tmp_path / "outbox.db"
    connection = open_for_writing(path)
    outbox = Outbox(
        connection, path, Haunted(connection, tmp_path / "reserve", limit=LIMIT), told.set
    )
    outbox.start()
    yield outbox
    outbox.close()


def alerts(version: int) -> list[Event]:
    return events_from(orjson.dumps(event(version)), batch=False)


async def test_an_alert_gets_an_answer_when_the_writer_meets_a_fault_nobody_foresaw(
    outbox: Outbox, told: threading.Event
) -> None:
    moment = Timekeeper().moment()
    async with asyncio.timeout(20):
        with pytest.raises(BrokenError):
            await outbox.keep(alerts(1), moment)
        assert await asyncio.to_thread(told.wait, 10)
        with pytest.raises(BrokenError):
            await outbox.keep(alerts(2), moment)
