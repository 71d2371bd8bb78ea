"""The connection to an MQTT broker: made, watched, made again. Used by the MQTT carrier.

paho's network thread does the talking; everything it has to say is handed to the event loop.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
import ssl
from typing import Any, Protocol

import orjson
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTMessageInfo
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from anshim_relay.carriers.mqtt_talker import Talker
from anshim_relay.district import AwayError
from anshim_relay.link import Link
from anshim_relay.pause import Pause
from anshim_relay.timekeeper import Timekeeper

# A dead line is noticed after twice this, and the broker then tells our will.
KEEPALIVE_S = 20
LONGEST_SILENCE_S = 2.0 * KEEPALIVE_S
STOP_S = 5.0
CONNECT_S = 5.0
# From the first word to the broker's leave to listen for answers.
BEGIN_S = 15.0
MAX_PACKET = 1024 * 1024
QOS = 1
WITH_WILL = "Disconnect with will message"
# The broker took it, and there was nobody to give it to.
NO_SUBSCRIBER = 0x10

type OnMessage = Callable[[MQTTMessage], None]


@dataclass(frozen=True, kw_only=True)
class Broker:
    """Where it is; `tls` None only within the house."""

    host: str
    port: int
    user: str
    password: str
    tls: Callable[[], ssl.SSLContext] | None

    async def found(self) -> Broker:
        return self


class Brokers(Protocol):
    async def found(self) -> Broker:
        """Asked before each connection: a home's broker may move. AwayError: there is none."""


@dataclass(frozen=True, kw_only=True)
class Topics:
    """One kit's corner of the broker, as the contract names it."""

    kit: str

    @property
    def events(self) -> str:
        return f"anshim/v1/kits/{self.kit}/events"

    @property
    def acks(self) -> str:
        return f"anshim/v1/kits/{self.kit}/acks"

    @property
    def line(self) -> str:
        return f"anshim/v1/kits/{self.kit}/line"


class MqttLine:
    def __init__(
        self,
        broker: Brokers,
        link: Link,
        timekeeper: Timekeeper,
        *,
        begin_s: float = BEGIN_S,
        silence_s: float = LONGEST_SILENCE_S,
    ) -> None:
        self._broker = broker
        self._begin_s = begin_s
        self._silence_s = silence_s
        self.link = link
        self._timekeeper = timekeeper
        self._pause = Pause()
        self._client: Client | None = None
        # The one that is being begun, or is begun: an earlier one may still have something to say.
        self._tried: Client | None = None
        self._kit: str | None = None
        self._ended = asyncio.Event()
        self._settled = asyncio.Event()
        self.on_message: OnMessage = lambda _: None
        self.on_nobody: Callable[[int], None] = lambda _: None
        self.on_lost: Callable[[], None] = lambda: None

    async def run(self, corner: Callable[[], Topics]) -> None:
        """Connects for ever. A clean end tells the will too: the district hears of both alike.

        Each time to the corner of the kit of today: one that was lost is enrolled under a new name.
        """
        failures = 0
        while True:
            self._ended.clear()
            self._settled.clear()
            try:
                broker = await self._broker.found()
            except AwayError as error:
                self.link.down(self._timekeeper.moment(), error.reason)
                failures += 1
                await asyncio.sleep(self._pause.after(failures))
                continue
            client = self._tried = self._made(broker, corner())
            client.connect_async(broker.host, broker.port, KEEPALIVE_S, properties=limits())
            client.loop_start()
            try:
                await self._begun_or_ended()
                await self._ended_or_silent(client)
            finally:
                worked, self._client = self._client is client, None
                self.on_lost()
                with suppress(ValueError):
                    client.disconnect(ReasonCode(PacketTypes.DISCONNECT, WITH_WILL))
            await stopped(client)
            failures = 1 if worked else failures + 1
            await asyncio.sleep(self._pause.after(failures))

    async def _begun_or_ended(self) -> None:
        """A broker may never let us listen."""
        try:
            async with asyncio.timeout(self._begin_s):
                await self._settled.wait()
        except TimeoutError:
            self._end("mqtt-not-answered")

    async def _ended_or_silent(self, client: Talker) -> None:
        """Whoever is connected hears answers to its pings, at least."""
        while not self._ended.is_set():
            left = self._silence_s - client.silent_for_s()
            if left <= 0:
                self._end("mqtt-silent")
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), left)

    def publish(self, topics: Topics, payload: bytes, properties: Properties) -> MQTTMessageInfo:
        """Where it still listens in the corner of a kit that was lost, it begins anew."""
        if self._client is not None and self._kit != topics.kit:
            self.break_off()
            raise AwayError("mqtt-not-connected")
        if self._client is None:
            raise AwayError(self.link.reason or "mqtt-not-connected")
        return self._client.publish(topics.events, payload, qos=QOS, properties=properties)

    def break_off(self) -> None:
        """Not even the broker takes what is sent: the line only looks alive."""
        self._settled.set()
        self._ended.set()

    def _made(self, broker: Broker, topics: Topics) -> Talker:
        loop = asyncio.get_running_loop()

        def on_end() -> None:
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(self.end, client, "mqtt-line-lost")

        client = Talker(f"anshim-{topics.kit}", on_end)
        client.connect_timeout = CONNECT_S
        if broker.user:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls is not None:
            client.tls_set_context(broker.tls())
        client.will_set(topics.line, said(up=False), qos=QOS, retain=True)
        Ears(self, client, topics).listen()
        return client

    def begin(self, client: Client, topics: Topics) -> None:
        """Only now can an answer reach us. Leave that comes too late is for a line that is over."""
        if client is not self._tried or self._ended.is_set():
            return
        self._client, self._kit = client, topics.kit
        self._settled.set()
        client.publish(topics.line, said(up=True), qos=QOS, retain=True)
        self.link.up(self._timekeeper.moment())

    def end(self, client: Client, reason: str) -> None:
        """The first reason is the one: what follows comes of our own hanging up.

        And what an earlier one's thread says as late as now is of a line that is over.
        """
        if client is self._tried and not self._ended.is_set():
            self._end(reason)

    def _end(self, reason: str) -> None:
        self.link.down(self._timekeeper.moment(), reason)
        self.break_off()


async def stopped(client: Talker) -> None:
    """Its thread's end is waited for, and not for long: the next line does not depend on it."""
    ending = asyncio.create_task(asyncio.to_thread(client.loop_stop))
    await asyncio.wait({ending}, timeout=STOP_S)


class Ears:
    """paho's callbacks, run in its thread: each only passes on to the loop what it was told."""

    def __init__(self, line: MqttLine, client: Client, topics: Topics) -> None:
        self._line = line
        self._client = client
        self._topics = topics
        self._loop = asyncio.get_running_loop()

    def listen(self) -> None:
        client = self._client
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        client.on_connect_fail = self._on_connect_fail

    def _tell(self, call: Callable[..., None], *given: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self._loop.call_soon_threadsafe(call, *given)

    def _on_connect(
        self, client: Client, _u: Any, _f: ConnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        if code.is_failure:
            self._tell(self._line.end, client, slug(code))
        else:
            client.subscribe(self._topics.acks, qos=QOS)

    def _on_subscribe(
        self, client: Client, _u: Any, _m: int, codes: list[ReasonCode], _p: Properties | None
    ) -> None:
        refused = next((code for code in codes if code.is_failure), None)
        if refused is None:
            self._tell(self._line.begin, client, self._topics)
        else:
            self._tell(self._line.end, client, slug(refused))

    def _on_publish(
        self, _c: Client, _u: Any, number: int, code: ReasonCode, _p: Properties | None
    ) -> None:
        if code.value == NO_SUBSCRIBER:
            self._tell(self._line.on_nobody, number)

    def _on_message(self, _c: Client, _u: Any, message: MQTTMessage) -> None:
        self._tell(self._line.on_message, message)

    def _on_disconnect(
        self, client: Client, _u: Any, _f: DisconnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        self._tell(self._line.end, client, slug(code))

    def _on_connect_fail(self, client: Client, _u: Any) -> None:
        self._tell(self._line.end, client, "mqtt-not-reached")


def limits() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    properties.MaximumPacketSize = MAX_PACKET
    return properties


def said(*, up: bool) -> bytes:
    return orjson.dumps({"state": "up" if up else "down"})


def slug(code: ReasonCode) -> str:
    return "mqtt-" + str(code).lower().replace(" ", "-")
