"""What a question makes brighter or louder at home: written down before, put back when it is over.

A blueprint asks for both by an action; it remembers nothing over a restart itself. What a restart
left raised is put back once nobody is asked any more.
"""

import asyncio
from collections.abc import Iterable
import logging
from typing import Any

from homeassistant.components.media_player.const import (
    ATTR_MEDIA_VOLUME_LEVEL,
    DOMAIN as SPEAKERS,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_VOLUME_SET,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.state import async_reproduce_state
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .logic.words import Stage

_LOGGER = logging.getLogger(__name__)
_VERSION = 1
_ASKED = frozenset({Stage.QUIET, Stage.KNOCK})
_NOT_THERE = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
# Whoever asks waits no longer for the disk, or for a lamp that is being put back.
_PATIENCE_S = 10.0


async def raised_before(hass: HomeAssistant, entry_id: str) -> Raised:
    """With what a restart left raised."""
    raised = Raised(hass, entry_id)
    await raised.load()
    return raised


class Raised:
    """Of one household. A write that fails only means that a restart leaves the lamps lit."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(
            hass, _VERSION, f"{DOMAIN}.{entry_id}.raised", private=True, atomic_writes=True
        )
        self._before: dict[str, State] = {}
        # Of these nobody is left who would put them back.
        self._left: set[str] = set()
        self._one_at_a_time = asyncio.Lock()

    async def load(self) -> None:
        """Without it lamps stay lit; the ladder starts all the same."""
        try:
            found = await self._store.async_load() or {}
            read = [State.from_dict(row) for row in found["before"]] if found else []
        except Exception:
            _LOGGER.exception("What a question made brighter cannot be read; it stays as it is")
            return
        self._before = {state.entity_id: state for state in read if state is not None}
        self._left = set(self._before)

    async def remember(self, entity_ids: Iterable[str]) -> None:
        """As they are now; as they were, where a question before has not put them back yet."""
        async with self._one_at_a_time:
            for entity_id in entity_ids:
                self._left.discard(entity_id)
                if entity_id not in self._before and (state := self._there(entity_id)):
                    self._before[entity_id] = state
            await self._save()

    async def put_back(self, entity_ids: Iterable[str]) -> None:
        """Now. What is not there is put back once it is, and nobody is asked."""
        over = self._before.keys() & set(entity_ids)
        self._left |= over
        await self._put_back(over)

    @callback
    def look(self, stage: Stage) -> None:
        """At every change of the household: it may be over, or a lamp may have come back."""
        if stage in _ASKED or self._one_at_a_time.locked():
            return
        if over := {entity_id for entity_id in self._left if self._there(entity_id)}:
            self._hass.async_create_task(self._put_back(over), f"{DOMAIN} put back")

    async def remove(self) -> None:
        await self._store.async_remove()

    async def _put_back(self, over: set[str]) -> None:
        async with self._one_at_a_time:
            # Somebody may ask again meanwhile, and goes on with them.
            there = [self._before[one] for one in over & self._left if self._there(one)]
            done = await asyncio.gather(*(self._as_before(state) for state in there))
            for state, is_done in zip(there, done, strict=True):
                self._left.discard(state.entity_id)
                if is_done:
                    del self._before[state.entity_id]
            await self._save()

    async def _as_before(self, state: State) -> bool:
        """Otherwise it stays written down, for the next start."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await (self._quieten(state) if state.domain == SPEAKERS else self._dim(state))
        except (HomeAssistantError, TimeoutError) as error:
            _LOGGER.warning("%s cannot be put back: %r", state.entity_id, error)
            return False
        return True

    async def _dim(self, state: State) -> None:
        await async_reproduce_state(self._hass, state)

    async def _quieten(self, state: State) -> None:
        """The volume alone: what it played is over."""
        volume = state.attributes.get(ATTR_MEDIA_VOLUME_LEVEL)
        if volume is not None:
            asked = {ATTR_ENTITY_ID: state.entity_id, ATTR_MEDIA_VOLUME_LEVEL: volume}
            await self._hass.services.async_call(SPEAKERS, SERVICE_VOLUME_SET, asked, blocking=True)

    def _there(self, entity_id: str) -> State | None:
        state = self._hass.states.get(entity_id)
        return None if state is None or state.state in _NOT_THERE else state

    async def _save(self) -> None:
        """A disk that hangs keeps nobody from being asked."""
        before = [state.as_dict() for state in self._before.values()]
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._store.async_save({"before": before})
        except TimeoutError:
            _LOGGER.warning("What a question makes brighter is not written down: the disk hangs")
