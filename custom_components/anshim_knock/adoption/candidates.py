"""Looks through the home for what could be a source, best first. The flow offers what it finds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import Integration, IntegrationNotLoaded, async_get_loaded_integration

from ..logic.activity import BLANK
from ..logic.words import Role
from ..sources.facts import facts_of
from .fitness import Fitness, Maker, Point, Traits, fitness_of
from .kinds import measures_power, role_of

# Helpers that a resident presses or switches by hand, on a wall tablet say.
_BY_HAND = frozenset({"input_button", "input_boolean"})
_KINDS = {
    Role.DOOR: Point.CONTACT,
    Role.OUTER_DOOR: Point.CONTACT,
    Role.MOTION: Point.MOTION,
    Role.BUTTON: Point.BUTTON,
    Role.LIGHT: Point.LAMP,
    Role.PHONE: Point.PHONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entity that could be a source, and how well it would do."""

    entity_id: str
    name: str
    role: Role
    fitness: Fitness


def found(
    hass: HomeAssistant,
    *,
    taken: Iterable[str],
    lamps: Collection[str] = (),
    phone: str | None = None,
) -> list[Candidate]:
    """Every candidate that is no source yet, the fittest first.

    `lamps`: those that are sources already; `phone`: only this device's.
    """
    known = set(taken)
    registry = er.async_get(hass)
    candidates = []
    for state in hass.states.async_all():
        entry = registry.async_get(state.entity_id)
        if known & {state.entity_id, *([] if entry is None else [entry.id])}:
            continue
        if phone is not None and (entry is None or entry.device_id != phone):
            continue
        if (role := role_of(hass, state.entity_id)) is not None:
            candidates.append(candidate_of(hass, state.entity_id, role, lamps=lamps))
    return sorted(candidates, key=lambda c: (-c.fitness.worth, c.name, c.entity_id))


def candidate_of(
    hass: HomeAssistant, entity_id: str, role: Role, *, lamps: Collection[str] = ()
) -> Candidate:
    """One entity, judged in a role."""
    state = hass.states.get(entity_id)
    traits = Traits(
        kind=_kind(hass, entity_id, role),
        maker=_maker(hass, entity_id),
        facts=facts_of(hass, entity_id),
        there=state is not None and (state.state not in BLANK or _shows_moments(role, state.state)),
        beside_lamps=any(not _is_one_device(hass, entity_id, lamp) for lamp in lamps),
    )
    return Candidate(
        entity_id=entity_id,
        name=entity_id if state is None else state.name,
        role=role,
        fitness=fitness_of(traits),
    )


def _is_one_device(hass: HomeAssistant, one: str, other: str) -> bool:
    """Two rockers of one switch are moved by two presses."""
    entries = [er.async_get(hass).async_get(name) for name in (one, other)]
    devices = {None if entry is None else entry.device_id for entry in entries}
    return one == other or (len(devices) == 1 and None not in devices)


def _shows_moments(role: Role, state: str) -> bool:
    """A button that nobody has pressed yet knows no moment."""
    return role is Role.BUTTON and state == "unknown"


def _kind(hass: HomeAssistant, entity_id: str, role: Role) -> Point | None:
    if role is not Role.PLUG:
        return _KINDS.get(role)
    bare = split_entity_id(entity_id)[0] == Platform.SWITCH and not measures_power(hass, entity_id)
    return Point.SOCKET if bare else Point.POWER


def _maker(hass: HomeAssistant, entity_id: str) -> Maker:
    """By what the entity's integration says of itself."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None:
        return Maker.NOBODY
    if entry.platform in _BY_HAND:
        return Maker.DEVICE
    made_by = _loaded(hass, entry.platform)
    if made_by is None:
        return Maker.DEVICE
    iot_class = made_by.manifest.get("iot_class") or ""
    if made_by.integration_type == "helper" or iot_class == "calculated":
        return Maker.COMPUTED
    return Maker.CLOUD if iot_class.startswith("cloud") else Maker.DEVICE


def _loaded(hass: HomeAssistant, platform: str) -> Integration | None:
    try:
        return async_get_loaded_integration(hass, platform)
    except IntegrationNotLoaded:
        return None
