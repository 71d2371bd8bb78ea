"""What the next move of an errand is: whom to text or call with which words, or that it is over.

Reads only; the dispatcher performs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection

from ..cases.calls import wants_person
from ..cases.model import Case
from ..cases.words import CallResult, Stage, Standing
from ..casework import declined_by, load_file
from ..console.texts import text
from ..door import digest
from ..duty import lines
from ..duty.book import load_duty, load_special
from ..duty.calendar import period_of
from ..duty.errands import Errand, Kind
from ..duty.roster import (
    SYSTEMS,
    URGENT,
    WELFARE,
    Duty,
    Lineup,
    Pace,
    Person,
    Step,
    Way,
    lineup,
    people,
    plan,
    steps_by,
)
from ..options import Options
from ..registry import book
from ..registry.consent import may_tell_guardians
from ..registry.phones import Dialable, NotDialableError
from ..registry.resident import Phone, masked
from ..registry.vault import Vault
from . import outbox
from .carrier import TO_ANSWER, TO_TAKE
from .mail import CENTRE
from .outbox import GUARDIAN, RESIDENT

_CALL_AFTER_TEXT: Final = timedelta(minutes=2)
_NOBODY_AGAIN: Final = timedelta(minutes=5)
_LINE_AGAIN: Final = timedelta(hours=4)
_FULL_AGAIN: Final = timedelta(seconds=20)
# then it is their turn again: the case may still have nobody
_DECLINED_FOR: Final = timedelta(minutes=30)
_ASKED: Final = frozenset({Stage.KNOCK, Stage.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One text, call or mail. A mail goes to the control centre's own address."""

    to: Person | None
    way: Way
    words: str
    digits: str
    reference: str

    @property
    def who(self) -> str:
        return self.to.name if self.to else CENTRE


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Then the errand goes on with `step` at `due`."""

    letters: tuple[Letter, ...]
    noted: str
    step: int
    due: datetime
    # whose turn it is
    turns: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A system of the control centre is told apart; this errand goes on with `step` at `due`."""

    kind: Kind
    step: int
    due: datetime
    turns: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    due: datetime
    # for the timeline, once
    noted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Everybody was told; from the beginning."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """Of a call: with what came of it, if it could not be made or was never heard of."""

    result: CallResult | None = None


type Move = Send | Hand | Wait | Again | Over


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    options: Options
    # of the carrier
    ways: frozenset[Way]

    def next_tell(
        self, connection: Connection, vault: Vault, errand: Errand, now: datetime
    ) -> Move:
        case = load_file(connection, errand.household).case(errand.case)
        if case is None or case.standing is not Standing.FREE:
            return Over()
        pace = pace_of(errand)
        steps = self._plan(connection, vault, errand, case, now)
        if _next_place(steps, 0) is None:
            return Wait(due=now + _NOBODY_AGAIN, noted=None if errand.failures else "tell_nobody")
        turns = self._turns(connection, vault, errand, now)
        place = _next_place(steps, errand.step)
        if place is None or _is_others_turn(errand, turns):
            return Again(at=now)
        step = steps[place]
        if errand.since + step.after > now:
            return Wait(due=errand.since + step.after)
        then, due = place + 1, now + _pause(steps, place, pace)
        if step.way in SYSTEMS:
            return Hand(kind=Kind(step.way), step=then, due=due, turns=turns)
        # named for the step that it is: a guardian passed over may have had the one before
        letters = self._letters(connection, vault, replace(errand, step=place), case, step)
        return Send(letters=letters, noted=f"tell_{step.way}", step=then, due=due, turns=turns)

    def _turns(self, connection: Connection, vault: Vault, errand: Errand, now: datetime) -> str:
        found = book.look_up(connection, vault, errand.household)
        here = self._lineup(connection, errand, found.dong if found else None, now)
        # names alone: a mended number passes nobody over, and is written down nowhere in the open
        told = [(who.value, [one.name for one in some]) for who, some in here]
        return digest(orjson.dumps(told))

    def _were_told(
        self, connection: Connection, errand: Errand, dong: str | None, now: datetime
    ) -> bool:
        """All members of staff whose turn it is now, in a round before this one."""
        there = {
            person.name
            for _, some in self._lineup(connection, errand, dong, now)
            for person in some
        }
        return there <= outbox.told_before(connection, errand)

    def _lineup(
        self, connection: Connection, errand: Errand, dong: str | None, at: datetime
    ) -> Lineup:
        period = period_of(at, ZoneInfo(self.options.time_zone), load_special(connection))
        return lineup(_duty_of(connection, errand, at), dong=dong, period=period, now=at)

    def _plan(
        self,
        connection: Connection,
        vault: Vault,
        errand: Errand,
        case: Case,
        now: datetime,
    ) -> tuple[Step, ...]:
        """Guardians are third parties: without the resident's tick only where a life hangs on it.

        That is a call for help, or a visit of which nobody else can be told or wants to know.
        """
        zone = ZoneInfo(self.options.time_zone)
        found = book.look_up(connection, vault, errand.household)
        guardians = _guardians(found)
        dong = found.dong if found else None
        in_vain = errand.round > 1
        is_refused = in_vain and self._were_told(connection, errand, dong, now)
        hangs_on_it = errand.urgent or (is_refused and case.stage.height >= Stage.VISIT.height)
        agreed = hangs_on_it or may_tell_guardians(connection, vault, errand.household)

        def planned(told: tuple[Person, ...]) -> tuple[Step, ...]:
            steps = plan(
                _duty_of(connection, errand, now),
                dong=dong,
                period=period_of(now, zone, load_special(connection)),
                guardians=told,
                pace=pace_of(errand),
                now=now,
                in_vain=in_vain,
            )
            return steps_by(self.ways, steps)

        steps = planned(guardians if agreed else ())
        # a mailbox is nobody
        return steps if any(step.to for step in steps) else planned(guardians)

    def _letters(
        self, connection: Connection, vault: Vault, errand: Errand, case: Case, step: Step
    ) -> tuple[Letter, ...]:
        found = book.look_up(connection, vault, errand.household)
        words = self.words(found, errand, case)
        if step.way is Way.MAIL:
            said = words[Way.TEXT.value]
            reference = errand.reference()
            return (Letter(to=None, way=step.way, words=said, digits="", reference=reference),)
        return tuple(
            Letter(
                to=person,
                way=step.way,
                words=words["guardian" if is_guardian(person.name) else step.way.value],
                digits=TO_TAKE,
                reference=errand.reference(place),
            )
            for place, person in enumerate(step.to)
        )

    def words(
        self, found: book.Found | None, errand: Errand, case: Case, about: str = "tell"
    ) -> dict[str, str]:
        """Texts to staff name nobody: they lie open on telephones."""
        language = self.options.language
        name = masked(found.entry.resident.name) if found and found.entry else ""
        given = {
            "district": self.options.district.name,
            "dong": found.dong if found else "",
            "household": errand.household,
            "stage": _what(language, case),
            "name": name,
            "sender": self.options.reach.sender,
            "url": self.options.public_url,
        }
        keys = {
            "text": f"say.{about}_text",
            "call": f"say.{about}_call",
            "guardian": "say.guardian",
        }
        return {kind: text(language, key, **given) for kind, key in keys.items()}

    def next_line(self, connection: Connection, errand: Errand, now: datetime) -> Move:
        """By what goes without the line: a text to each, else the mailbox; again in some hours."""
        if said := lines.told_until(connection, errand, now):
            return Wait(due=said)
        words = text(self.options.language, "say.line_down", district=self.options.district.name)
        duty = load_duty(connection, now)
        told = people({user: duty.user_phones.get(user, "") for user in duty.admins})
        to: tuple[Person | None, ...] = told if Way.TEXT in self.ways else ()
        way = Way.TEXT
        if not to and Way.MAIL in self.ways:
            to, way = (None,), Way.MAIL
        if not to:
            return Wait(due=now + _NOBODY_AGAIN)
        letters = tuple(
            Letter(to=one, way=way, words=words, digits="", reference=errand.reference(place))
            for place, one in enumerate(to)
        )
        then = errand.step + 1
        return Send(letters=letters, noted=f"tell_{way}", step=then, due=now + _LINE_AGAIN)

    def next_ask(self, connection: Connection, vault: Vault, errand: Errand, now: datetime) -> Move:
        """A text first, then as many calls as there are tries."""
        file = load_file(connection, errand.household)
        case = file.case(errand.case)
        if case is None or case.standing is not Standing.FREE or case.stage not in _ASKED:
            return Over()
        last = errand.step - 1
        if last >= 1 and last >= self.options.reach.tries:
            # the last one never went out: nobody is said not to have answered it
            never = errand.failures > 0
            return Over(result=CallResult.FAILED if never else CallResult.NO_ANSWER)
        found = book.look_up(connection, vault, errand.household)
        phone = found.entry.resident.phone if found and found.entry else None
        resident = _person(RESIDENT, phone)
        day = self.options.reach.calls_a_day
        if resident is None or wants_person(file) or outbox.calls_today(connection, now) >= day:
            return Over(result=CallResult.IMPOSSIBLE)
        if errand.step == 0 and Way.TEXT not in self.ways:
            errand = replace(errand, step=1)
        if errand.step == 0:
            return self._ask(errand, resident, Way.TEXT, now + _CALL_AFTER_TEXT)
        if outbox.calls_out(connection, now) >= self.options.reach.calls_at_once:
            return Wait(due=now + _FULL_AGAIN)
        return self._ask(errand, resident, Way.CALL, now + outbox.LONGEST_CALL)

    def _ask(self, errand: Errand, resident: Person, way: Way, due: datetime) -> Send:
        words = text(
            self.options.language,
            f"say.ask_{way}",
            district=self.options.district.name,
            sender=self.options.reach.sender,
        )
        letter = Letter(
            to=resident, way=way, words=words, digits=TO_ANSWER, reference=errand.reference()
        )
        return Send(letters=(letter,), noted=f"ask_{way}", step=errand.step + 1, due=due)


def _duty_of(connection: Connection, errand: Errand, at: datetime) -> Duty:
    declined = declined_by(connection, errand.case, since=at - _DECLINED_FOR, until=at)
    return replace(load_duty(connection, at), declined=declined)


def _is_others_turn(errand: Errand, turns: str) -> bool:
    """It is no longer the turn of those with whom this round began: begin with who is there.

    A step is counted in their order; in another one it would pass somebody over. A shift ends, or
    somebody writes the table anew.
    """
    return errand.step > 0 and errand.turns not in {None, turns}


def _what(language: str, case: Case) -> str:
    """Whoever is on the way must know whose hands the call may come from."""
    stage = text(language, f"stage.{case.stage}")
    return text(language, "say.from_lost_kit", stage=stage) if case.from_lost_kit else stage


def pace_of(errand: Errand) -> Pace:
    return URGENT if errand.urgent else WELFARE


def is_guardian(who: str) -> bool:
    return who.startswith(GUARDIAN) and who.removeprefix(GUARDIAN).isdigit()


def number_of(connection: Connection, vault: Vault, household: str, who: str) -> str | None:
    """The number of the resident or a guardian, for marking it."""
    found = book.look_up(connection, vault, household)
    if found is None or found.entry is None:
        return None
    resident = found.entry.resident
    phones = {RESIDENT: resident.phone} | {
        f"{GUARDIAN}{place}": guardian.phone for place, guardian in enumerate(resident.guardians, 1)
    }
    phone = phones.get(who)
    return phone.number if phone else None


def _next_place(steps: Sequence[Step], step: int) -> int | None:
    """Of the first one from there on that anybody is told by."""
    places = range(step, len(steps))
    return next((place for place in places if steps[place].is_anybodys), None)


def _pause(steps: Sequence[Step], step: int, pace: Pace) -> timedelta:
    """Until the step after this one; after the last one, until the next round.

    From now on, not from the alarm: after a stop nobody's time to answer is cut short.
    """
    after = _next_place(steps, step + 1)
    return pace.next_after if after is None else steps[after].after - steps[step].after


def _guardians(found: book.Found | None) -> tuple[Person, ...]:
    if found is None or found.entry is None:
        return ()
    people = (
        _person(f"{GUARDIAN}{place}", guardian.phone)
        for place, guardian in enumerate(found.entry.resident.guardians, 1)
    )
    return tuple(person for person in people if person)


def _person(name: str, phone: Phone | None) -> Person | None:
    """Nobody where there is no number, or one that was found dead."""
    if phone is None or phone.bad is not None:
        return None
    try:
        return Person(name=name, phone=Dialable(phone.number))
    except NotDialableError:
        return None
