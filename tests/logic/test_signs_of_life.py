"""Every line of `signs_of_life.txt`, which is there to be read: was it life, is the source well."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import re
from typing import override

import pytest

from custom_components.anshim_knock.logic.activity import BLANK, Change, Word
from custom_components.anshim_knock.logic.ghost import Ghost, Habit
from custom_components.anshim_knock.logic.source import (
    Evidence,
    Source,
    Via,
    liveness,
    observe,
    source_from_dict,
    source_to_dict,
    told,
)
from custom_components.anshim_knock.logic.words import Liveness, Role

START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
LONG_AGO = START - timedelta(days=30)
AGAIN = re.compile(r"\[([^]]*)\]\*(\d+)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, kw_only=True)
class Line:
    trap: str
    role: Role
    what: str
    tape: str
    activity: int
    liveness: Liveness

    @property
    def first(self) -> str:
        return self._tokens()[0]

    @property
    def rest(self) -> list[str]:
        return self._tokens()[1:]

    def _tokens(self) -> list[str]:
        return AGAIN.sub(lambda m: f"{m[1]} " * int(m[2]), self.tape).split()

    @override
    def __str__(self) -> str:
        return f"{self.trap} {self.role} {self.what}"


def line_of(text: str) -> Line:
    trap, role, what, tape, activity, life = (part.strip() for part in text.split("|"))
    return Line(
        trap=trap,
        role=Role(role),
        what=what,
        tape=tape,
        activity=int(activity),
        liveness=Liveness(life),
    )


TABLE = Path(__file__).with_name("signs_of_life.txt").read_text(encoding="utf-8")
LINES = [line_of(text) for text in TABLE.splitlines() if "|" in text]


def span_of(text: str) -> timedelta:
    return timedelta(**{UNITS[text[-1]]: int(text[:-1])})


EVIDENCE: Mapping[str, Callable[[datetime, str], Evidence]] = {
    "frame": lambda now, _: Evidence(heard=now, via=Via.ZIGPY, reachable=True),
    "mute": lambda _now, _: Evidence(),
    "deaf": lambda _now, _: Evidence(via=Via.ZIGPY, reachable=False),
    "says": lambda now, often: Evidence(heard=now, via=Via.ZIGPY, check_in=span_of(often)),
}

# Whose word a state is that comes after somebody's absence.
WORDS: Mapping[str, Word] = {
    "recalls": Word.REMEMBERED,
    "own": Word.FIRST_FRAME,
    "first": Word.FIRST,
}

# What happens beside the source, and what it is the newest moment of.
BESIDE: Mapping[str, Sequence[str]] = {
    "command": ["command"],
    "alert": ["called"],
    "near": ["near"],
    "lights": ["switched", "woken"],
    "speaks": ["woken"],
    "along": ["along"],
    "hub": ["hub"],
}

VERDICTS: Mapping[str, Callable[[Source, datetime], Source]] = {
    "ghost": lambda source, now: replace(
        source, habit=Habit(found=Ghost.EVEN, number=int(now.timestamp() // 86_400))
    ),
    "overruled": lambda source, _: replace(source, overruled=True),
}


class Home:
    """Home Assistant and our glue, reduced to what a source learns from them."""

    def __init__(self, role: Role, shown: str) -> None:
        self.now, self.started = START, LONG_AGO
        self.shown: str | None = shown
        self.hub: datetime | None = None
        self.command: datetime | None = None
        self.called: datetime | None = None
        self.near: datetime | None = None
        self.switched: datetime | None = None
        self.woken: datetime | None = None
        self.along: datetime | None = None
        self.activities: list[datetime] = []
        self.source = Source(role=role, available=True, heard=START, tested=LONG_AGO)
        # What it shows when the tape begins was there before.
        if role is Role.PLUG:
            self.writes(shown)

    def plays(self, token: str) -> None:
        name, _, rest = token.partition(":")
        if token.startswith("+"):
            self.now += span_of(token[1:])
        elif name == "restart":
            kept = source_from_dict(json.loads(json.dumps(source_to_dict(self.source))))
            self.source = replace(kept, tested=self.source.tested, changed=self.now)
            self.started, self.shown = self.now, None
        elif name in BESIDE:
            for what in BESIDE[name]:
                setattr(self, what, self.now)
        elif name in VERDICTS:
            self.source = VERDICTS[name](self.source, self.now)
        elif name in EVIDENCE:
            self.source = told(self.source, EVIDENCE[name](self.now, rest), self.now)
        else:
            word = WORDS.get(name, Word.NOW)
            self.writes(rest or token, with_report=name == "late", word=word)

    def writes(self, state: str, *, with_report: bool = False, word: Word = Word.NOW) -> None:
        if self.shown in BLANK and state not in BLANK:
            self.hub = self.now
        seen = observe(
            self.source,
            Change(
                old=self.shown,
                new=state,
                at=self.now,
                started=self.started,
                power_back=self.hub,
                commanded=self.command,
                called=self.called,
                near=self.near,
                switched=self.switched,
                woken=self.woken,
                along=self.along,
                with_report=with_report,
                word=word,
            ),
        )
        self.source, self.shown = seen.source, state
        if seen.finding.activity:
            self.activities.append(seen.at)


def played(line: Line) -> Home:
    home = Home(line.role, line.first)
    for token in line.rest:
        home.plays(token)
    return home


@pytest.mark.parametrize("line", LINES, ids=str)
def test_what_happened_is_life_or_not_and_the_source_lives_or_not(line: Line) -> None:
    home = played(line)
    found = (len(home.activities), liveness(home.source, home.now))
    assert found == (line.activity, line.liveness)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_of_an_untested_source_the_same_shows_how_it_lives_and_no_life(line: Line) -> None:
    home = Home(line.role, line.first)
    home.source = replace(home.source, tested=None)
    for token in line.rest:
        home.plays(token)
    assert (home.activities, liveness(home.source, home.now)) == ([], line.liveness)


def test_the_table_holds_every_trap_and_every_role_but_the_button() -> None:
    assert {line.trap for line in LINES} == {*map(str, range(1, 11)), "h", "p"}
    assert {line.role for line in LINES} == set(Role) - {Role.BUTTON}
    assert len({(line.role, line.what, line.tape) for line in LINES}) == len(LINES) >= 60


@pytest.mark.parametrize(("pause", "earlier"), [("15m", 15), ("5h", 300), ("13h", 780)])
def test_steps_are_dated_back_to_the_phones_last_word_however_long_ago(
    pause: str, earlier: int
) -> None:
    home = played(line_of(f"p | phone | – | 10 +1h frame +{pause} 90 | 1 | live"))
    assert home.activities == [home.now - timedelta(minutes=earlier)]


def test_a_missed_edge_is_dated_back_because_nobody_knows_when_it_was() -> None:
    home = played(line_of("4 | door | – | off +2h late:on | 1 | live"))
    assert home.activities == [home.now - timedelta(hours=1)]
