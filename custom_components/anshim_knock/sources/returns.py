"""Notices when a hub or the mains came back: what its devices then report, nobody did."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .tracked import Tracked

# Several devices of one hub that return within this came back with it.
TOGETHER = timedelta(seconds=30)
_SEVERAL = 2


class Returns:
    """Answers since when a source's reports are suspect."""

    def __init__(self, hass: HomeAssistant, sources: Iterable[Tracked]) -> None:
        self._hass = hass
        self._sources = tuple(sources)

    def back_since(self, tracked: Tracked, now: datetime) -> datetime | None:
        """Its own return; and where several of its hub are just back, the latest of these."""
        hub = self._hub(tracked)
        lately = [
            other.returned
            for other in self._sources
            if other is tracked or (hub is not None and self._hub(other) == hub)
            if other.returned is not None and now - other.returned < TOGETHER
        ]
        return max(lately) if len(lately) >= _SEVERAL else tracked.returned

    def _hub(self, tracked: Tracked) -> str | None:
        entry = er.async_get(self._hass).async_get(tracked.entity_id) if tracked.entity_id else None
        return None if entry is None else entry.config_entry_id
