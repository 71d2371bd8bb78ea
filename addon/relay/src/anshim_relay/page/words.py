"""What the picture says in a person's language: headline, condition, connections, times.

Used by the page and by the report, so that both say the same.
"""

from dataclasses import dataclass
from datetime import datetime

from anshim_relay.page.picture import Headline, Line, Picture, Tone
from anshim_relay.page.texts import ago, lasting, reason, span, text, took


@dataclass(frozen=True, kw_only=True)
class Said:
    """Read from the top: what is, what is kept meanwhile, what to do at once, why."""

    head: str
    kept: str
    urgent: str | None
    why: str | None


@dataclass(frozen=True, kw_only=True)
class Look:
    name: str
    says: str
    is_good: bool


def said(language: str, picture: Picture, headline: Headline) -> Said:
    line, count = picture.line, headline.emergencies
    is_cut = line.reason is not None and not line.connected
    return Said(
        head=head(language, picture, headline),
        kept=kept(language, headline),
        urgent=many(language, "kept.emergencies", count) if headline.tone is Tone.GRAVE else None,
        why=text(language, "why", reason=reason(language, line.reason or "")) if is_cut else None,
    )


def head(language: str, picture: Picture, headline: Headline) -> str:
    line, key = picture.line, headline.said
    if key == "head.never":
        return lasting(language, key, picture.up_s)
    if key == "head.cut":
        return lasting(language, key, line.lasted_s or 0)
    if line.since is None:
        return text(language, key)
    return text(language, key, clock=clock(language, line.since, picture.now))


def kept(language: str, headline: Headline) -> str:
    n = headline.kept
    if headline.said == "head.new":
        return many(language, "kept.new", n) if n else text(language, "kept.nothing_new")
    if not n:
        return text(language, "kept.none")
    if headline.tone is Tone.BUSY:
        return text(language, "kept.sending", n=n)
    return many(language, "kept.waiting", n)


def looks(language: str, picture: Picture) -> list[Look]:
    """The four things that are looked at first when something is wrong."""
    ha, beat, disk = picture.ha, picture.beat_age_s, picture.disk_s
    heard = {"span": span(language, picture.ha_age_s or 0)}
    answered = (
        text(language, "look.beat.never")
        if beat is None
        else text(language, "look.beat.age", ago=ago(language, beat))
    )
    keeps = (
        text(language, "look.disk.never")
        if disk is None
        else text(language, "look.disk.took", took=took(language, disk))
    )
    time = "look.clock.set" if picture.clock_set else "look.clock.unset"
    return [
        look(language, "look.home", text(language, f"look.home.{ha}", **heard), ha == "alive"),
        look(language, "look.beat", answered, beat is not None),
        look(language, "look.disk", keeps, True),
        look(language, "look.clock", text(language, time), picture.clock_set),
    ]


def look(language: str, name: str, says: str, is_good: bool) -> Look:  # noqa: FBT001 - rows of a table
    return Look(name=text(language, name), says=says, is_good=is_good)


def state(language: str, line: Line, now: datetime | None, *, is_whole: bool) -> str:
    """Of a destination (`is_whole`), or of one way to it, which may never have been needed."""
    if line.connected and line.since is not None:
        return text(language, "line.up", clock=clock(language, line.since, now))
    if line.connected:
        return text(language, "line.up.timeless")
    if line.lasted_s is not None:
        return lasting(language, "line.down", line.lasted_s)
    return text(language, "line.never" if is_whole or line.reason else "line.unused")


def many(language: str, key: str, n: int) -> str:
    return text(language, f"{key}.one" if n == 1 else key, n=n)


def clock(language: str, moment: datetime, now: datetime | None) -> str:
    """This device's own time of day; the date as well when it is not today's."""
    here = moment.astimezone()
    time = f"{here:%H:%M}"
    if now is not None and here.date() == now.astimezone().date():
        return time
    return text(language, "date", month=here.month, day=here.day, clock=time)
