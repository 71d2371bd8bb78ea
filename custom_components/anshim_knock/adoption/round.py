"""The walk test of a whole home: every source is asked for, what is seen is recorded at once."""

from collections.abc import Iterable
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_ENTITY,
    CONF_PRESS,
    CONF_ROLE,
    SUBENTRY_SOURCE,
)
from ..logic.inputs import Walked
from ..logic.source import Source
from ..logic.words import Role
from .draft import Draft
from .proof import PROOF, proof_of
from .stations import Mark, Station, walk_data
from .walk import Walk


class Round:
    """One walk through one home."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, known: dict[str, Source]) -> None:
        self._hass = hass
        self._entry = entry
        self.walk = Walk(hass, _stations(hass, entry), known=known, proved=self._record)

    @property
    def missed(self) -> dict[str, str]:
        """Those that were not seen, by their keys."""
        stations = self.walk.stations.values()
        return {s.key: s.title for s in stations if s.mark is not Mark.PASSED}

    def end(self, *, silent: Iterable[str]) -> Walked:
        """`silent` were used and still not seen: they prove nothing any more. The report."""
        for key in silent:
            self._unprove(key)
        stations = self.walk.stations.values()
        passed = bool(stations) and not self.missed
        return Walked(id=f"w-{uuid4().hex[:12]}", passed=passed, data=walk_data(stations))

    def _record(self, station: Station) -> None:
        """At once: whoever closes the page loses nothing that was seen."""
        if (subentry := self._entry.subentries.get(station.key)) is not None:
            data = {**subentry.data, **proof_of(self._hass, station)}
            self._hass.config_entries.async_update_subentry(self._entry, subentry, data=data)

    def _unprove(self, key: str) -> None:
        if (subentry := self._entry.subentries.get(key)) is not None:
            data = {k: v for k, v in subentry.data.items() if k not in PROOF}
            self._hass.config_entries.async_update_subentry(self._entry, subentry, data=data)


def _stations(hass: HomeAssistant, entry: ConfigEntry) -> list[Station]:
    return [
        _station(hass, subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_SOURCE
    ]


def _station(hass: HomeAssistant, subentry: ConfigSubentry) -> Station:
    """One source; where its entity has gone there is nothing to ask for."""
    entity = str(subentry.data[CONF_ENTITY])
    draft = Draft(
        role=Role(subentry.data[CONF_ROLE]),
        entity_id=er.async_resolve_entity_id(er.async_get(hass), entity) or "",
        name=subentry.title,
        press=subentry.data.get(CONF_PRESS),
    )
    return draft.station(hass, key=subentry.subentry_id)
