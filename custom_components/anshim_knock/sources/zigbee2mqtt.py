"""What Zigbee2MQTT says of a device beside its states, heard through Home Assistant's own MQTT.

Only topics of the household's sources are subscribed to, as the devices' own discovery messages
name them. A message costs a note of its arrival; it is read when somebody asks. This works without
Zigbee2MQTT's `last_seen` and `availability`, and better with them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
import time
from typing import Any, Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..logic.activity import SETTLE
from ..logic.evidence import Evidence, Via

_MQTT = "mqtt"
_SETTLE_S = SETTLE.total_seconds()
_MS = 1000.0
# A sleeping device reads these on its own clock.
_OF_A_REPORT = ("battery", "voltage", "device_temperature")
# Later than any time in seconds, earlier than any in milliseconds.
_BORDER_S = 1e11


class Message(Protocol):
    """Home Assistant's message, of which we need this much."""

    @property
    def topic(self) -> str: ...

    @property
    def payload(self) -> Any: ...

    @property
    def retain(self) -> bool: ...


@dataclass(slots=True, kw_only=True)
class _Topics:
    """Where a device speaks, where its availability stands, and where its bridge's does."""

    state: str
    availability: str | None = None
    bridge: str | None = None


@dataclass(slots=True, kw_only=True)
class _Heard:
    """The newest message of one topic, the one before, and when the last fresh one came.

    Fresh is what only the device can have caused, not somebody's memory of it.
    """

    payload: Any = None
    before: Any = None
    fresh: float | None = None


@dataclass(slots=True)
class Zigbee2Mqtt:
    """Asked for evidence by the entity it concerns. Knows nothing where there is no MQTT."""

    hass: HomeAssistant
    # Until this moment a message may come from the bridge's memory.
    _remembers_until: float = 0.0
    _topics: dict[str, _Topics] = field(default_factory=dict)
    _heard: dict[str, _Heard] = field(default_factory=dict)
    _stops: list[CALLBACK_TYPE] = field(default_factory=list)
    _stopped: bool = False

    @callback
    def settle(self) -> None:
        """We have just begun to listen: what comes now was remembered for us."""
        self._remembers_until = time.time() + _SETTLE_S

    @callback
    def follow(self, entity_id: str) -> None:
        """Listen to its device as soon as its discovery message is there."""
        if entity_id in self._topics or _MQTT not in self.hass.data:
            return
        topics = _topics_of(self.hass, entity_id)
        if topics is None:
            return
        self._topics[entity_id] = topics
        self._listen(topics.state, self._said, known=_last_said(self.hass, entity_id, topics.state))
        if topics.availability is not None:
            self._listen(topics.availability, self._noted)
        if topics.bridge is not None:
            self._listen(topics.bridge, self._bridge_said)

    @callback
    def stop(self) -> None:
        self._stopped = True
        for stop in self._stops:
            stop()
        self._stops = []

    def evidence(self, entity_id: str) -> Evidence | None:
        """`None` where nothing was heard this way."""
        topics = self._topics.get(entity_id)
        if topics is None:
            return None
        heard = self._heard[topics.state]
        told = _object(heard.payload)
        at = _moment(told.get("last_seen")) or _moment(heard.fresh)
        reachable = self._is_online(topics.availability)
        if at is None and reachable is None:
            return None
        return Evidence(
            heard=at,
            via=Via.ZIGBEE2MQTT,
            link=_link(told.get("linkquality")),
            battery=_percent(told.get("battery")),
            reachable=reachable,
        )

    def came_with_report(self, entity_id: str) -> bool:
        """Whether the newest message is a timer's report: a battery is read then, not at a use.

        Home Assistant writes states when all listeners have had the message, so it is here already.
        """
        topics = self._topics.get(entity_id)
        if topics is None:
            return False
        heard = self._heard[topics.state]
        before, now = _object(heard.before), _object(heard.payload)
        return any(key in before and before[key] != now.get(key) for key in _OF_A_REPORT)

    def bridge_is_gone(self, entity_id: str) -> bool:
        """Its bridge said goodbye, or the broker said it for it."""
        topics = self._topics.get(entity_id)
        return topics is not None and self._is_online(topics.bridge) is False

    def _is_online(self, topic: str | None) -> bool | None:
        payload = None if topic is None else self._heard[topic].payload
        if payload is None:
            return None
        # An object with a state since version 2, the word alone before.
        word = _object(payload).get("state", payload)
        return {"online": True, "offline": False}.get(word) if isinstance(word, str) else None

    def _listen(self, topic: str, heard: Callable[[Message], None], *, known: Any = None) -> None:
        if topic not in self._heard:
            self._heard[topic] = _Heard(payload=known)
            self.hass.async_create_task(self._subscribe(topic, heard), eager_start=True)

    async def _subscribe(self, topic: str, heard: Callable[[Message], None]) -> None:
        # Its own requirements are there only where it is set up.
        from homeassistant.components.mqtt import async_subscribe  # noqa: PLC0415 -- see above

        try:
            stop = await async_subscribe(self.hass, topic, heard)
        except HomeAssistantError:
            # MQTT is going away; what Home Assistant itself reports is left.
            return
        if self._stopped:
            stop()
        else:
            self._stops.append(stop)

    @callback
    def _said(self, message: Message) -> None:
        known, now = self._heard[message.topic], time.time()
        known.before, known.payload = known.payload, message.payload
        if not message.retain and now > self._remembers_until:
            known.fresh = now

    @callback
    def _noted(self, message: Message) -> None:
        self._heard[message.topic].payload = message.payload

    @callback
    def _bridge_said(self, message: Message) -> None:
        """A bridge that comes back says again what it remembers."""
        self._noted(message)
        self.settle()


def _topics_of(hass: HomeAssistant, entity_id: str) -> _Topics | None:
    """From the entity's discovery message, as the page of its device shows it."""
    try:
        found = hass.data[_MQTT].debug_info_entities[entity_id]["discovery_data"]
        payload = found["discovery_payload"]
        listed = [str(entry["topic"]) for entry in payload.get("availability", ())]
        state = str(payload["state_topic"])
    except AttributeError, KeyError, TypeError:
        return None
    bridge = next((topic for topic in listed if topic.endswith("/bridge/state")), None)
    own = next((topic for topic in listed if topic == f"{state}/availability"), None)
    return _Topics(state=state, availability=own, bridge=bridge)


def _last_said(hass: HomeAssistant, entity_id: str, topic: str) -> Any:
    """What Home Assistant heard there before we listened, as the page of its device shows it.

    Our own first message is compared with it: it may be a report that brings a missed edge.
    """
    try:
        heard = hass.data[_MQTT].debug_info_entities[entity_id]["subscriptions"][topic]["messages"]
    except AttributeError, KeyError, TypeError:
        return None
    return heard[-1].payload if heard else None


def _object(payload: Any) -> Mapping[str, Any]:
    try:
        found = json.loads(payload)
    except TypeError, ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _moment(value: Any) -> datetime | None:
    """ISO 8601 with a zone, or the epoch in seconds or milliseconds, as Zigbee2MQTT is set."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo is not None else None
        seconds = float(value) / (_MS if value > _BORDER_S else 1.0)
        return datetime.fromtimestamp(seconds, UTC)
    except OSError, OverflowError, TypeError, ValueError:
        return None


def _link(value: Any) -> int | None:
    return next((int(number) for number in _number(value, most=255)), None)


def _percent(value: Any) -> float | None:
    return next(_number(value, most=100), None)


def _number(value: Any, *, most: float) -> Iterator[float]:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
        yield float(value)
