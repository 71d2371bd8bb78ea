"""The pure decisions about an alert that does not come although heartbeats tell of its stage."""

from datetime import datetime, timedelta

import pytest

from anshim_district.cases.decide import decide
from anshim_district.cases.happenings import Alarm, Answers, Happening, Over, Stands
from anshim_district.cases.model import File
from anshim_district.cases.words import Answer, Family, Outcome, Stage
from tests.district.test_case_ladder import APART, START, TIMES, empty, receipts


def beat(
    stage: Stage | None, version: int, at: datetime, calm_at: datetime | None = None
) -> Stands:
    return Stands(stage=stage, version=version, at=at, apart=APART, calm_at=calm_at)


def alarm_of(stage: Stage, version: int, happened: datetime, episode: int = 7) -> Alarm:
    return Alarm(
        id=f"a{version}",
        stage=stage,
        cause="silence",
        episode=episode,
        version=version,
        said="first",
        happened=happened,
    )


def lived(*happenings: tuple[int, Happening]) -> File:
    """What came of it, each some minutes after the start."""
    file = empty()
    for minutes_on, happening in happenings:
        now = START + timedelta(minutes=minutes_on)
        file = decide(file, happening, times=TIMES, now=now).file
    return file


def at(minutes_on: int) -> datetime:
    return START + timedelta(minutes=minutes_on)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (Stage.QUIET, Stage.UNKNOWN),
        (Stage.KNOCK, Stage.KNOCK),
        (Stage.VISIT, Stage.VISIT),
        (Stage.EMERGENCY, Stage.EMERGENCY),
    ],
)
def test_an_alert_that_never_comes_is_a_case_at_the_second_heartbeat(
    told: Stage, shown: Stage
) -> None:
    once = lived((0, beat(told, 7, at(0))))
    assert once.cases == ()
    file = lived((0, beat(told, 7, at(0))), (5, beat(told, 7, at(5))))
    (case,) = file.cases
    assert (case.stage, case.cause, case.episode) == (shown, "alert_missing", None)


@pytest.mark.parametrize("stage", [Stage.QUIET, Stage.VISIT, Stage.EMERGENCY])
def test_the_missing_alert_joins_the_case_that_was_opened_for_it(stage: Stage) -> None:
    opened = lived((0, beat(stage, 7, at(0))), (5, beat(stage, 7, at(5))))
    (case,) = opened.cases
    hold = Answers(case=case.id, answer=Answer.HOLD, by="kim")
    held = decide(opened, hold, times=TIMES, now=at(6)).file
    came = decide(held, alarm_of(stage, 7, at(-1)), times=TIMES, now=at(9)).file
    (joined,) = came.cases
    assert (joined.id, joined.episode, joined.owner) == (case.id, 7, "kim")


def test_an_alert_that_comes_after_its_case_was_closed_opens_nothing_and_the_home_is_answered() -> (
    None
):
    opened = lived((0, beat(Stage.VISIT, 7, at(0))), (5, beat(Stage.VISIT, 7, at(5))))
    (case,) = opened.cases
    seen = Answers(case=case.id, answer=Answer.HANDLED, by="kim", outcome=Outcome.SEEN_WELL)
    closed = decide(opened, seen, times=TIMES, now=at(60)).file
    late = decide(closed, alarm_of(Stage.VISIT, 7, at(-1)), times=TIMES, now=at(3000))
    assert late.file.open_case(Family.WELFARE) is None
    (receipt,) = receipts(late.effects)
    assert (receipt.case.episode, receipt.outcome, receipt.at) == (7, Outcome.SEEN_WELL, at(60))
    anew = decide(closed, alarm_of(Stage.QUIET, 8, at(2990), 8), times=TIMES, now=at(3000))
    assert anew.file.open_case(Family.WELFARE)


def test_a_home_whose_alert_came_is_no_case_of_a_missing_one() -> None:
    over = Over(episode=7, version=8, by="activity", happened=at(3))
    arrived = ((0, alarm_of(Stage.QUIET, 7, at(0))), (4, over))
    file = lived(*arrived, (5, beat(Stage.QUIET, 7, at(2))), (10, beat(Stage.QUIET, 7, at(10))))
    assert file.open_case(Family.WELFARE) is None


def test_a_calm_heartbeat_between_two_makes_the_second_a_first_one() -> None:
    file = lived(
        (0, beat(Stage.QUIET, 7, at(0))),
        (5, beat(None, 8, at(5))),
        (10, beat(Stage.QUIET, 9, at(10))),
    )
    assert file.cases == ()


@pytest.mark.parametrize(
    ("calm_at", "counts"),
    [
        pytest.param(at(90), True, id="was calm since: it has climbed anew"),
        pytest.param(at(9), False, id="was calm only before: it may not know yet"),
        pytest.param(None, False, id="was never heard calm: it may not know yet"),
    ],
)
def test_after_a_case_that_named_no_episode_a_home_that_climbs_is_asked_about_if_it(
    calm_at: datetime | None, counts: bool
) -> None:
    file = lived((0, beat(Stage.QUIET, 7, at(0))), (5, beat(Stage.QUIET, 7, at(5))))
    (case,) = file.cases
    seen = Answers(case=case.id, answer=Answer.HANDLED, by="kim", outcome=Outcome.SEEN_WELL)
    for now, happening in (
        (at(60), seen),
        (at(95), beat(Stage.QUIET, 8, at(95), calm_at)),
        (at(100), beat(Stage.QUIET, 8, at(100))),
    ):
        file = decide(file, happening, times=TIMES, now=now).file
    assert (file.open_case(Family.WELFARE) is not None) is counts


def test_a_case_without_its_alert_rises_with_what_the_heartbeats_tell() -> None:
    file = lived(
        (0, beat(Stage.QUIET, 7, at(0))),
        (5, beat(Stage.QUIET, 7, at(5))),
        (30, beat(Stage.VISIT, 9, at(30))),
    )
    (case,) = file.cases
    assert (case.stage, case.missing) == (Stage.VISIT, 9)
