"""Events by MQTT 5 (contract §7): a request on a kit's topic, its answer on the kit's own.

The same filing as over HTTPS, the same signed ack. paho's network thread does the talking; the
broker keeps our session, so that what is asked while we restart is answered after.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
import logging
import re
import ssl
from typing import Any, Final, override
from urllib.parse import urlsplit

import msgspec
import orjson
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ..metrics.counted import EVENTS
from ..options import Mqtt
from ..problems import Problem
from .taking import EventsBody, Taking

_LOG: Final = logging.getLogger(__name__)
_REQUESTS: Final = "anshim/v1/kits/+/events"
_CORNER: Final = re.compile(r"(?P<corner>anshim/v1/kits/k-[a-z0-9]{8,32})/events")
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_QOS: Final = 1
_KEEPALIVE_S: Final = 30
# a request and what MQTT puts around it
_MOST_BYTES: Final = 1024 * 1024 + 4096
# how many the broker hands us before it waits for ours to be filed
_AT_ONCE: Final = 32
_MOST_WAITING: Final = 4 * _AT_ONCE
_AGAIN_S: Final = 1.0
_SESSION_S: Final = 24 * 3600


@dataclass(slots=True, kw_only=True)
class MqttIntake:
    options: Mqtt
    # unique at the broker, the same after a restart
    name: str
    taking: Taking

    async def run(self) -> None:
        """For ever. paho connects again by itself; where its thread dies, all begins anew."""
        while True:
            await self._listen()
            await asyncio.sleep(_AGAIN_S)

    async def _listen(self) -> None:
        """Until paho's thread has ended. What it was asked and did not answer is asked again."""
        requests: asyncio.Queue[MQTTMessage] = asyncio.Queue(_MOST_WAITING)
        client, ended = self._client(), asyncio.Event()
        _Ears(client, requests, ended).listen()
        parts = urlsplit(self.options.url)
        port = parts.port or _PORTS[parts.scheme]
        client.connect_async(
            parts.hostname or "",
            port,
            _KEEPALIVE_S,
            clean_start=False,
            properties=_limits(),
        )
        client.loop_start()
        serving = [asyncio.create_task(self._serve(client, requests)) for _ in range(_AT_ONCE)]
        try:
            await ended.wait()
        finally:
            for task in serving:
                task.cancel()
            # without a word: a session that is said goodbye to would end
            await asyncio.to_thread(client.loop_stop)

    def _client(self) -> _Talker:
        client = _Talker(
            CallbackAPIVersion.VERSION2,
            client_id=self.name,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        client.reconnect_delay_set(min_delay=1, max_delay=15)
        client.max_queued_messages_set(1000)
        if self.options.user:
            client.username_pw_set(self.options.user, self.options.password)
        if urlsplit(self.options.url).scheme == "mqtts":
            client.tls_set_context(ssl.create_default_context(cafile=self.options.ca or None))
        return client

    async def _serve(self, client: Client, requests: asyncio.Queue[MQTTMessage]) -> None:
        """1. file and answer  2. only then does the broker forget the question."""
        while True:
            request = await requests.get()
            try:
                await self._answer(client, request)
            except Exception:  # noqa: BLE001 - no answer is an answer: its sender asks again
                _LOG.exception("a request by MQTT could not be answered")
            client.ack(request.mid, request.qos)

    async def _answer(self, client: Client, request: MQTTMessage) -> None:
        corner = _CORNER.fullmatch(request.topic)
        if corner is None:
            return
        answer = await self._answer_to(request.payload)
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's
        properties.ContentType = "application/json"
        if correlation := getattr(request.properties, "CorrelationData", None):
            properties.CorrelationData = correlation
        # to the corner the question came from, whatever response topic it names
        client.publish(f"{corner['corner']}/acks", answer, qos=_QOS, properties=properties)

    async def _answer_to(self, payload: bytes) -> bytes:
        try:
            return orjson.dumps(await self.taking.take(_read(payload)))
        except Problem as problem:
            self.taking.figures.heard[EVENTS, "refused", problem.code] += 1
            return problem.body


def _read(payload: bytes) -> EventsBody:
    try:
        return msgspec.json.decode(payload, type=EventsBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem.of("malformed", 400, "Not a request of events. Mend it.") from error


class _Talker(Client):
    """paho's client, whose thread does not die without a word: a deaf district would look alive."""

    on_end: Callable[[], None] = staticmethod(lambda: None)

    @override
    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """The whole life of the thread that `loop_start` begins."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception:  # noqa: BLE001 - whatever it is, all begins anew
            _LOG.exception("the thread that hears the broker died; it begins anew")
            return MQTTErrorCode.MQTT_ERR_UNKNOWN
        finally:
            self.on_end()


class _Ears:
    """paho's callbacks run in its thread: each only passes on to the loop what it was told."""

    def __init__(
        self, client: _Talker, requests: asyncio.Queue[MQTTMessage], ended: asyncio.Event
    ) -> None:
        self._ended = ended
        self._client = client
        self._requests = requests
        self._loop = asyncio.get_running_loop()

    def listen(self) -> None:
        self._client.on_end = lambda: self._tell(self._ended.set)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    def _tell(self, call: Callable[..., None], *given: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self._loop.call_soon_threadsafe(call, *given)

    def _on_connect(
        self, client: Client, _u: Any, _f: ConnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        if code.is_failure:
            self._tell(_warn, "the broker refuses us", str(code))
            return
        client.subscribe(_REQUESTS, qos=_QOS)
        self._tell(_said, "listening at the broker")

    def _on_disconnect(
        self, _c: Client, _u: Any, _f: DisconnectFlags, code: ReasonCode, _p: Properties | None
    ) -> None:
        self._tell(_warn, "the broker is lost", str(code))

    def _on_message(self, _c: Client, _u: Any, message: MQTTMessage) -> None:
        self._tell(self._came, message)

    def _came(self, message: MQTTMessage) -> None:
        """Only a flood without acknowledgements fills the queue; who is dropped asks again."""
        try:
            self._requests.put_nowait(message)
        except asyncio.QueueFull:
            self._client.ack(message.mid, message.qos)


def _warn(what: str, because: str) -> None:
    _LOG.warning(what, extra={"because": because})


def _said(what: str) -> None:
    _LOG.info(what)


def _limits() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
    properties.MaximumPacketSize = _MOST_BYTES
    properties.ReceiveMaximum = _AT_ONCE
    properties.SessionExpiryInterval = _SESSION_S
    return properties
