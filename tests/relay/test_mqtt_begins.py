"""A broker that says nothing, or nonsense: the line is given up, and tried again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from anshim_relay.carriers.mqtt_line import Broker, MqttLine, Topics
from anshim_relay.link import Link
from anshim_relay.timekeeper import Timekeeper
from tests.relay.support.process import until

# After the leave to listen: a message with such a property.
LEAVE = bytes.fromhex("90 04 00 01 00 01")
NONSENSE_LATER = bytes.fromhex("30 06 00 01 61 02 ff 00")
WELCOME = bytes.fromhex("20 03 00 00 00")
# A greeting with a property that MQTT does not know: paho's thread dies of it, without a word.
NONSENSE = bytes.fromhex("20 05 00 00 02 ff 00")


class MuteBroker:
    """Says what it is given to say, to each packet that comes one; then nothing more."""

    def __init__(self, *says: bytes) -> None:
        self._says = says
        self.came = 0
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._greet, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._server.close_clients()
        await self._server.wait_closed()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        with suppress(ConnectionError):
            for word in self._says:
                await reader.read(1024)
                writer.write(word)
            while await reader.read(1024):
                pass
        writer.close()


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
