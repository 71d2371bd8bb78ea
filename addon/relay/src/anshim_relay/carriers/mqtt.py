"""Events to the district by MQTT 5, as a request with its answer on a topic of the kit's own.

A broker's PUBACK says that the broker has it, which is nothing: only the district's signed ack
ends the debt, the very same as over HTTPS.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
import secrets
from typing import Any, override

import orjson
from paho.mqtt.client import MQTTMessage, MQTTMessageInfo
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from anshim_relay.carriers import Carrier, Verdict
from anshim_relay.carriers.mqtt_line import MqttLine, Topics
from anshim_relay.carriers.proof import MOST, believed, fitting, patience_for
from anshim_relay.district import AwayError, loaded
from anshim_relay.identity import Enrolment
from anshim_relay.outbox.owing import Owed

# We say it again ourselves: a district that was away must not find a hundred copies.
EXPIRES_S = 30


class MqttCarrier(Carrier):
    def __init__(self, line: MqttLine, enrolment: Callable[[], Enrolment | None]) -> None:
        self.line = line
        self._enrolment = enrolment
        self._waiting: dict[bytes, asyncio.Future[bytes]] = {}
        self._published: dict[int, asyncio.Future[bytes]] = {}
        line.on_message = self._came
        line.on_nobody = self._nobody
        line.on_lost = self._lost

    @property
    @override
    def name(self) -> str:
        return "mqtt"

    @property
    @override
    def most(self) -> int:
        return MOST

    async def run(self) -> None:
        """Once there is an enrolment: the kit's name is its corner of the broker."""
        await self.line.run(self._corner)

    def _corner(self) -> Topics:
        enrolment = self._enrolment()
        if enrolment is None:
            raise AwayError("not-enrolled")
        return Topics(kit=enrolment.kit)

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        enrolment = self._enrolment()
        if enrolment is None:
            raise AwayError("not-enrolled")
        sent = fitting(events)
        patience = patience_for(sent)
        body = orjson.dumps({"events": [event.jws for event in sent]})
        answer = await self._asked(Topics(kit=enrolment.kit), body, patience)
        return believed(answer, sent, enrolment.pinned)

    async def _asked(self, topics: Topics, body: bytes, patience: float) -> Any:
        """1. wait for the answer to this very request; 2. ask; 3. give up in time."""
        correlation = secrets.token_bytes(12)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[correlation] = answer
        try:
            published = self.line.publish(topics, body, request(topics, correlation))
            return loaded(await self._in_time(answer, published, patience))
        finally:
            del self._waiting[correlation]

    async def _in_time(
        self, answer: asyncio.Future[bytes], published: MQTTMessageInfo, patience: float
    ) -> bytes:
        self._published[published.mid] = answer
        try:
            async with asyncio.timeout(patience):
                return await answer
        except TimeoutError as error:
            if published.is_published():
                raise AwayError("mqtt-no-ack") from error
            self.line.break_off()
            raise AwayError("mqtt-no-puback") from error
        finally:
            self._published.pop(published.mid, None)

    def _came(self, message: MQTTMessage) -> None:
        """An answer to nothing that is waited for, or a late one, has nobody to read it."""
        correlation = getattr(message.properties, "CorrelationData", None)
        answer = self._waiting.get(correlation) if isinstance(correlation, bytes) else None
        if answer is not None and not answer.done():
            answer.set_result(message.payload)

    def _nobody(self, number: int) -> None:
        """The district is not there: no need to wait for its answer."""
        answer = self._published.get(number)
        if answer is not None and not answer.done():
            answer.set_exception(AwayError("mqtt-nobody-listens"))

    def _lost(self) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(AwayError("mqtt-line-lost"))


def request(topics: Topics, correlation: bytes) -> Properties:
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    properties.ContentType = "application/json"
    properties.ResponseTopic = topics.acks
    properties.CorrelationData = correlation
    properties.MessageExpiryInterval = EXPIRES_S
    return properties
