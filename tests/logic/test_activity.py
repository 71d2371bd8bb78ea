"""What counts as a sign of life, line by line: what happened → activity? alive? why."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.anshim_knock.logic.activity import Change, Why, Word, judge, phone_word
from custom_components.anshim_knock.logic.words import Role

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AN_HOUR = 3600.0


@dataclass(frozen=True, kw_only=True)
class Line:
    """Times are seconds ago."""

    what: str
    role: Role
    old: str | None
    new: str | None
    activity: bool = False
    alive: bool = True
    why: Why
    running: bool | None = None
    started: float = AN_HOUR
    power_back: float | None = None
    commanded: float | None = None
    near: float | None = None
    switched: float | None = None
    woken: float | None = None
    along: float | None = None
    start_began: float | None = None
    word: Word = Word.NOW


def ago(seconds: float | None) -> datetime | None:
    return None if seconds is None else NOW - timedelta(seconds=seconds)


def iso(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat()


def life(what: str, role: Role, old: str | None, new: str, **more: object) -> Line:
    return Line(what=what, role=role, old=old, new=new, activity=True, why=Why.COUNTS, **more)  # type: ignore[arg-type]  # the few fields that a line sets


def no(what: str, role: Role, old: str | None, new: str | None, why: Why, **more: object) -> Line:
    return Line(what=what, role=role, old=old, new=new, why=why, **more)  # type: ignore[arg-type]  # as above


DOOR, OUTER, PLUG = Role.DOOR, Role.OUTER_DOOR, Role.PLUG
MOTION, PHONE, BUTTON = Role.MOTION, Role.PHONE, Role.BUTTON
LIGHT, OTHER = Role.LIGHT, Role.OTHER
DEAD = {"alive": False}
WENT_SILENT, CAME_BACK, SAME_AGAIN = Why.WENT_SILENT, Why.CAME_BACK, Why.SAME_AGAIN
JUST_STARTED, POWER_CAME_BACK, COMMANDED = Why.JUST_STARTED, Why.POWER_CAME_BACK, Why.COMMANDED
REMEMBERED, UNDATED, TOGETHER = Why.REMEMBERED, Why.UNDATED, Why.TOGETHER
OLD_PRESS, NOT_A_PERSON, UNREADABLE = Why.OLD_PRESS, Why.NOT_A_PERSON, Why.UNREADABLE

DOORS = [
    line
    for role in (DOOR, OUTER)
    for line in (
        life(f"the {role} opens", role, "off", "on"),
        life(f"the {role} closes", role, "on", "off"),
        life(f"the {role}'s missed edge arrives with its hourly report", role, "off", "on"),
        life(f"the {role} opens 31 s after the start", role, "off", "on", started=31.0),
        life(f"the {role} opens 31 s after the hub came back", role, "off", "on", power_back=31.0),
        life(f"the {role} opens long after a command", role, "off", "on", commanded=60.0),
        no(f"the {role} dies", role, "off", "unavailable", WENT_SILENT, **DEAD),
        no(f"the {role} becomes unknown", role, "on", "unknown", WENT_SILENT, **DEAD),
        no(f"the {role}'s entity is removed", role, "off", None, WENT_SILENT, **DEAD),
        no(f"the {role} is restored", role, None, "off", CAME_BACK, **DEAD),
        no(f"the {role} is back", role, "unavailable", "off", CAME_BACK, **DEAD),
        no(f"the {role} is back and open", role, "unavailable", "on", CAME_BACK, **DEAD),
        no(f"the {role} was unknown", role, "unknown", "on", CAME_BACK, **DEAD),
        no(f"the {role} reports again", role, "off", "off", SAME_AGAIN),
        no(f"the {role} reports its battery", role, "on", "on", SAME_AGAIN),
        no(f"the {role} flips 3 s after", role, "off", "on", JUST_STARTED, started=3.0, **DEAD),
        no(f"the {role} flips 29 s after", role, "on", "off", JUST_STARTED, started=29.0, **DEAD),
        no(f"the {role} flips with its hub", role, "off", "on", POWER_CAME_BACK, power_back=10.0),
        no(f"the {role} says something else", role, "off", "jammed", NOT_A_PERSON),
    )
]  # fmt: skip

PLUGS = [
    life("the kettle starts", PLUG, "0.4", "1850", running=False),
    life("the kettle is polled in the middle of its boil", PLUG, "1.2", "1851.7", running=False),
    life("a lamp of 15 W", PLUG, "0", "15", running=False),
    life("the plug is switched on by hand", PLUG, "off", "on"),
    no("the kettle goes on boiling", PLUG, "1850", "1851", NOT_A_PERSON, running=True),
    no("the kettle's 1 W jitter", PLUG, "1851", "1849", NOT_A_PERSON, running=True),
    no("the kettle stops by itself", PLUG, "1850", "0.3", NOT_A_PERSON, running=True),
    no("standby wobbles", PLUG, "0.4", "1.4", NOT_A_PERSON, running=False),
    no("standby climbs below the mark", PLUG, "7", "14.9", NOT_A_PERSON, running=False),
    no("between the marks it runs on", PLUG, "16", "9", NOT_A_PERSON, running=True),
    no("back above the upper mark", PLUG, "9", "16", NOT_A_PERSON, running=True),
    no("nobody knows whether it ran before", PLUG, "3", "1850", NOT_A_PERSON),
    no("it came back running", PLUG, "unavailable", "1850", CAME_BACK, running=False, **DEAD),
    no("it is restored idle", PLUG, None, "0.4", CAME_BACK, running=True, **DEAD),
    no("the plug dies", PLUG, "0.4", "unavailable", WENT_SILENT, **DEAD),
    no("the same watts again", PLUG, "1850", "1850", SAME_AGAIN, running=True),
    no("it starts as we do", PLUG, "0", "900", JUST_STARTED, running=False, started=5.0, **DEAD),
    no("the mains come back", PLUG, "0", "900", POWER_CAME_BACK, running=False, power_back=4.0),
    no("an automation heats", PLUG, "0", "900", COMMANDED, running=False, commanded=20.0),
    no("the plug is switched off", PLUG, "on", "off", NOT_A_PERSON),
    no("an automation switches the plug", PLUG, "off", "on", COMMANDED, commanded=0.5),
    no("a sleepy plug answers a command late", PLUG, "off", "on", COMMANDED, commanded=59.0),
    no("the relay returns with the power", PLUG, "off", "on", POWER_CAME_BACK, power_back=1.0),
    no("no number", PLUG, "12", "error", UNREADABLE, running=False, **DEAD),
    no("not a number", PLUG, "12", "nan", UNREADABLE, running=False, **DEAD),
    no("more than a socket gives", PLUG, "0", "65535", UNREADABLE, running=False, **DEAD),
    no("infinite watts", PLUG, "12", "inf", UNREADABLE, running=False, **DEAD),
    no("the television wakes to ask", PLUG, "1", "95", COMMANDED, running=False, woken=40.0),
    no("a plug in the group that asks", PLUG, "off", "on", COMMANDED, switched=40.0, woken=40.0),
    life("the kettle as the home asks", PLUG, "1", "1850", running=False, switched=2.0, woken=2.0),
    life("the television after the question", PLUG, "1", "95", running=False, woken=60.0),
    life("its button as the voice asks", PLUG, "off", "on", woken=2.0),
    no("the plug comes on with a lamp", PLUG, "off", "on", TOGETHER, along=1.0),
    life("the kettle starts with a lamp", PLUG, "1", "1850", running=False, along=1.0),
    life("the kettle as a lamp of its hub is lit", PLUG, "1", "1850", running=False, near=1.0),
    no("watts below zero", PLUG, "12", "-3", NOT_A_PERSON, running=False),
]  # fmt: skip

MOTIONS = [
    life("somebody moves", MOTION, "off", "on"),
    life("somebody moves as the home asks", MOTION, "off", "on", near=1.0, switched=1.0, woken=1.0),
    no("the motion ends by its timer", MOTION, "on", "off", NOT_A_PERSON),
    no("motion goes on", MOTION, "on", "on", SAME_AGAIN),
    no("the sensor is back and sees", MOTION, "unavailable", "on", CAME_BACK, **DEAD),
    no("the sensor dies while it sees", MOTION, "on", "unavailable", WENT_SILENT, **DEAD),
    no("motion out of the cache", MOTION, "off", "on", JUST_STARTED, started=2.0, **DEAD),
    no("motion as the hub returns", MOTION, "off", "on", POWER_CAME_BACK, power_back=5.0),
]  # fmt: skip

PHONES = [
    life("the phone is unlocked", PHONE, "locked", "unlocked"),
    life("a call is made", PHONE, "idle", "offhook"),
    life("a call is answered", PHONE, "ringing", "offhook"),
    life("steps are taken", PHONE, "4210", "4233"),
    no("the phone rings", PHONE, "idle", "ringing", NOT_A_PERSON),
    no("the call is over", PHONE, "offhook", "idle", NOT_A_PERSON),
    no("it rang in vain", PHONE, "ringing", "idle", NOT_A_PERSON),
    no("the screen lights up", PHONE, "off", "on", NOT_A_PERSON),
    no("the phone locks itself", PHONE, "unlocked", "locked", NOT_A_PERSON),
    no("it is put on its charger", PHONE, "discharging", "charging", NOT_A_PERSON),
    no("the steps start anew at midnight", PHONE, "4233", "0", NOT_A_PERSON),
    no("the steps come back after the night", PHONE, "unavailable", "4233", CAME_BACK, **DEAD),
    no("the same steps", PHONE, "4233", "4233", SAME_AGAIN),
    no("our call reaches an assistant", PHONE, "ringing", "offhook", COMMANDED, commanded=15.0),
    no("our own push lights and unlocks it", PHONE, "locked", "unlocked", COMMANDED, commanded=2.0),
    no("it rang for us for two minutes", PHONE, "ringing", "offhook", COMMANDED, commanded=120.0),
    life("a call long after ours", PHONE, "ringing", "offhook", commanded=200.0),
    no("it rang unseen for us", PHONE, "idle", "offhook", COMMANDED, commanded=120.0),
    life("a call is made long after ours", PHONE, "idle", "offhook", commanded=200.0),
    no("it unlocks out of nowhere", PHONE, "off", "unlocked", NOT_A_PERSON),
    no("the phone is out of reach", PHONE, "idle", "unavailable", WENT_SILENT, **DEAD),
    no("a first state after the start", PHONE, "unknown", "unlocked", CAME_BACK, **DEAD),
]  # fmt: skip

BUTTONS = [
    life("a press", BUTTON, iso(5000), iso(0)),
    life("the first press ever", BUTTON, "unknown", iso(1)),
    life("the first press after the battery", BUTTON, "unavailable", iso(1)),
    life("a press right after the start", BUTTON, "unknown", iso(1), started=3.0),
    life("a press although something was commanded", BUTTON, iso(900), iso(1), commanded=5.0),
    life("a press as the hub returns", BUTTON, iso(900), iso(1), power_back=2.0),
    life("a press early in a slow start", BUTTON, None, iso(400), start_began=500.0),
    no("a press from before the start", BUTTON, None, iso(600), OLD_PRESS, start_began=500.0),
    no("a start knows no future", BUTTON, None, iso(-120), OLD_PRESS, start_began=500.0),
    no("yesterday's press is restored", BUTTON, "unknown", iso(86_400), OLD_PRESS),
    no("yesterday's press comes back", BUTTON, "unavailable", iso(86_400), OLD_PRESS),
    no("a press from the future", BUTTON, "unknown", iso(-120), OLD_PRESS),
    no("the same press again", BUTTON, iso(10), iso(10), SAME_AGAIN),
    no("the button goes", BUTTON, iso(10), "unavailable", WENT_SILENT, **DEAD),
    no("the button was never pressed", BUTTON, "unavailable", "unknown", WENT_SILENT, **DEAD),
    no("not a moment", BUTTON, "unknown", "pressed", UNREADABLE, **DEAD),
    no("a moment without a zone", BUTTON, "unknown", "2026-11-22T12:00:00", UNREADABLE, **DEAD),
]  # fmt: skip

LIGHTS = [
    life("the light is turned on at the wall", LIGHT, "off", "on"),
    life("the light is turned off at the wall", LIGHT, "on", "off"),
    no("an automation turns the light on", LIGHT, "off", "on", COMMANDED, commanded=1.0),
    no("a guardian far away turns it off", LIGHT, "on", "off", COMMANDED, commanded=8.0),
    no("the bulb is on again after a power cut", LIGHT, "unavailable", "on", CAME_BACK, **DEAD),
    no("the lights flip as the power returns", LIGHT, "off", "on", POWER_CAME_BACK, power_back=3.0),
    no("its group was switched", LIGHT, "off", "on", COMMANDED, near=9.0),
    life("the lamp long after its neighbour", LIGHT, "off", "on", near=10.0),
    no("the question lights its room", LIGHT, "off", "on", COMMANDED, switched=59.0, woken=59.0),
    no("the question puts its lamps back", LIGHT, "on", "off", COMMANDED, switched=2.0),
    life("the lamp at the bed as the voice asks", LIGHT, "off", "on", switched=60.0, woken=1.0),
    no("all lamps come on in one moment", LIGHT, "off", "on", TOGETHER, along=4.0),
    life("one lamp a while after another", LIGHT, "off", "on", along=5.0),
    no("its brightness changes", LIGHT, "on", "on", SAME_AGAIN),
]

OTHERS = [
    life("something else is used", OTHER, "off", "on"),
    no("its end may be a timer's", OTHER, "on", "off", NOT_A_PERSON),
    no("its number wanders", OTHER, "21.5", "21.6", NOT_A_PERSON),
    no("it says a word", OTHER, "idle", "busy", NOT_A_PERSON),
    no("an automation uses it", OTHER, "off", "on", COMMANDED, commanded=2.0),
]

RETURNS = [
    line
    for role, old, new in (
        (DOOR, "off", "on"),
        (OUTER, "on", "off"),
        (LIGHT, "off", "on"),
        (PLUG, "0.3", "1850"),
        (MOTION, "off", "on"),
        (OTHER, "off", "on"),
    )
    for line in (
        no(f"the {role} is recalled", role, old, new, REMEMBERED, word=Word.REMEMBERED, **DEAD),
        no(f"the {role} speaks first", role, old, new, UNDATED, word=Word.FIRST, running=False),
    )
] + [
    no("the door's own first frame", DOOR, "off", "on", UNDATED, word=Word.FIRST_FRAME),
    no("the lamp's own first frame", LIGHT, "on", "off", UNDATED, word=Word.FIRST_FRAME),
    life("the kettle's own first frame", PLUG, "0.3", "1850", word=Word.FIRST_FRAME, running=False),
    life("the motion's own first frame", MOTION, "off", "on", word=Word.FIRST_FRAME),
    life("a press that the bridge passes on first", BUTTON, iso(900), iso(1), word=Word.FIRST),
]  # fmt: skip

LINES = [*DOORS, *PLUGS, *MOTIONS, *PHONES, *BUTTONS, *LIGHTS, *OTHERS, *RETURNS]


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line.what))
def test_what_happened_is_judged_as_a_person_would(line: Line) -> None:
    change = Change(
        old=line.old,
        new=line.new,
        at=NOW,
        started=NOW - timedelta(seconds=line.started),
        power_back=ago(line.power_back),
        commanded=ago(line.commanded),
        near=ago(line.near),
        switched=ago(line.switched),
        woken=ago(line.woken),
        along=ago(line.along),
        start_began=ago(line.start_began),
        word=line.word,
    )
    found = judge(line.role, change, running=line.running)
    assert (found.activity, found.alive, found.why) == (line.activity, line.alive, line.why)


def test_every_role_has_its_lines() -> None:
    assert {line.role for line in LINES} == set(Role)
    assert len({line.what for line in LINES}) == len(LINES) > 90


def test_every_reason_has_a_line() -> None:
    """But for those that are about a source's past, not about a change."""
    assert {line.why for line in LINES} == set(Why) - {Why.CYCLE, Why.UNTESTED, Why.GHOST}


def test_what_is_no_sign_of_life_never_moves_a_person() -> None:
    assert all(line.why is Why.COUNTS for line in LINES if line.activity)


def test_a_clock_set_back_by_years_does_not_make_every_opening_a_start() -> None:
    change = Change(old="off", new="on", at=NOW, started=NOW + timedelta(days=3650))
    assert judge(Role.DOOR, change).activity


@pytest.mark.parametrize(
    ("watts", "running_before", "running_after"),
    [("1850", False, True), ("0.3", True, False), ("9", True, True), ("9", False, False)],
)
def test_a_plug_remembers_whether_its_appliance_runs(
    watts: str, *, running_before: bool, running_after: bool
) -> None:
    change = Change(old="3", new=watts, at=NOW, started=NOW - timedelta(hours=1))
    assert judge(Role.PLUG, change, running=running_before).running is running_after


def test_a_plug_that_comes_back_tells_whether_it_runs_without_being_life() -> None:
    change = Change(old="unavailable", new="1850", at=NOW, started=NOW - timedelta(hours=1))
    found = judge(Role.PLUG, change, running=False)
    assert found.running
    assert not found.activity


@pytest.mark.parametrize(
    ("unique_id", "state", "word"),
    [
        ("a1b2_device_locked", "on", "locked"),
        ("a1b2_keyguard_locked", "off", "unlocked"),
        ("a1b2_device_locked", "unavailable", "unavailable"),
        ("a1b2_device_locked", None, None),
        ("a1b2_interactive", "on", "on"),
        ("a1b2_phone_state", "offhook", "offhook"),
    ],
)
def test_the_lock_of_a_phone_speaks_in_words(
    unique_id: str, state: str | None, word: str | None
) -> None:
    assert phone_word(unique_id, state) == word
