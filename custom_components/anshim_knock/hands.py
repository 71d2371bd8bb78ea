"""Whose hand pressed "I'm OK": the resident's at home, on their own phone, or somebody far away's.

The button, the page and the actions ask. Only an OK is weighed: help is help, whoever calls it.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface

from homeassistant.components.network import async_get_loaded_adapters
from homeassistant.const import STATE_HOME, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.http import current_request
from homeassistant.helpers.network import is_cloud_connection
from homeassistant.util.network import is_local

from .contacts.channels import users_of
from .coordinator import HouseholdCoordinator
from .logic.inputs import Input, Ok, Person, TakeBack
from .logic.words import Role

_NETWORK = "network"
_NOWHERE = frozenset({STATE_HOME, STATE_UNKNOWN, STATE_UNAVAILABLE})


@callback
def said_by(household: HouseholdCoordinator, given: Input, user_id: str | None) -> Input:
    """The same, or a guardian's word where it is one: that puts off, and closes nothing.

    Without a user it was an automation, which says itself who is behind it. A login that is a
    contact's is a guardian's. The resident's own, and any other that is in the house, as the tablet
    on its wall is, may be the resident's hand; anybody else's from far away has seen nobody.
    """
    if user_id is None or not _is_own_word(given):
        return given
    contacts = household.contacts
    if contacts is not None and contacts.is_contact(user_id):
        return Ok(person=Person.GUARDIAN)
    outside = _came_from_outside(household.hass)
    if user_id in _residents_users(household):
        by_phone = outside and isinstance(given, Ok)
        return Ok(person=Person.PHONE) if by_phone else given
    far_away = outside or _person_is_out(household.hass, user_id)
    return Ok(person=Person.GUARDIAN) if far_away else given


def _is_own_word(given: Input) -> bool:
    match given:
        case Ok(person=person):
            return person is not Person.GUARDIAN
        case TakeBack():
            return True
        case _:
            return False


def _residents_users(household: HouseholdCoordinator) -> set[str]:
    """As whom the phones are logged in that show the resident's life."""
    registry = er.async_get(household.hass)
    phones = {
        entry.device_id
        for tracked in household.outfit.tracker.sources.values()
        if tracked.role is Role.PHONE and tracked.entity_id is not None
        if (entry := registry.async_get(tracked.entity_id)) is not None
        if entry.device_id is not None
    }
    return users_of(household.hass, phones)


def _person_is_out(hass: HomeAssistant, user_id: str) -> bool:
    """Where it is known: whoever comes in by a tunnel looks as if they were in the house."""
    return any(
        state.attributes.get("user_id") == user_id and state.state not in _NOWHERE
        for state in hass.states.async_all("person")
    )


def _came_from_outside(hass: HomeAssistant) -> bool:
    request = current_request.get()
    if request is None:
        return False
    if is_cloud_connection(hass):
        return True
    try:
        address = ip_address(request.remote or "")
    except ValueError:
        # A socket without an address is on this machine.
        return False
    return not (is_local(address) or _is_next_door(hass, address))


def _is_next_door(hass: HomeAssistant, address: IPv4Address | IPv6Address) -> bool:
    """In a network of this machine's own: at home, IPv6 gives everybody a public address."""
    if _NETWORK not in hass.config.components:
        return False
    ours = (
        ip_interface((own["address"], own["network_prefix"])).network
        for adapter in async_get_loaded_adapters(hass)
        for own in (*adapter["ipv4"], *adapter["ipv6"])
    )
    return any(address in network for network in ours)
