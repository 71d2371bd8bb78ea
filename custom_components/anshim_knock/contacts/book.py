"""What is kept of calls to contacts: whom this alert was told to, and the monthly test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..logic.calling import Call, Calling

_LOGGER = logging.getLogger(__name__)
_VERSION = 1
# Lines are cut for moments: what is over by then is not written.
_SOON_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The last test of a contact. `answered` is `None` where the channel cannot tell."""

    at: datetime
    arrived: bool
    answered: bool | None = None


@dataclass(slots=True, kw_only=True)
class Page:
    """`answers`: what each contact said of the present alert. `cut`: since when no line is up.

    `entered`: whoever was told, as entered then: they hear the end even when removed meanwhile.
    """

    calling: Calling = field(default_factory=Calling)
    answers: dict[str, str] = field(default_factory=dict)
    entered: dict[str, dict[str, Any]] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)
    cut: datetime | None = None


class Book:
    """Written before anybody is told. A write that fails only means that they are told twice."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        key = f"{DOMAIN}.{entry_id}.contacts"
        self._store: Store[dict[str, Any]] = Store(
            hass, _VERSION, key, private=True, atomic_writes=True
        )
        self.page = Page()
        self._owing = False
        self._closed = False

    async def load(self) -> None:
        """Without it somebody may be told twice; the ladder starts all the same."""
        try:
            if (found := await self._store.async_load()) is not None:
                self.page = _read(found)
        except Exception:
            _LOGGER.exception("Whom this home has told cannot be read; they are told again")

    def keep(self, calling: Calling) -> None:
        """Of those who need not hear the end any more nothing stays."""
        changed = self.page.calling.owned != calling.owned
        self.page.calling = calling
        if self.page.entered and not calling.told():
            self.page.entered, changed = {}, True
        if changed:
            self.save_soon()

    async def save(self) -> None:
        """Nothing once it is closed: by then another one is read and written."""
        self._owing = False
        if self._closed:
            return
        await self._store.async_save(_written(self.page))

    def save_soon(self) -> None:
        """Before Home Assistant stops at the latest. What a crash takes is counted anew."""
        if self._closed:
            return
        self._owing = True
        self._store.async_delay_save(lambda: _written(self.page), _SOON_S)

    async def close(self) -> None:
        """Nothing is written after this: the household may be set up anew."""
        if self._owing:
            await self.save()
        self._closed = True

    async def remove(self) -> None:
        await self._store.async_remove()


def _written(page: Page) -> dict[str, Any]:
    calling = page.calling
    return {
        "episode": calling.episode,
        "answered": _iso(calling.answered),
        "over": _iso(calling.over),
        "owned": calling.owned,
        "lost": _iso(calling.lost),
        "calls": [
            {"contact": c.contact, "at": c.at.isoformat(), "arrived": c.arrived}
            for c in calling.calls
        ],
        "answers": page.answers,
        "entered": page.entered,
        "cut": _iso(page.cut),
        "trials": {
            key: {"at": t.at.isoformat(), "arrived": t.arrived, "answered": t.answered}
            for key, t in page.trials.items()
        },
    }


def _read(data: Mapping[str, Any]) -> Page:
    """A call of which nobody knows whether it arrived is made again."""
    calls = [
        Call(contact=c["contact"], at=_moment(c["at"]), arrived=c["arrived"])
        for c in data["calls"]
        if c["arrived"] is not None
    ]
    return Page(
        calling=Calling(
            episode=data["episode"],
            calls=tuple(calls),
            answered=data["answered"] and _moment(data["answered"]),
            over=data["over"] and _moment(data["over"]),
            # These two were not yet written down by older versions, as those below.
            owned=data.get("owned", False),
            lost=data.get("lost") and _moment(data["lost"]),
        ),
        answers=dict(data["answers"]),
        # These two were not yet written down by older versions.
        entered=dict(data.get("entered", {})),
        cut=data.get("cut") and _moment(data["cut"]),
        trials={
            key: Trial(at=_moment(t["at"]), arrived=t["arrived"], answered=t["answered"])
            for key, t in data["trials"].items()
        },
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str) -> datetime:
    found = dt_util.parse_datetime(text, raise_on_error=True)
    return dt_util.as_utc(found)
