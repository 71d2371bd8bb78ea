"""A walk test under way: asks for one use after the other and ticks whatever is really used.

The flows show it. It runs beside the household, which hears nothing of it and goes on.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..logic.activity import Why
from ..logic.source import Source
from ..sources.facts import facts_of
from .stations import Mark, Station
from .trial import Subject, Trial

# To get up, walk over and use it; an old phone's lock takes its time.
PATIENCE = timedelta(minutes=2)
# These come without anybody's doing, all the time: no news to whoever watches the screen.
_NO_NEWS = frozenset({Why.SAME_AGAIN, Why.NOT_A_PERSON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What was seen last, whether it counted or not."""

    station: Station
    # A code of `activity.Why`, or the trial's own.
    why: str
    at: datetime


class Walk:
    """Stations in their order; one is asked for at a time, any of them may be used."""

    def __init__(
        self,
        hass: HomeAssistant,
        stations: Iterable[Station],
        *,
        known: dict[str, Source] | None = None,
        beside: Iterable[Subject] = (),
        proved: Callable[[Station], None] = lambda _: None,
    ) -> None:
        """`beside`: lamps that are sources already, and are not asked for."""
        self._hass = hass
        self.stations = {station.key: station for station in stations}
        self.noticed: Noticed | None = None
        self.asked = dt_util.utcnow()
        self._proved = proved
        self._trial = Trial(
            hass,
            [
                Subject(
                    key=s.key, role=s.role, entity_id=s.entity_id, source=(known or {}).get(s.key)
                )
                for s in self.stations.values()
                if s.entity_id
            ]
            + list(beside),
            self._judged,
        )
        self._news = asyncio.Event()
        self._disarm: CALLBACK_TYPE | None = None

    def start(self) -> None:
        """Ask for the first one."""
        self._trial.start()
        self._ask()

    def stop(self) -> None:
        """Listen no more. May be called twice."""
        self._trial.stop()
        if self._disarm is not None:
            self._disarm()
            self._disarm = None

    @property
    def current(self) -> Station | None:
        """What is asked for now; `None`: the walk is over."""
        waiting = (s for s in self.stations.values() if s.mark is Mark.WAITING)
        return next(waiting, None)

    @property
    def until(self) -> datetime:
        """How long what is asked for is waited for."""
        return self.asked + PATIENCE

    def settles(self) -> datetime | None:
        """Until when the thing asked for is not to be touched, should its device be just back."""
        if (current := self.current) is None:
            return None
        moment = self._trial.settles(current.entity_id)
        return moment if moment > dt_util.utcnow() else None

    async def news(self) -> None:
        """Returns when there is something new to show."""
        await self._news.wait()
        self._news.clear()

    @callback
    def _ask(self) -> None:
        self.asked = dt_util.utcnow()
        if self._disarm is not None:
            self._disarm()
            self._disarm = None
        if self.current is None:
            self.stop()
        elif (settles := self.settles()) is not None:
            # What must rest first is asked for once it has.
            self._disarm = async_call_later(self._hass, settles - self.asked, self._settled)
        else:
            self._disarm = async_call_later(self._hass, PATIENCE, self._gave_up)
        self._news.set()

    @callback
    def _settled(self, _now: datetime) -> None:
        self._disarm = None
        self._ask()

    @callback
    def _gave_up(self, _now: datetime) -> None:
        self._disarm = None
        if (current := self.current) is not None:
            self.stations[current.key] = current.missed()
        self._ask()

    @callback
    def _judged(self, key: str, why: str, at: datetime) -> None:
        station = self.stations[key]
        if why == Why.COUNTS:
            self._tick(station, at)
        elif why not in _NO_NEWS:
            self.noticed = Noticed(station=station, why=why, at=at)
            self._news.set()

    def _passed(self, station: Station, at: datetime, *, asked: datetime | None) -> Station:
        facts = facts_of(self._hass, station.entity_id)
        link, battery = facts.link, facts.battery
        if (heard := self._trial.heard(station.entity_id)) is not None:
            # What came with this very report; its entities are often switched off.
            link = heard.link if heard.link is not None else link
            battery = heard.battery if heard.battery is not None else battery
        return station.passed(at, asked=asked, link=link, battery=battery)

    def _tick(self, station: Station, at: datetime) -> None:
        """Also what was not asked for now: whoever walks through a home takes their own way."""
        asked_for = station is self.current
        if station.mark is not Mark.PASSED:
            station = self._passed(station, at, asked=self.asked if asked_for else None)
            self.stations[station.key] = station
            self._proved(station)
        self.noticed = Noticed(station=station, why=Why.COUNTS, at=at)
        if asked_for:
            self._ask()
        self._news.set()
