"""The resident's own people: in order when nobody has it, all at once when help is called."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.anshim_knock.logic.calling import (
    ANSWERED,
    EACH,
    EMERGENCY_AGAIN,
    NOBODY_REACHED,
    OVER,
    ROUND,
    UNDELIVERED,
    UNOWNED,
    Call,
    Calling,
    Contact,
    Plan,
    Situation,
    plan,
)
from custom_components.anshim_knock.logic.words import Stage

SEOUL = ZoneInfo("Asia/Seoul")
# Noon in Seoul.
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAUGHTER = Contact(id="daughter", order=1)
SON = Contact(id="son", order=2)
NEIGHBOUR = Contact(id="neighbour", order=3)
ALL = (SON, NEIGHBOUR, DAUGHTER)


class Family:
    """Everybody who may be told, and the minutes as they pass."""

    def __init__(self, stage: Stage, *contacts: Contact, cut: bool = False) -> None:
        self.contacts = contacts or ALL
        self.here = Situation(
            stage=stage, since=NOON, episode=7, owned=False, cut=NOON if cut else None
        )
        self.calling = Calling()
        self.now = NOON
        self.deaf: set[str] = set()
        self.told: list[tuple[float, str]] = []
        self.heard_the_end: list[str] = []

    def look(self) -> Plan:
        found = plan(self.here, self.calling, self.contacts, self.now, SEOUL)
        self.calling = found.calling
        for name in found.tell:
            self.told.append(((self.now - NOON) / timedelta(minutes=1), name))
            call = Call(contact=name, at=self.now, arrived=name not in self.deaf)
            self.calling = replace(self.calling, calls=(*self.calling.calls, call))
        return found

    def wait(self, **span: float) -> None:
        end = self.now + timedelta(**span)
        while True:
            found = self.look()
            if found.tell:
                continue
            if found.look is None or found.look > end:
                break
            assert found.look > self.now
            self.now = found.look
        self.now = end


def minutes(span: timedelta) -> float:
    return span / timedelta(minutes=1)


@pytest.mark.parametrize("stage", [Stage.QUIET, Stage.KNOCK])
def test_a_question_that_the_district_knows_of_is_nobody_elses_business(stage: Stage) -> None:
    family = Family(stage)
    family.wait(hours=10)
    assert family.told == []


def test_a_visit_that_nobody_takes_is_told_to_one_after_the_other() -> None:
    family = Family(Stage.VISIT)
    family.wait(minutes=60)
    first = minutes(UNOWNED)
    assert family.told == [
        (first, "daughter"),
        (first + minutes(EACH), "son"),
        (first + 2 * minutes(EACH), "neighbour"),
    ]


def test_nobody_is_told_while_a_person_has_it_and_everybody_when_the_hold_has_died() -> None:
    family = Family(Stage.VISIT)
    family.here = replace(family.here, owned=True)
    family.wait(hours=2)
    assert family.told == []
    family.here = replace(family.here, owned=False)
    family.wait(minutes=1)
    assert [name for _, name in family.told] == ["daughter"]


@pytest.mark.parametrize("stage", [Stage.KNOCK, Stage.VISIT])
def test_a_district_that_cannot_be_reached_does_not_wait_for_half_an_hour(stage: Stage) -> None:
    family = Family(stage, cut=True)
    family.wait(minutes=6)
    assert family.told == [(minutes(UNDELIVERED), "daughter")]


def test_whoever_cannot_be_reached_is_followed_by_the_next_at_once() -> None:
    family = Family(Stage.VISIT)
    family.deaf = {"daughter"}
    family.wait(minutes=31)
    assert [name for _, name in family.told] == ["daughter", "son"]


def test_when_nobody_can_be_reached_it_is_tried_again_and_again() -> None:
    family = Family(Stage.VISIT)
    family.deaf = {contact.id for contact in ALL}
    family.wait(minutes=41)
    first = minutes(UNOWNED)
    assert [at for at, _ in family.told] == [
        *[first] * 3,
        *[first + minutes(NOBODY_REACHED)] * 3,
        *[first + 2 * minutes(NOBODY_REACHED)] * 3,
    ]


def test_after_everybody_has_been_told_they_are_left_in_peace_for_an_hour() -> None:
    family = Family(Stage.VISIT)
    family.wait(minutes=115)
    assert len(family.told) == 4
    assert family.told[3][0] - family.told[2][0] == minutes(ROUND)


def test_whoever_sleeps_is_told_only_when_nobody_else_is_left() -> None:
    sleeper = Contact(id="daughter", order=1, begins=time(22), ends=time(23))
    family = Family(Stage.VISIT, sleeper, SON)
    family.wait(minutes=45)
    assert [name for _, name in family.told] == ["son", "daughter"]


@pytest.mark.parametrize(
    ("begins", "ends", "awake"),
    [(time(8), time(22), True), (time(22), time(8), False), (time(11), time(12), False)],
)
def test_hours_may_go_over_midnight(begins: time, ends: time, awake: bool) -> None:
    contact = Contact(id="daughter", order=1, begins=begins, ends=ends)
    family = Family(Stage.VISIT, contact, SON)
    family.wait(minutes=31)
    assert family.told[0][1] == ("daughter" if awake else "son")


def test_whoever_is_on_the_way_is_given_time() -> None:
    family = Family(Stage.VISIT)
    family.wait(minutes=35)
    family.calling = replace(family.calling, answered=family.now)
    family.wait(minutes=40)
    assert family.told[1] == (35 + minutes(ANSWERED), "son")


def test_a_call_for_help_reaches_everybody_at_once_at_any_hour() -> None:
    sleeper = Contact(id="daughter", order=1, begins=time(22), ends=time(23))
    family = Family(Stage.EMERGENCY, sleeper, SON)
    family.wait(minutes=1)
    assert family.told == [(0, "daughter"), (0, "son")]


def test_a_call_for_help_is_said_again_until_somebody_has_it() -> None:
    family = Family(Stage.EMERGENCY, DAUGHTER)
    family.wait(minutes=21)
    assert [at for at, _ in family.told] == [0, minutes(EMERGENCY_AGAIN), 20]
    family.here = replace(family.here, owned=True)
    family.wait(hours=1)
    assert len(family.told) == 3


def test_a_second_help_is_told_at_once_whoever_said_before_that_they_come() -> None:
    family = Family(Stage.EMERGENCY, DAUGHTER, SON)
    family.wait(minutes=2)
    family.calling = replace(family.calling, answered=family.now)
    family.wait(minutes=3)
    family.here = replace(family.here, helped_again=family.now)
    family.wait(minutes=1)
    assert family.told[2:] == [(5, "daughter"), (5, "son")]
    # Whoever comes now knows of both.
    family.calling = replace(family.calling, answered=family.now)
    family.wait(minutes=29)
    assert len(family.told) == 4


def test_a_nervous_thumb_tells_nobody_twice_in_the_same_minute() -> None:
    family = Family(Stage.EMERGENCY, DAUGHTER)
    family.wait(seconds=20)
    for _ in range(5):
        family.here = replace(family.here, helped_again=family.now)
        family.wait(seconds=5)
    assert len(family.told) == 1
    family.wait(minutes=3)
    family.here = replace(family.here, helped_again=family.now)
    family.wait(seconds=5)
    assert len(family.told) == 2


def test_help_within_a_silence_is_told_to_everybody_anew() -> None:
    family = Family(Stage.VISIT, DAUGHTER, SON)
    family.wait(minutes=31)
    family.calling = replace(family.calling, answered=family.now)
    family.here = replace(family.here, stage=Stage.EMERGENCY, since=family.now, episode=9)
    family.wait(seconds=1)
    assert [name for _, name in family.told] == ["daughter", "daughter", "son"]


def test_whoever_was_told_is_told_that_it_is_over_and_nobody_else() -> None:
    family = Family(Stage.VISIT)
    family.wait(minutes=31)
    family.here = replace(family.here, stage=Stage.CALM, episode=None)
    found = family.look()
    assert found.over
    assert family.calling.told() == {"daughter"}


def test_nobody_hears_the_end_of_what_they_never_heard_of() -> None:
    family = Family(Stage.VISIT)
    family.wait(minutes=5)
    family.here = replace(family.here, stage=Stage.CALM, episode=None)
    assert not family.look().over


def test_the_end_is_old_news_after_a_day() -> None:
    family = Family(Stage.VISIT)
    family.wait(minutes=31)
    family.here = replace(family.here, stage=Stage.CALM, episode=None)
    family.look()
    family.now += OVER
    assert family.look() == Plan()


def test_another_alert_begins_anew() -> None:
    family = Family(Stage.VISIT)
    family.wait(minutes=31)
    family.here = replace(family.here, stage=Stage.CALM, episode=None)
    family.look()
    family.here = Situation(stage=Stage.VISIT, since=family.now, episode=12, owned=False, cut=None)
    assert family.look().calling == Calling(episode=12)


def test_a_clock_that_was_set_back_delays_by_no_more_than_a_pause() -> None:
    family = Family(Stage.VISIT)
    family.wait(minutes=31)
    family.now -= timedelta(days=2)
    family.here = replace(family.here, since=family.now - timedelta(hours=1))
    family.wait(minutes=11)
    assert [name for _, name in family.told] == ["daughter", "son"]


def test_a_household_without_contacts_goes_on_without_them() -> None:
    here = Situation(stage=Stage.EMERGENCY, since=NOON, episode=1, owned=False, cut=NOON)
    assert plan(here, Calling(), (), NOON, SEOUL).tell == ()
