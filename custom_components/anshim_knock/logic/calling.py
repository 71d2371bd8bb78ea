"""Whom of the resident's own people to tell, and when: in order, until a person has the case.

The caller asks at every change and at the moment that the answer names. They are told beside the
district, never in its place; what they say closes nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo

from .words import Stage

# How long the district may be out of reach, or nobody take a visit, before they are told.
UNDELIVERED = timedelta(minutes=5)
UNOWNED = timedelta(minutes=30)
# One after the other: the first one reached may be there before the next has to worry.
EACH = timedelta(minutes=10)
ROUND = timedelta(hours=1)
NOBODY_REACHED = timedelta(minutes=5)
EMERGENCY_AGAIN = timedelta(minutes=10)
# A nervous thumb: whoever was told a moment ago, and has said nothing since, knows of it.
SAME_PRESS = timedelta(minutes=1)
# Whoever is on the way, or says that all is well, is given this long.
ANSWERED = timedelta(minutes=30)
# The end of an alert is old news by then.
OVER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person. Without hours at any time; outside of them only when nobody else is left."""

    id: str
    order: int
    begins: time | None = None
    ends: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A contact was told. `arrived` is `None` until it is known: after a crash it is told again."""

    contact: str
    at: datetime
    arrived: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """What was told about one alert, kept over restarts.

    `owned`: staff had it when it was last looked at. `lost`: since when they have it no more.
    """

    episode: int | None = None
    calls: tuple[Call, ...] = ()
    answered: datetime | None = None
    over: datetime | None = None
    owned: bool = False
    lost: datetime | None = None

    def told(self) -> frozenset[str]:
        """Whoever may know of it."""
        return frozenset(call.contact for call in self.calls if call.arrived is not False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How the household stands. `cut`: since when the district cannot know of it.

    `helped_again`: when help was called for once more in this emergency.
    """

    stage: Stage
    since: datetime
    episode: int | None
    owned: bool
    cut: datetime | None
    helped_again: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Tell these now; look again then. `over`: tell them that it is over."""

    tell: tuple[str, ...] = ()
    over: bool = False
    look: datetime | None = None
    calling: Calling = field(default_factory=Calling)


def plan(
    here: Situation, calling: Calling, contacts: tuple[Contact, ...], now: datetime, zone: tzinfo
) -> Plan:
    """What is due now. A clock that was set back delays nothing by more than one pause."""
    calling = _not_in_the_future(calling, now)
    if here.stage is Stage.CALM:
        return _ended(calling, now)
    if calling.episode != here.episode or calling.over is not None:
        calling = _begun(calling, here)
    if here.owned or not contacts:
        return Plan(calling=replace(calling, owned=here.owned))
    if here.stage is Stage.EMERGENCY:
        return _emergency(here, _heard_again(here, _let_go(calling, now)), contacts, now)
    return _silence(here, calling, contacts, now, zone)


def _begun(calling: Calling, here: Situation) -> Calling:
    """Help within a silence is the same trouble for whoever was told of the silence."""
    if calling.over is None and calling.calls and here.stage is Stage.EMERGENCY:
        return replace(calling, episode=here.episode, answered=None)
    return Calling(episode=here.episode)


def _let_go(calling: Calling, now: datetime) -> Calling:
    """Help was pressed again, or a hold ran out: what was told and answered before is outdated."""
    return replace(calling, owned=False, lost=now, answered=None) if calling.owned else calling


def _heard_again(here: Situation, calling: Calling) -> Calling:
    """Whoever said that they come, or that all is well, said it of the call before."""
    again, answered = here.helped_again, calling.answered
    if again is None:
        return calling
    outdated = answered is not None and answered < again
    anew = again if outdated else again - SAME_PRESS
    return replace(
        calling,
        answered=None if outdated else answered,
        lost=max(calling.lost or anew, anew),
    )


def _ended(calling: Calling, now: datetime) -> Plan:
    if not calling.told():
        return Plan()
    ended = calling.over or now
    if now - ended >= OVER:
        return Plan()
    return Plan(over=True, look=now + NOBODY_REACHED, calling=replace(calling, over=ended))


def _emergency(
    here: Situation, calling: Calling, contacts: tuple[Contact, ...], now: datetime
) -> Plan:
    """All of them at once, at any hour; again until somebody has it."""
    since = max(here.since, calling.lost or here.since)
    latest = {c.contact: c for c in calling.calls if c.at >= since}
    due = [
        (_again(latest[contact.id]) if contact.id in latest else here.since, contact.id)
        for contact in contacts
    ]
    if calling.answered is not None:
        pause = calling.answered + ANSWERED
        due = [(max(at, pause) if name in latest else at, name) for at, name in due]
    return Plan(
        tell=tuple(name for at, name in due if at <= now),
        look=min((at for at, _ in due if at > now), default=None),
        calling=calling,
    )


def _again(call: Call) -> datetime:
    return call.at + (NOBODY_REACHED if call.arrived is False else EMERGENCY_AGAIN)


def _silence(
    here: Situation,
    calling: Calling,
    contacts: tuple[Contact, ...],
    now: datetime,
    zone: tzinfo,
) -> Plan:
    """One after the other, whoever may be called at this hour first."""
    begins = _begins(here)
    if begins is None:
        return Plan(calling=calling)
    due = max(begins, _pause_ends(calling, contacts, begins))
    if due > now:
        return Plan(look=due, calling=calling)
    counts = {c.id: sum(call.contact == c.id for call in calling.calls) for c in contacts}
    local = now.astimezone(zone).time()
    chosen = min(contacts, key=lambda c: (counts[c.id], not _may_be_woken(c, local), c.order, c.id))
    return Plan(tell=(chosen.id,), look=None, calling=calling)


def _begins(here: Situation) -> datetime | None:
    """A question at home is nobody else's business yet."""
    if here.stage not in (Stage.KNOCK, Stage.VISIT):
        return None
    soonest = [here.cut + UNDELIVERED] if here.cut is not None else []
    if here.stage is Stage.VISIT:
        soonest.append(here.since + UNOWNED)
    return min(soonest, default=None)


def _pause_ends(calling: Calling, contacts: tuple[Contact, ...], begins: datetime) -> datetime:
    pauses = [begins]
    if calling.answered is not None:
        pauses.append(calling.answered + ANSWERED)
    if calling.calls:
        last, round_is_over = calling.calls[-1], len(calling.calls) % len(contacts) == 0
        reached = any(call.arrived for call in calling.calls[-len(contacts) :])
        if round_is_over:
            pauses.append(last.at + (ROUND if reached else NOBODY_REACHED))
        elif last.arrived is not False:
            pauses.append(last.at + EACH)
    return max(pauses)


def _may_be_woken(contact: Contact, local: time) -> bool:
    begins, ends = contact.begins, contact.ends
    if begins is None or ends is None or begins == ends:
        return True
    if begins < ends:
        return begins <= local < ends
    return local >= begins or local < ends


def _not_in_the_future(calling: Calling, now: datetime) -> Calling:
    return replace(
        calling,
        calls=tuple(replace(call, at=min(call.at, now)) for call in calling.calls),
        answered=calling.answered and min(calling.answered, now),
        over=calling.over and min(calling.over, now),
        lost=calling.lost and min(calling.lost, now),
    )
