"""A broker that says nothing, or nonsense: the line is given up, and tried again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from anshim_relay.carriers.mqtt_line import Broker, MqttLine, Topics
from anshim_relay.carriers.mqtt_talker import Talker
from anshim_relay.link import Link
from anshim_relay.timekeeper import Timekeeper
from tests.relay.support.mute_broker import (
    LEAVE,
    NONSENSE,
    NONSENSE_LATER,
    WELCOME,
    MuteBroker,
)
from tests.relay.support.process import until

CORNER = Topics(kit="k-testkit01")


@asynccontextmanager
async def met(*says: bytes) -> AsyncIterator[tuple[MuteBroker, Link]]:
    """A line to such a broker, which has little patience."""
    async with tried(*says, begin_s=0.3) as (broker, line):
        yield broker, line.link


@asynccontextmanager
async def tried(*says: bytes, begin_s: float) -> AsyncIterator[tuple[MuteBroker, MqttLine]]:
    broker = MuteBroker(*says)
    await broker.open()
    told = Broker(host="127.0.0.1", port=broker.port, user="", password="", tls=None)
    line = MqttLine(told, Link("mqtt"), Timekeeper(), begin_s=begin_s, silence_s=0.5)
    running = asyncio.create_task(line.run(lambda: CORNER))
    yield broker, line
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await broker.close()


async def test_a_line_that_never_begins_is_given_up_and_tried_again() -> None:
    async with met(WELCOME) as (broker, link):
        await until(lambda: link.reason == "mqtt-not-answered")
        await until(lambda: broker.came >= 2)
        assert not link.connected


@pytest.mark.parametrize(
    "says", [[NONSENSE], [WELCOME, LEAVE + NONSENSE_LATER]], ids=["at_once", "once_up"]
)
async def test_a_thread_that_dies_of_nonsense_is_a_broken_line_and_begins_anew(
    says: list[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    async with met(*says) as (broker, link):
        await until(lambda: broker.came >= 2)
        await until(lambda: link.reason == "mqtt-line-lost")
        assert "mqtt_thread_died" in capsys.readouterr().out


async def test_a_line_that_is_up_and_hears_nothing_is_a_broken_line_and_begins_anew() -> None:
    async with met(WELCOME, LEAVE) as (broker, link):
        await until(lambda: link.connected)
        await until(lambda: link.reason == "mqtt-silent")
        await until(lambda: broker.came >= 2)


async def test_what_an_earlier_line_says_late_neither_ends_nor_begins_the_one_that_is_tried() -> (
    None
):
    """Its thread may outlive the patience with it."""
    earlier = Talker("anshim-earlier", lambda: None)
    async with tried(WELCOME, LEAVE, begin_s=10) as (broker, line):
        await asyncio.sleep(0)  # it is under way: the broker, in this loop, has said nothing yet
        line.begin(earlier, CORNER)
        assert not line.link.connected
        line.end(earlier, "mqtt-line-lost")
        await until(lambda: line.link.connected)
        assert broker.came == 1
