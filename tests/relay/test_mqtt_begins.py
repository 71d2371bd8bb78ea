"""A broker that says nothing, or nonsense: the line is given up, and tried again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from anshim_relay.carriers.mqtt_line import Broker, MqttLine, Topics
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


@asynccontextmanager
async def met(*says: bytes) -> AsyncIterator[tuple[MuteBroker, Link]]:
    """A line to such a broker, which has little patience."""
    broker, link = MuteBroker(*says), Link("mqtt")
    await broker.open()
    told = Broker(host="127.0.0.1", port=broker.port, user="", password="", tls=None)
    line = MqttLine(told, link, Timekeeper(), begin_s=0.3, silence_s=0.5)
    running = asyncio.create_task(line.run(lambda: Topics(kit="k-testkit01")))
    yield broker, link
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
