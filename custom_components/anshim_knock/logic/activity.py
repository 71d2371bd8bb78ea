"""What counts as a sign of life: a table of refusals that hold for all, then one rule per role.

`source.observe` asks `judge` about every change that Home Assistant reports. Activity and liveness
are told apart here and never share a rule: a report proves that a device works, not that a person
moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from types import MappingProxyType
from typing import Protocol

from .appliance import FIRST_MARKS, MOST_WATTS, Marks
from .words import Role

BLANK = frozenset({None, "", "unknown", "unavailable", "none"})
# Zigbee2MQTT doors were seen flipping 2-5 s after a restart, hubs later.
SETTLE = timedelta(seconds=30)
# Home Assistant forgets who commanded a device after 5 s; a sleepy one answers much later.
COMMAND_MEMORY = timedelta(seconds=60)
# The lamps of a group answer within seconds; for longer, a hand at another lamp would be lost.
NEAR_MEMORY = timedelta(seconds=10)
# The power returns to all lamps at once and a timer switches a room; two hands are seldom so quick.
TOGETHER = timedelta(seconds=5)
# No lamp, speaker or television draws a kilowatt; a kettle does.
HEATS_W = 1000.0
# A press carries its own moment; an older one is a restored state.
FRESH_PRESS = timedelta(seconds=30)
# It rings for a minute, and an assistant or a voice box picks up at the end.
CALL_MEMORY = timedelta(minutes=3)


class Why(StrEnum):
    """Why a change is, or is not, a sign of life."""

    COUNTS = "counts"
    WENT_SILENT = "went_silent"
    CAME_BACK = "came_back"
    # Somebody said it on the device's behalf.
    REMEMBERED = "remembered"
    # It may have happened while nobody heard the device.
    UNDATED = "undated"
    SAME_AGAIN = "same_again"
    JUST_STARTED = "just_started"
    POWER_CAME_BACK = "power_came_back"
    COMMANDED = "commanded"
    # Lamps of several devices did the same in one moment.
    TOGETHER = "together"
    OLD_PRESS = "old_press"
    NOT_A_PERSON = "not_a_person"
    UNREADABLE = "unreadable"
    # The same use of an appliance goes on after a pause of its own.
    CYCLE = "cycle"
    # Nobody has proved yet that this device shows a hand.
    UNTESTED = "untested"
    # It goes on by itself, day and night.
    GHOST = "ghost"


class Word(StrEnum):
    """Whose word a change is, where a bridge speaks for its devices and may have been away."""

    NOW = "now"
    # A bridge or a broker says what it remembers.
    REMEMBERED = "remembered"
    # The device's own first since the bridge or the line to it returned; before it, only memory.
    FIRST_FRAME = "first_frame"
    # The first of all since that return.
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One report of a source, as Home Assistant gave it.

    `started` is when we began to listen, `power_back` when its hub or the mains last returned,
    `commanded` when an automation, a remote user or we last switched or rang it, `called` when a
    call of ours to the resident may last have rung. `near`: when another lamp or switch of its hub
    was commanded last. In an alert, `switched`: when an action last switched anything at all, and
    `woken`: or had anything speak or show something; a question of the home reaches further than it
    names. `along`: when a lamp of another device flipped the same way. `with_report`: it came along
    with the device's own battery or voltage, as a timer's report does that tells of a missed edge
    up to an hour late.
    `start_began`: Home Assistant is starting since then, and nobody heard a press meanwhile.
    `word`: whose it is, and whether it may be old. `unheard`: it has said nothing since it or we
    were away, so nobody knows since when it has been so.
    """

    old: str | None
    new: str | None
    at: datetime
    started: datetime
    power_back: datetime | None = None
    commanded: datetime | None = None
    called: datetime | None = None
    near: datetime | None = None
    switched: datetime | None = None
    woken: datetime | None = None
    along: datetime | None = None
    with_report: bool = False
    start_began: datetime | None = None
    word: Word = Word.NOW
    unheard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`alive` proves that the source works; `activity` that somebody used it."""

    activity: bool
    alive: bool
    why: Why
    # Whether the appliance on a plug is running now; `None` where that means nothing.
    running: bool | None = None


class Rule(Protocol):
    """What a change of one role comes to, once nothing speaks against it."""

    def __call__(self, change: Change, /, *, running: bool | None, marks: Marks) -> Finding: ...


def judge(
    role: Role, change: Change, *, running: bool | None = None, marks: Marks = FIRST_MARKS
) -> Finding:
    """Judge one change. `running` is what the last finding on this source said."""
    if role is Role.BUTTON:
        return _button(change)
    if change.new in BLANK:
        return _only(Why.WENT_SILENT, alive=False)
    found = _RULES[role](change, running=running, marks=marks)
    against = _against(role, change)
    if against is None:
        return found
    return _only(against, alive=against not in _REMEMBERED, running=found.running)


# What a hub or a broker remembers of a device, and says on its behalf, is no word from it.
_REMEMBERED = frozenset({Why.CAME_BACK, Why.JUST_STARTED, Why.REMEMBERED})

# What a hand does here, it soon undoes, and both count: of the two one may be lost. What they show
# can have been there for hours, and what the bridge remembers of it may be older than its absence.
_SHOWN_TWICE = frozenset({Role.DOOR, Role.OUTER_DOOR, Role.LIGHT})


def _against(role: Role, change: Change) -> Why | None:
    """What speaks against a hand behind a change."""
    if change.old in BLANK:
        return Why.CAME_BACK
    if change.word is Word.REMEMBERED:
        return Why.REMEMBERED
    if change.old == change.new:
        return Why.SAME_AGAIN
    return _too_early(role, change) or _commanded(role, change) or _together(role, change)


def _too_early(role: Role, change: Change) -> Why | None:
    """Somebody or something has only just come back, and the change may be older than that."""
    if _within(change.at, change.started, SETTLE):
        return Why.JUST_STARTED
    if _within(change.at, change.power_back, SETTLE):
        return Why.POWER_CAME_BACK
    own = change.word is Word.FIRST_FRAME
    return Why.UNDATED if change.word is Word.FIRST or (own and role in _SHOWN_TWICE) else None


def _commanded(role: Role, change: Change) -> Why | None:
    if change.new == "offhook":
        # A phone that reports seldom leaves the ringing out. Who calls out unlocks it first, and
        # that counts.
        ours = (change.commanded, change.called)
        return Why.COMMANDED if any(_within(change.at, m, CALL_MEMORY) for m in ours) else None
    reached = _within(change.at, change.commanded, COMMAND_MEMORY)
    near = role is Role.LIGHT and _within(change.at, change.near, NEAR_MEMORY)
    asked = _within(change.at, _asked(role, change), COMMAND_MEMORY)
    return Why.COMMANDED if reached or near or asked else None


def _asked(role: Role, change: Change) -> datetime | None:
    """In an alert, when an action may last have set this going, whatever it named.

    A voice switches no lamp: whoever hears it and puts the light on is heard. It wakes a television
    on a plug with a meter, but heats no water.
    """
    if _is_switched(role, change):
        return change.switched
    if role is not Role.PLUG or (number_in(change.new) or 0.0) >= HEATS_W:
        return None
    return change.woken


def _together(role: Role, change: Change) -> Why | None:
    """An appliance on a meter stays switched on while the power is away: it is left out."""
    if _is_switched(role, change) and _within(change.at, change.along, TOGETHER):
        return Why.TOGETHER
    return None


def _is_switched(role: Role, change: Change) -> bool:
    return role is Role.LIGHT or (role is Role.PLUG and change.new in {"on", "off"})


def _door(change: Change, /, *, running: bool | None, marks: Marks) -> Finding:
    """Opening and closing are both done by a hand."""
    return _counts_if(used={change.old, change.new} == {"on", "off"})


def _motion(change: Change, /, *, running: bool | None, marks: Marks) -> Finding:
    """Only the beginning: the end comes from a timer."""
    return _counts_if(used=change.old == "off" and change.new == "on")


def _plug(change: Change, /, *, running: bool | None, marks: Marks) -> Finding:
    """An appliance starts. It stops by itself, so the end is nobody's.

    Two levels: between them the appliance stays what it was, so 1 W of jitter says nothing.
    """
    if change.new in {"on", "off"}:
        now_on = change.new == "on"
        return Finding(
            activity=now_on and change.old == "off",
            alive=True,
            why=Why.COUNTS if now_on else Why.NOT_A_PERSON,
            running=now_on,
        )
    watts = number_in(change.new)
    if watts is None or watts > MOST_WATTS:
        return _only(Why.UNREADABLE, alive=False, running=running)
    now_on = watts >= (marks.off if running else marks.on)
    # Unknown before: the appliance may have been running all the time. Above the line before: it is
    # the line that was drawn anew, below an appliance that has not changed.
    started = now_on and running is False and not _was_above(change.old, marks.on)
    why = Why.COUNTS if started else Why.NOT_A_PERSON
    return Finding(activity=started, alive=True, why=why, running=now_on)


def _was_above(state: str | None, line: float) -> bool:
    watts = number_in(state)
    return watts is not None and line <= watts <= MOST_WATTS


# Companion app: call state, keyguard, step counter. Screen-on and charging are not a person.
_PHONE_USED = frozenset({("locked", "unlocked"), ("idle", "offhook"), ("ringing", "offhook")})


def _phone(change: Change, /, *, running: bool | None, marks: Marks) -> Finding:
    """A call made or answered, an unlocked phone, steps taken."""
    if (change.old, change.new) in _PHONE_USED:
        return _counts_if(used=True)
    before, now = number_in(change.old), number_in(change.new)
    if before is None or now is None:
        return _counts_if(used=False)
    # The counter falls to zero at midnight or when the phone restarts: nobody walked.
    return _counts_if(used=now > before)


# The companion app's two-valued sensors of the lock: on is locked.
PHONE_LOCKS = ("device_locked", "keyguard_locked")


def phone_word(unique_id: str, state: str | None) -> str | None:
    """A phone's lock in the words of `judge`; anything else as it is."""
    if not unique_id.endswith(PHONE_LOCKS):
        return state
    return {"on": "locked", "off": "unlocked"}.get(state or "", state)


def _light(change: Change, /, *, running: bool | None, marks: Marks) -> Finding:
    """A lamp or wall switch: turned on or off by a hand. What was commanded is refused before."""
    return _counts_if(used={change.old, change.new} == {"on", "off"})


def _other(change: Change, /, *, running: bool | None, marks: Marks) -> Finding:
    """Whatever a technician chose by hand: only its beginning, the end may be a timer's."""
    return _counts_if(used=change.old == "off" and change.new == "on")


def _button(change: Change) -> Finding:
    """A press is a moment. The first one after a start comes from `unknown` and counts if fresh.

    No command and no returning hub speaks against it: the button may be one that calls for help.
    """
    if change.new in BLANK:
        return _only(Why.WENT_SILENT, alive=False)
    if change.new == change.old:
        return _only(Why.SAME_AGAIN)
    pressed = moment_in(change.new)
    if pressed is None:
        return _only(Why.UNREADABLE, alive=False)
    if _within(change.at, pressed, FRESH_PRESS) or _during_start(change, pressed):
        return _counts_if(used=True)
    return _only(Why.OLD_PRESS)


def _during_start(change: Change, pressed: datetime) -> bool:
    """However long the start takes: what is restored from before it has an earlier moment."""
    return change.start_began is not None and change.start_began <= pressed <= change.at


_RULES: Mapping[Role, Rule] = MappingProxyType(
    {
        Role.DOOR: _door,
        Role.OUTER_DOOR: _door,
        Role.PLUG: _plug,
        Role.MOTION: _motion,
        Role.PHONE: _phone,
        Role.LIGHT: _light,
        Role.OTHER: _other,
    }
)


_USED = Finding(activity=True, alive=True, why=Why.COUNTS)
_UNUSED = Finding(activity=False, alive=True, why=Why.NOT_A_PERSON)


def _counts_if(*, used: bool) -> Finding:
    return _USED if used else _UNUSED


def _only(why: Why, *, alive: bool = True, running: bool | None = None) -> Finding:
    return Finding(activity=False, alive=alive, why=why, running=running)


def _within(at: datetime, moment: datetime | None, span: timedelta) -> bool:
    return moment is not None and abs(at - moment) < span


def number_in(text: str | None) -> float | None:
    """A reading, or `None` where the text is none: the caller says what that means."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def moment_in(text: str | None) -> datetime | None:
    """When a button was pressed, or `None` where the text is no moment."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
