"""A walk test as the flows show it: the progress page, filled in anew with each piece of news."""

from homeassistant.util import dt as dt_util

from ..logic.activity import Why
from .fitness import Said, link_point
from .stations import Mark, Station
from .walk import Walk
from .wording import BREAK, Words, clock_time

# Every font has them; the words beside them say the same.
_MARKS = {Mark.WAITING: "○", Mark.PASSED: "●", Mark.MISSED: "×"}


def page(walk: Walk, words: Words) -> dict[str, str]:
    """The placeholders of the progress page."""
    return {
        "ask": _ask(walk, words),
        "list": rows(walk, words),
        "noticed": _noticed(walk, words),
    }


def rows(walk: Walk, words: Words) -> str:
    """Each station with its mark and what was judged."""
    return BREAK.join(_row(station, words) for station in walk.stations.values())


def verdict(station: Station, words: Words) -> str:
    """One station that was seen, in a line."""
    parts = []
    if station.delay is not None:
        seconds = round(station.delay.total_seconds())
        parts.append(words.say("walk", "seen_after", seconds=seconds))
    if station.link is not None:
        parts.append(words.points([Said(point=link_point(station.link))]))
    if station.battery is not None:
        parts.append(words.say("point", "battery", number=round(station.battery)))
    parts += [f"**{words.say('flaw', flaw)}**" for flaw in station.flaws]
    return ", ".join(parts) or words.say("walk", "seen")


def _row(station: Station, words: Words) -> str:
    row = f"{_MARKS[station.mark]} **{station.title}**"
    match station.mark:
        case Mark.PASSED:
            return f"{row} – {verdict(station, words)}"
        case Mark.MISSED:
            return f"{row} – {words.say('walk', 'missed')}"
        case Mark.WAITING:
            return row


def _ask(walk: Walk, words: Words) -> str:
    current = walk.current
    if current is None:
        return words.say("walk", "over")
    settles = walk.settles()
    if settles is not None:
        return words.say("walk", "settles", name=current.title, time=clock_time(settles))
    asked = words.say("ask", current.ask, name=current.title)
    return f"{asked} {words.say('walk', 'until', time=clock_time(walk.until))}"


def _noticed(walk: Walk, words: Words) -> str:
    """What came last: a sensor that answers for another one stands on the wrong door."""
    noticed = walk.noticed
    if noticed is None:
        return words.say("walk", "nothing_yet")
    when = dt_util.as_local(noticed.at).strftime("%H:%M:%S")
    name = noticed.station.title
    if noticed.why == Why.COUNTS:
        return words.say("walk", "noticed", name=name, time=when)
    reason = words.say("refusal", noticed.why)
    return words.say("walk", "refused", name=name, time=when, reason=reason)
