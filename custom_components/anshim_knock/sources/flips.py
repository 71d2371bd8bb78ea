"""Lamps that flip in one moment: the power came back, or a hub's own timer rang. Nobody's hand.

The first of them cannot know of the others, so each flip waits some seconds before it is told.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_call_later

from ..logic.activity import TOGETHER, Why
from ..logic.source import Seen, Source, moved
from ..logic.words import Role
from .tracked import Tracked

# What the power, a timer or the home's own question can set going.
SWITCHED = frozenset({Role.LIGHT, Role.PLUG})
_TWO = frozenset({"on", "off"})

type Take = Callable[[Tracked, Seen], None]


@dataclass(slots=True, kw_only=True)
class _Flip:
    """`stop`: while it waits to be told."""

    tracked: Tracked
    device: str
    to: str
    at: datetime
    seen: Seen
    stop: CALLBACK_TYPE | None = None


class Flips:
    """The latest flips of one household's lamps, and of plugs without a meter."""

    def __init__(self, hass: HomeAssistant, sources: Collection[Tracked], take: Take) -> None:
        """`take`: a flip that waited, as a hand's; or as nobody's, once another lamp joined it."""
        self._hass = hass
        self._sources = sources
        self._take = take
        self._latest: list[_Flip] = []

    def along(self, tracked: Tracked, before: str | None, at: datetime) -> datetime | None:
        """When a lamp of another device last flipped the same way."""
        if not self._latest or not _is_flip(tracked, before):
            return None
        return max((flip.at for flip in self._others(tracked, at)), default=None)

    def waits(
        self, tracked: Tracked, known: Source, seen: Seen, *, before: str | None, at: datetime
    ) -> bool:
        """True when it is told later, or never; until then the source was not used.

        What was commanded says nothing of the others.
        """
        if not _is_flip(tracked, before) or seen.finding.why is Why.COMMANDED:
            return False
        for other in self._others(tracked, at):
            self._joined(other)
        flip = _Flip(
            tracked=tracked,
            device=self._device(tracked),
            to=tracked.shown or "",
            at=at,
            seen=seen,
        )
        self._latest = [f for f in self._latest if abs(at - f.at) < TOGETHER or f.stop is not None]
        self._latest.append(flip)
        if not seen.finding.activity or not self._has_others(tracked):
            return False
        tracked.source = _with_use(seen.source, known)
        flip.stop = async_call_later(self._hass, TOGETHER, self._alone(flip))
        return True

    def move(self, started: datetime, drift: timedelta) -> None:
        """The clock was set."""
        for flip in self._latest:
            flip.at += drift
            source = moved(flip.seen.source, started, drift)
            flip.seen = replace(flip.seen, source=source, at=flip.seen.at + drift)

    def stop(self) -> None:
        for flip in self._latest:
            _drop(flip)
        self._latest = []

    def _alone(self, flip: _Flip) -> Callable[[datetime], None]:
        @callback
        def nobody_joined(_now: datetime) -> None:
            flip.stop = None
            flip.tracked.source = _latest_use(flip.tracked.source, flip.seen.source)
            self._take(flip.tracked, flip.seen)

        return nobody_joined

    def _joined(self, flip: _Flip) -> None:
        """It is shown at last, and was no use."""
        if flip.stop is not None:
            _drop(flip)
            finding = replace(flip.seen.finding, activity=False, why=Why.TOGETHER)
            self._take(flip.tracked, replace(flip.seen, finding=finding))

    def _others(self, tracked: Tracked, at: datetime) -> list[_Flip]:
        """Two rockers of one switch may be pressed by one hand."""
        device = self._device(tracked)
        return [
            f
            for f in self._latest
            if f.to == tracked.shown and f.device != device and abs(at - f.at) < TOGETHER
        ]

    def _has_others(self, tracked: Tracked) -> bool:
        others = (t for t in self._sources if t.role in SWITCHED and t.shown in _TWO)
        device = self._device(tracked)
        return any(self._device(other) != device for other in others)

    def _device(self, tracked: Tracked) -> str:
        name = tracked.entity_id or tracked.entity
        entry = er.async_get(self._hass).async_get(name)
        return name if entry is None or entry.device_id is None else entry.device_id


def _is_flip(tracked: Tracked, before: str | None) -> bool:
    """Asked of every change: a watt more is none at the first look."""
    now = tracked.shown
    return now in _TWO and before in _TWO and before != now and tracked.role in SWITCHED


def _drop(flip: _Flip) -> None:
    if flip.stop is not None:
        flip.stop()
        flip.stop = None


def _latest_use(source: Source, used: Source) -> Source:
    """It may have been used once more meanwhile."""
    last, known = used.last_activity, source.last_activity
    is_newer = last is not None and (known is None or last > known)
    return _with_use(source, used) if is_newer else source


def _with_use(source: Source, of: Source) -> Source:
    return replace(source, last_activity=of.last_activity, weight=of.weight, weighed=of.weighed)
