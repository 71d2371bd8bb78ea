"""What was learnt of the sources, kept over restarts. Its loss makes the home blind for a while."""

from collections.abc import Iterable, Mapping
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..logic.source import source_to_dict
from ..logic.words import Liveness
from .tracked import Tracked

_LOGGER = logging.getLogger(__name__)
_VERSION = 1
# A card must last: a power cut may cost some hours of usage counts.
_SAVE_AFTER_S = 3 * 3600


class SourceMemory:
    """A file of Home Assistant's usual kind."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store: Store[dict[str, Any]] = Store(
            hass, _VERSION, f"{DOMAIN}.{entry_id}.sources", private=True, atomic_writes=True
        )
        self._kept: Mapping[str, Any] = {}
        self._due = False

    async def load(self) -> None:
        """Without it the ladder starts all the same, blind until the sources are heard."""
        try:
            self._kept = await self._store.async_load() or {}
        except Exception:
            _LOGGER.exception("What was learnt of the sources cannot be read; it is learnt anew")

    def of(self, subentry_id: str) -> Mapping[str, Any] | None:
        kept = self._kept.get(subentry_id)
        return kept if isinstance(kept, Mapping) else None

    def lost(self) -> frozenset[str]:
        """The sources that were lost when somebody last looked."""
        return frozenset(key for key in self._kept if (self.of(key) or {}).get("lost") is True)

    def save_later(self, sources: Iterable[Tracked]) -> None:
        """Home Assistant's store would put a pending write off again and again."""
        if not self._due:
            self._due = True
            self._store.async_delay_save(lambda: self._write(sources), _SAVE_AFTER_S)

    async def save(self, sources: Iterable[Tracked]) -> None:
        await self._store.async_save(self._write(sources))

    def _write(self, sources: Iterable[Tracked]) -> dict[str, Any]:
        self._due = False
        return _written(sources)

    async def remove(self) -> None:
        await self._store.async_remove()


def _written(sources: Iterable[Tracked]) -> dict[str, Any]:
    return {
        t.subentry_id: {
            "entity": t.entity,
            "lost": t.condition.liveness is Liveness.LOST,
            "past_known": t.past_known,
            **source_to_dict(t.source),
        }
        for t in sources
    }
