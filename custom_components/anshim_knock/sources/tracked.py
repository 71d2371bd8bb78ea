"""One source as the tracker follows it: which entity it is, what `logic` knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_ENTITY,
    CONF_OVERRULED,
    CONF_PRESS,
    CONF_ROLE,
    CONF_TESTED,
    CONF_TESTED_DEVICE,
)
from ..logic.activity import BLANK, SETTLE, Change, Word, moment_in, phone_word
from ..logic.journal import Mark
from ..logic.source import Condition, LivenessWhy, Seen, Source, observe, source_from_dict
from ..logic.words import Liveness, Role
from .facts import is_same_thing
from .hubs import Hub, hub_of

DOORS = frozenset({Role.DOOR, Role.OUTER_DOOR})
# What they show may have been done long ago, and is then told anew.
_SHOW_FOR_LONG = DOORS | {Role.LIGHT}
# Nothing is known before the first look.
UNSEEN = Condition(liveness=Liveness.LOST, why=LivenessWhy.NEVER_HEARD)


@dataclass(slots=True, kw_only=True)
class Tracked:
    """`entity` is what was chosen: a registry id, or an entity id where there is none."""

    subentry_id: str
    entity: str
    role: Role
    press: str | None
    source: Source
    entity_id: str | None = None
    shown: str | None = None
    # What it showed before it went away, when it was back, and whether it then told something new:
    # that nobody remembers for it.
    stood: str | None = None
    returned: datetime | None = None
    back_by_itself: bool = False
    commanded: datetime | None = None
    # When another lamp or switch of its hub was.
    near: datetime | None = None
    hub: Hub | None = None
    # What its own integration calls it: the locks of a phone are known by it.
    unique_id: str = ""
    # Another device stands where the tested one was.
    swapped: bool = False
    # As of the last look: how it is, when to look again, when the radio was asked last.
    condition: Condition = UNSEEN
    # What the journal was told last of whether it can be an eye of the home.
    noted: Mark = Mark.LOST
    # And whether it goes on by itself.
    noted_ghost: bool = False
    due: datetime | None = None
    asked: datetime | None = None
    # What Home Assistant recorded of it before has been read.
    past_known: bool = False
    # It was followed before we last stopped: what it did since may be news.
    followed: bool = False

    def resolve(self, hass: HomeAssistant) -> None:
        """The entity's present name, `None` when it has gone; and where it comes from."""
        self.entity_id = er.async_resolve_entity_id(er.async_get(hass), self.entity)
        self.hub = hub_of(hass, self.entity_id)
        self.unique_id = unique_id_of(hass, self.entity_id)

    def shows(self, before: str | None, now: str | None, at: datetime) -> bool:
        """Take over what is shown now. True when it is back."""
        self.shown = now
        if before not in BLANK and now in BLANK:
            self.stood = before
        back = before in BLANK and now not in BLANK
        if back:
            self.returned, self.back_by_itself = at, False
        # ZHA shows it as it was first, and at once after that what it has said.
        just_back = self.returned is not None and timedelta(0) <= at - self.returned < SETTLE
        if just_back and now not in BLANK and self.stood not in {None, now}:
            self.back_by_itself = True
        return back

    def word(self, state: State | None) -> str | None:
        """What is shown, as the rules for signs of life say it."""
        if state is None or self.role is not Role.PHONE:
            return None if state is None else state.state
        return phone_word(self.unique_id, state.state)


def unique_id_of(hass: HomeAssistant, entity_id: str | None) -> str:
    entry = er.async_get(hass).async_get(entity_id) if entity_id is not None else None
    return "" if entry is None else entry.unique_id


def tracked_of(subentry: ConfigSubentry, kept: Mapping[str, Any] | None) -> Tracked:
    """With what was learnt of it; another sensor in its place starts anew."""
    role = Role(subentry.data[CONF_ROLE])
    entity = str(subentry.data[CONF_ENTITY])
    known = _restored(role, entity, kept)
    overruled = bool(subentry.data.get(CONF_OVERRULED))
    return Tracked(
        subentry_id=subentry.subentry_id,
        entity=entity,
        role=role,
        press=subentry.data.get(CONF_PRESS),
        source=known or Source(role=role),
        noted_ghost=known is not None and replace(known, overruled=overruled).ghost,
        followed=known is not None,
        past_known=kept is not None and kept.get("past_known") is True,
    )


def proof_taken(hass: HomeAssistant, tracked: Tracked, data: Mapping[str, Any]) -> None:
    """Take over from its subentry when a walk test proved this very device.

    No proof where another device stands in its place.
    """
    moment = dt_util.parse_datetime(str(data.get(CONF_TESTED)))
    proved = moment is not None and moment.tzinfo is not None
    here = is_same_thing(hass, str(data[CONF_ENTITY]), data.get(CONF_TESTED_DEVICE))
    tracked.swapped = proved and not here
    tested = moment if proved and here else None
    # The device itself said what proved it: it was alive then.
    words = [said for said in (tracked.source.heard, tested) if said is not None]
    tracked.source = replace(
        tracked.source,
        heard=max(words, default=None),
        tested=tested,
        overruled=bool(data.get(CONF_OVERRULED)),
    )


def _restored(role: Role, entity: str, kept: Mapping[str, Any] | None) -> Source | None:
    if kept is None or kept.get("entity") != entity or kept.get("role") != role:
        return None
    try:
        return source_from_dict(kept)
    except KeyError, TypeError, ValueError:
        # Lost is only what was learnt: the home is blind until the source shows life again.
        return None


def first_look(tracked: Tracked, state: State | None, now: datetime, started: datetime) -> None:
    """What is there when we begin to listen is no activity, and no word from the device either."""
    tracked.shown = tracked.word(state)
    if tracked.role is Role.BUTTON:
        # A button shows its last press for ever; only whether it is there says something.
        there = tracked.shown is not None and tracked.shown != STATE_UNAVAILABLE
        tracked.source = replace(tracked.source, available=there, changed=now)
        return
    change = Change(old=None, new=tracked.shown, at=now, started=started)
    tracked.source = observe(replace(tracked.source, changed=now), change).source


def missed_press(
    tracked: Tracked, now: datetime, started: datetime, start_began: datetime | None
) -> Seen | None:
    """A button shows its last press: one that came while we were not listening is heard late.

    Only of a button that was followed: what a new one shows was pressed before it meant anything.
    `start_began`: when Home Assistant began to start, if it still does.
    """
    if tracked.role is not Role.BUTTON or not tracked.followed:
        return None
    change = Change(old=None, new=tracked.shown, at=now, started=started, start_began=start_began)
    seen = observe(tracked.source, change)
    heard, pressed = tracked.source.last_activity, moment_in(tracked.shown)
    known = heard is not None and pressed is not None and pressed <= heard
    return seen if seen.finding.activity and not known else None


def word_of(
    tracked: Tracked,
    old: State | None,
    at: datetime,
    began: datetime | None,
    hub_back: datetime | None = None,
) -> Word:
    """Whose word a change is. The first of a door or lamp that was away may be of long ago.

    Its hub shows it as it was remembered until then. One that came back with something new has
    said that itself: its return is what was lost of this hand, and the next counts.
    `began`: when Home Assistant began, if we began with it. `hub_back`: when its hub brought most
    of its sources back. A return in the future was seen by a clock that has been set since.
    """
    if tracked.role not in _SHOW_FOR_LONG or old is None:
        return Word.NOW
    own = None if tracked.back_by_itself else tracked.returned
    returns = (moment for moment in (began, hub_back, own) if moment is not None)
    since = max((moment for moment in returns if moment <= at), default=None)
    is_first = since is not None and old.last_reported < since + SETTLE
    return Word.FIRST_FRAME if is_first else Word.NOW
