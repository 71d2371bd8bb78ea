"""Ways to a contact: notify entities, and the companion app with buttons for an answer."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import logging
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
import voluptuous as vol

from ..adoption.kinds import PHONE_APP
from ..const import DOMAIN
from .people import Person

_LOGGER = logging.getLogger(__name__)
# A messenger that hangs keeps nothing from the others, and is not waited for long.
PATIENCE_S = 20.0
ANSWER_EVENT = "mobile_app_notification_action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`buttons`: what may be answered, as answer and label, where the channel allows."""

    title: str
    text: str
    urgent: bool
    tag: str
    buttons: tuple[tuple[str, str], ...] = ()


def action_of(answer: str, person_id: str) -> str:
    """The button's name in the app's event."""
    return f"ANSHIM_KNOCK_{answer}_{person_id}"


async def told(hass: HomeAssistant, person: Person, message: Message) -> bool:
    """By every way at once. True when one of them took it; nobody knows yet whether it was read."""
    ways = [_by_entity(hass, entity_id, message) for entity_id in person.notify]
    if person.phone is not None:
        ways.append(_by_phone(hass, person, message))
    return any(await asyncio.gather(*ways))


async def _by_entity(hass: HomeAssistant, entity_id: str, message: Message) -> bool:
    """Home Assistant passes over an entity that is not there without a word: look first."""
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        _LOGGER.warning("A contact's %s is not available", entity_id)
        return False
    data = {"entity_id": entity_id, "title": message.title, "message": message.text}
    return await _called(hass, "send_message", data)


async def _by_phone(hass: HomeAssistant, person: Person, message: Message) -> bool:
    service = _service_of(hass, person.phone or "")
    if service is None:
        _LOGGER.warning("A contact's phone has no companion app any more")
        return False
    more: dict[str, Any] = {"tag": message.tag}
    if message.urgent:
        more |= {
            "ttl": 0,
            "priority": "high",
            "channel": "alarm_stream",
            "importance": "high",
            "push": {"interruption-level": "critical"},
        }
    if message.buttons:
        more["actions"] = [
            {"action": action_of(answer, person.id), "title": label}
            for answer, label in message.buttons
        ]
    data = {"title": message.title, "message": message.text, "data": more}
    return await _called(hass, service, data)


def _service_of(hass: HomeAssistant, device_id: str) -> str | None:
    # A household without phones never needs it.
    from homeassistant.components.mobile_app.util import (  # noqa: PLC0415
        get_notify_service,
        webhook_id_from_device_id,
    )

    webhook_id = webhook_id_from_device_id(hass, device_id)
    return None if webhook_id is None else get_notify_service(hass, webhook_id)


def users_of(hass: HomeAssistant, phones: Iterable[str]) -> set[str]:
    """As whom the companion apps of these devices are logged in."""
    devices = dr.async_get(hass)
    users = set()
    for device_id in phones:
        device = devices.async_get(device_id)
        if device is None or device.config_entry_id is None:
            continue
        entry = hass.config_entries.async_get_entry(device.config_entry_id)
        if entry is not None and entry.domain == PHONE_APP:
            users.add(str(entry.data.get("user_id")))
    return users


async def _called(hass: HomeAssistant, service: str, data: dict[str, Any]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await hass.services.async_call("notify", service, data, blocking=True)
    except (HomeAssistantError, vol.Invalid, TimeoutError) as err:
        _LOGGER.warning("A contact could not be told by notify.%s: %r", service, err)
        return False
    except Exception:
        # A messenger of somebody else's: whatever it raises, the next way is tried.
        _LOGGER.exception("A contact could not be told by notify.%s", service)
        return False
    return True


def tag_of(entry_id: str) -> str:
    """A newer message takes the older one's place on a phone."""
    return f"{DOMAIN}_{entry_id}"


def buttons_of(labels: Sequence[tuple[str, str]], person: Person) -> tuple[tuple[str, str], ...]:
    """Only a phone can answer."""
    return tuple(labels) if person.phone is not None else ()
