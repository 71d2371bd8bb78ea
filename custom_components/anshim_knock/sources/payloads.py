"""Reads what Zigbee2MQTT writes, and where it writes it. `zigbee2mqtt` listens there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import Any

from homeassistant.core import HomeAssistant

MQTT = "mqtt"
_MS = 1000.0
# Later than any time in seconds, earlier than any in milliseconds.
_BORDER_S = 1e11


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """Where a device speaks, where its availability stands, and where its bridge's does.

    `announced`: what Home Assistant knows the entity's discovery by.
    """

    state: str
    announced: tuple[str, str]
    availability: str | None = None
    bridge: str | None = None


def topics_of(hass: HomeAssistant, entity_id: str) -> Topics | None:
    """From the entity's discovery message, as the page of its device shows it."""
    try:
        found = hass.data[MQTT].debug_info_entities[entity_id]["discovery_data"]
        payload = found["discovery_payload"]
        listed = [str(entry["topic"]) for entry in payload.get("availability", ())]
        state = str(payload["state_topic"])
        component, name = found["discovery_hash"]
    except AttributeError, KeyError, TypeError, ValueError:
        return None
    bridge = next((topic for topic in listed if topic.endswith("/bridge/state")), None)
    own = next((topic for topic in listed if topic == f"{state}/availability"), None)
    return Topics(state=state, announced=(component, name), availability=own, bridge=bridge)


def last_said(hass: HomeAssistant, entity_id: str, topic: str) -> Any:
    """What Home Assistant heard there before we listened, as the page of its device shows it.

    Our own first message is compared with it: it may be a report that brings a missed edge.
    """
    try:
        heard = hass.data[MQTT].debug_info_entities[entity_id]["subscriptions"][topic]["messages"]
    except AttributeError, KeyError, TypeError:
        return None
    return heard[-1].payload if heard else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What its messages show of how Zigbee2MQTT is set; `None` is not known. Both are off at first.

    `last_seen`: it says when it heard the device last. `availability`: whether it is within reach.
    """

    last_seen: bool | None = None
    availability: bool | None = None


UNSAID = Settings()


def settings_of(hass: HomeAssistant, entity_id: str) -> Settings:
    """As far as the discovery message and the newest report of this device show it."""
    topics = topics_of(hass, entity_id)
    if topics is None:
        return UNSAID
    said = object_in(last_said(hass, entity_id, topics.state))
    return Settings(
        last_seen=said.get("last_seen") is not None if said else None,
        availability=topics.availability is not None,
    )


def object_in(payload: Any) -> Mapping[str, Any]:
    """Empty where the payload is none."""
    try:
        found = json.loads(payload)
    except TypeError, ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def is_online(payload: Any) -> bool | None:
    """An availability: an object with a state since version 2, the word alone before."""
    word = object_in(payload).get("state", payload)
    return {"online": True, "offline": False}.get(word) if isinstance(word, str) else None


def moment_of(value: Any) -> datetime | None:
    """ISO 8601 with a zone, or the epoch in seconds or milliseconds, as Zigbee2MQTT is set."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo is not None else None
        seconds = float(value) / (_MS if value > _BORDER_S else 1.0)
        return datetime.fromtimestamp(seconds, UTC)
    except OSError, OverflowError, TypeError, ValueError:
        return None


def link_of(value: Any) -> int | None:
    return next((int(number) for number in _number(value, most=255)), None)


def percent_of(value: Any) -> float | None:
    return next(_number(value, most=100), None)


def _number(value: Any, *, most: float) -> Iterator[float]:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
        yield float(value)
