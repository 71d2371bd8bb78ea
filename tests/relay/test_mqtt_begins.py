"""A broker that greets and says nothing more, or nonsense: the line is tried again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest

from anshim_relay.carriers.mqtt_line import Broker, MqttLine, Topics
from anshim_relay.link import Link
from anshim_relay.timekeeper import Timekeeper
from tests.relay.support.process import until

WELCOME = bytes.fromhex("20 03 00 00 00")
# A greeting with a property that MQTT does not know: paho's thread dies of it, without a word.
NONSENSE = bytes.fromhex("20 05 00 00 02 ff 00")


class MuteBroker:
    """Greets everybody, and lets nobody subscribe."""

    def __init__(self, greeting: bytes) -> None:
        self._greeting = greeting
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
            await reader.read(1024)
            writer.write(self._greeting)
            while await reader.read(1024):
                pass
        writer.close()


@pytest.fixture(params=[WELCOME, NONSENSE], ids=["mute", "nonsense"])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[MuteBroker]:
    broker = MuteBroker(request.param)
    await broker.open()
    yield broker
    await broker.close()


@pytest.fixture
def ended_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What paho's thread dies of is expected here; pytest would make a warning of it."""
    monkeypatch.setattr("threading.excepthook", lambda _: None)


@pytest.mark.usefixtures("ended_threads")
async def test_a_line_that_never_begins_is_given_up_and_tried_again(broker: MuteBroker) -> None:
    link = Link("mqtt")
    told = Broker(host="127.0.0.1", port=broker.port, user="", password="", tls=None)
    line = MqttLine(told, link, Timekeeper(), begin_s=0.3)
    running = asyncio.create_task(line.run(Topics(kit="k-testkit01")))

    def given_up(reason: str) -> Callable[[], bool]:
        return lambda: link.reason == reason

    await until(given_up("mqtt-not-answered"))
    await until(lambda: broker.came >= 2)
    assert not link.connected
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
