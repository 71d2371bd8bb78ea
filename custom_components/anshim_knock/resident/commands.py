"""What the page asks of Home Assistant: how the homes are, and a press.

Registered once for all households; each answers for itself.
"""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import (
    ERR_NOT_ALLOWED,
    ERR_NOT_FOUND,
    ERR_UNAUTHORIZED,
)
from homeassistant.components.websocket_api.decorators import async_response
from homeassistant.components.websocket_api.messages import BASE_COMMAND_MESSAGE_SCHEMA
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import voluptuous as vol

from ..const import DOMAIN, PRESS_HELP, PRESS_OK
from ..coordinator import AnshimConfigEntry
from ..hands import said_by
from ..logic.effects import Json
from ..logic.inputs import Help, Input, Ok, Person, TakeBack
from ..logic.words import Cause
from ..permissions import may
from .picture import picture_of
from .presses import Presses

SUBSCRIBE: Final = f"{DOMAIN}/homes/subscribe"
PRESS: Final = f"{DOMAIN}/home/press"
# An "I am all right" says nothing of what came after it: one that took longer is pressed again.
OLDEST_OK_S: Final = 60.0
PRESS_TAKE_BACK: Final = "take_back"
_SAYS: dict[str, Input] = {
    PRESS_OK: Ok(person=Person.RESIDENT),
    PRESS_HELP: Help(cause=Cause.PANEL),
    PRESS_TAKE_BACK: TakeBack(),
}
_SUBSCRIBE = BASE_COMMAND_MESSAGE_SCHEMA.extend({vol.Required("type"): SUBSCRIBE})
_PRESS = BASE_COMMAND_MESSAGE_SCHEMA.extend(
    {
        vol.Required("type"): PRESS,
        vol.Required("home"): cv.string,
        vol.Required("says"): vol.In(_SAYS),
        # Made by the page, so that a repeat is known as one.
        vol.Required("press"): vol.All(cv.string, vol.Length(min=8, max=64)),
        # How many seconds ago it was.
        vol.Required("age"): vol.All(vol.Coerce(float), vol.Range(min=0)),
    }
)


@callback
def async_setup_commands(hass: HomeAssistant) -> None:
    """Once, whether or not anybody looks."""
    presses = Presses(hass)

    @async_response
    async def press(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
        await _press(hass, connection, msg, presses)

    websocket_api.async_register_command(hass, SUBSCRIBE, _subscribe, _SUBSCRIBE)
    websocket_api.async_register_command(hass, PRESS, press, _PRESS)


@callback
def _subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Every home that this user may see: now, and whenever one of them changes."""
    number = msg["id"]
    following = Following(
        hass, connection.user, lambda homes: connection.send_event(number, {"homes": homes})
    )
    connection.subscriptions[number] = following.stop
    connection.send_result(number)
    following.start()


async def _press(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any], presses: Presses
) -> None:
    """Answered once it is on the disk; refused with a reason that the page has words for."""
    number, says = msg["id"], msg["says"]
    entry: AnshimConfigEntry | None = hass.config_entries.async_get_entry(msg["home"])
    if entry is None or entry.domain != DOMAIN:
        connection.send_error(number, ERR_NOT_FOUND, "There is no such home")
    elif not may(hass, connection.user, entry, POLICY_CONTROL):
        connection.send_error(number, ERR_UNAUTHORIZED, "This user may not press here")
    elif entry.state is not ConfigEntryState.LOADED:
        connection.send_error(number, "not_ready", "The home is not running")
    elif says != PRESS_HELP and msg["age"] > OLDEST_OK_S:
        connection.send_error(number, "too_late", "Too long ago to be a sign of life")
    else:
        given = said_by(entry.runtime_data, _SAYS[says], connection.user.id)
        done = await presses.decided(msg["press"], entry.runtime_data, given)
        if done.refused:
            connection.send_error(number, ERR_NOT_ALLOWED, f"Refused: {done.why}")
        else:
            connection.send_result(number, {"stage": done.state.stage})


class Following:
    """One page's view of the homes, through reloads: entries come, go and come back."""

    def __init__(self, hass: HomeAssistant, user: User, tell: Callable[[list[Json]], None]) -> None:
        self._hass = hass
        self._user = user
        self._tell = tell
        self._told: list[Json] | None = None
        self._stops: list[CALLBACK_TYPE] = []
        self._listening: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> None:
        self._listening = async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
        )
        self._follow()

    @callback
    def stop(self) -> None:
        if self._listening is not None:
            self._listening()
        self._forget()

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._follow()

    def _follow(self) -> None:
        self._forget()
        self._stops = [
            entry.runtime_data.async_add_listener(self._show)
            for entry in self._entries()
            if entry.state is ConfigEntryState.LOADED
        ]
        self._show()

    def _forget(self) -> None:
        for stop in self._stops:
            stop()
        self._stops = []

    def _entries(self) -> list[AnshimConfigEntry]:
        entries = self._hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        return [e for e in entries if may(self._hass, self._user, e, POLICY_READ)]

    @callback
    def _show(self) -> None:
        """Only what the page would show otherwise."""
        homes: list[Json] = [picture_of(entry) for entry in self._entries()]
        if homes != self._told:
            self._told = homes
            self._tell(homes)
