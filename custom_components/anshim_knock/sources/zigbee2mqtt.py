"""What Zigbee2MQTT says of a device beside its states, heard through Home Assistant's own MQTT.

Only topics of the household's sources are subscribed to, as the devices' own discovery messages
name them. A message costs a note of its arrival; it is read when somebody asks. This works without
Zigbee2MQTT's `last_seen` and `availability`, and better with them. Whether a message tells of now
or of long ago, `belief` knows.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import logging
from math import inf
import time
from typing import Any, Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..logic.activity import SETTLE, Word
from ..logic.evidence import Evidence, Via
from .belief import Heard
from .payloads import (
    MQTT,
    Topics,
    is_online,
    last_said,
    link_of,
    moment_of,
    object_in,
    percent_of,
    topics_of,
)

_LOGGER = logging.getLogger(__name__)

_SETTLE_S = SETTLE.total_seconds()
# Home Assistant greets when nothing new was discovered for 5 s, Zigbee2MQTT answers 30 s later,
# with one device after the other.
_GREETED_S = 60.0


class Message(Protocol):
    """Home Assistant's message, of which we need this much."""

    @property
    def topic(self) -> str: ...

    @property
    def payload(self) -> Any: ...

    @property
    def retain(self) -> bool: ...


@dataclass(slots=True)
class Zigbee2Mqtt:
    """Asked for evidence by the entity it concerns. Knows nothing where there is no MQTT."""

    hass: HomeAssistant
    _remembers_until: float = -inf
    _topics: dict[str, Topics] = field(default_factory=dict)
    _heard: dict[str, Heard] = field(default_factory=dict)
    _stops: list[CALLBACK_TYPE] = field(default_factory=list)
    _stopped: bool = False
    _hears_line: bool = False
    # An update may rename what is imported from it here.
    _is_strange: bool = False

    @callback
    def settle(self) -> None:
        """We have just begun to listen: what comes now was remembered for us."""
        self._remembers_until = time.monotonic() + _SETTLE_S
        for heard in self._heard.values():
            heard.remember(until=self._remembers_until)

    @callback
    def line_is_back(self) -> None:
        """Home Assistant is at the broker again: what was said meanwhile, it has not heard."""
        self._remembers_until = time.monotonic() + _GREETED_S
        for topics in self._topics.values():
            self._doubt(topics, until=self._remembers_until)

    @callback
    def follow(self, entity_id: str, *, from_start: bool = False) -> None:
        """Listen to its device where its discovery message says so; that can be elsewhere by now.

        What is announced later than the start comes with a broker or a bridge that was away, and a
        device under another name has been away itself.
        """
        if MQTT not in self.hass.data or self._is_strange:
            return
        try:
            self._follow(entity_id, from_start=from_start)
        except Exception:
            # The household starts and hears its sources all the same, as those of any other hub.
            _LOGGER.exception("Home Assistant's MQTT has changed: nothing is known but the states")
            self._is_strange = True
            self._topics = {}

    def _follow(self, entity_id: str, *, from_start: bool) -> None:
        self._listen_to_the_line()
        topics, known = topics_of(self.hass, entity_id), self._topics.get(entity_id)
        if topics is None or topics == known:
            return
        is_elsewhere = (
            topics.state not in self._heard if known is None else topics.state != known.state
        )
        self._topics[entity_id] = topics
        self._listen(topics.state, self._said, known=last_said(self.hass, entity_id, topics.state))
        if topics.availability is not None:
            self._listen(topics.availability, self._noted)
        if topics.bridge is not None:
            self._listen(topics.bridge, self._bridge_said)
        if known is None:
            self._listen_to_its_discovery(entity_id, topics.announced)
        if is_elsewhere and not from_start:
            self._doubt(topics, until=-inf if known else time.monotonic() + _GREETED_S)
            # Home Assistant may have heard the first there before us.
            self._heard[topics.state].word = Word.FIRST

    @callback
    def came_back(self, entity_id: str, *, from_absence: bool) -> None:
        """It shows something again. Listen from now on, and where no bridge tells, doubt it.

        A gateway that is no Zigbee2MQTT speaks for its devices, too. What was only unknown has
        become known by a message, and that was a memory as likely as not.
        """
        known = self._topics.get(entity_id)
        self.follow(entity_id)
        if known is None:
            if (topics := self._topics.get(entity_id)) is not None:
                self._heard[topics.state].then = Word.FIRST_FRAME
        elif from_absence and known.bridge is None:
            self._doubt(known, until=time.monotonic() + _SETTLE_S)

    @callback
    def stop(self) -> None:
        self._stopped = True
        for stop in self._stops:
            stop()
        self._stops = []

    def evidence(self, entity_id: str) -> Evidence | None:
        """`None` where we do not listen. What is heard otherwise may be the bridge's memory."""
        topics = self._topics_now(entity_id)
        if topics is None:
            return None
        heard = self._heard[topics.state]
        told = object_in(heard.payload)
        return Evidence(
            heard=moment_of(told.get("last_seen")) or moment_of(heard.fresh),
            via=Via.ZIGBEE2MQTT,
            link=link_of(told.get("linkquality")),
            battery=percent_of(told.get("battery")),
            reachable=self._is_online(topics.availability),
        )

    def word(self, entity_id: str) -> Word | None:
        """Whose word its newest message was; `None` where we do not listen.

        Home Assistant writes states when all listeners have had the message, so it is here already.
        """
        topics = self._topics_now(entity_id)
        return None if topics is None else self._heard[topics.state].word

    def came_with_report(self, entity_id: str) -> bool:
        """Whether the newest message is a timer's report: a battery is read then, not at a use."""
        topics = self._topics.get(entity_id)
        return topics is not None and self._heard[topics.state].is_report

    def bridge_is_gone(self, entity_id: str) -> bool:
        """Its bridge said goodbye, or the broker said it for it."""
        topics = self._topics.get(entity_id)
        return topics is not None and self._is_online(topics.bridge) is False

    def _topics_now(self, entity_id: str) -> Topics | None:
        if entity_id in self._topics:
            self.follow(entity_id)
        return self._topics.get(entity_id)

    def _is_online(self, topic: str | None) -> bool | None:
        return None if topic is None else is_online(self._heard[topic].payload)

    def _doubt(self, topics: Topics, *, until: float) -> None:
        self._heard[topics.state].doubt(until)

    def _listen(self, topic: str, heard: Callable[[Message], None], *, known: Any = None) -> None:
        if topic not in self._heard:
            from homeassistant.components.mqtt import async_subscribe  # noqa: PLC0415 -- see below

            self._heard[topic] = Heard(payload=known, remembers_until=self._remembers_until)
            subscribing = self._subscribed(async_subscribe(self.hass, topic, heard))
            self.hass.async_create_task(subscribing, eager_start=True)

    def _listen_to_the_line(self) -> None:
        """Before anything is announced there: a broker may come long after Home Assistant."""
        if self._hears_line:
            return
        # Its own requirements are there only where it is set up.
        from homeassistant.components.mqtt import (  # noqa: PLC0415 -- see above
            async_subscribe_connection_status,
        )

        self._hears_line = True
        self._stops.append(async_subscribe_connection_status(self.hass, self._line_changed))

    def _listen_to_its_discovery(self, entity_id: str, announced: tuple[str, str]) -> None:
        from homeassistant.components.mqtt.discovery import (  # noqa: PLC0415 -- see above
            MQTT_DISCOVERY_DONE,
        )

        @callback
        def announced_again(_: Any) -> None:
            self.follow(entity_id)

        signal = MQTT_DISCOVERY_DONE.format(*announced)
        self._stops.append(async_dispatcher_connect(self.hass, signal, announced_again))

    async def _subscribed(self, subscription: Awaitable[CALLBACK_TYPE]) -> None:
        try:
            stop = await subscription
        except HomeAssistantError:
            # MQTT is going away; what Home Assistant itself reports is left.
            return
        if self._stopped:
            stop()
        else:
            self._stops.append(stop)

    @callback
    def _said(self, message: Message) -> None:
        self._heard[message.topic].say(
            message.payload, retained=message.retain, steady=time.monotonic(), wall=time.time()
        )

    @callback
    def _noted(self, message: Message) -> None:
        self._heard[message.topic].payload = message.payload

    @callback
    def _bridge_said(self, message: Message) -> None:
        """A bridge that comes back says again what it remembers, which may be old itself.

        The broker keeps its word: then it may have come, or gone, at any time.
        """
        self._noted(message)
        if message.retain or not is_online(message.payload):
            return
        until = time.monotonic() + _SETTLE_S
        for topics in self._topics.values():
            if topics.bridge == message.topic:
                self._doubt(topics, until=until)

    @callback
    def _line_changed(self, connected: bool) -> None:  # noqa: FBT001 -- Home Assistant calls it so
        if connected:
            self.line_is_back()
