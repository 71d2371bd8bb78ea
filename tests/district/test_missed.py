"""Homes that must not slip out of sight: a wrong clock, a damaged record, a stuck alert."""

from datetime import UTC, datetime, timedelta
import sqlite3

from tests.district.conftest import installed
from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.test_silence import stage_of


def at(moved: MovedDistrict) -> Json:
    return {"time": now_text(moved.now)}


def families(visitor: Person) -> list[str]:
    return [case.family for case in visitor.board()]


def test_a_home_whose_last_heartbeat_cannot_be_read_is_missed_and_keeps_no_other_waiting(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    other = installed(moved, visitor)
    home.beat()
    other.beat()
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        database.execute(
            "UPDATE pulses SET condition = ? WHERE household = ?",
            [b'{"home":{"stage":"calm"}}', home.household],
        )
    other.send(other.alert("quiet", attributes=at(moved)))
    moved.pass_time(minutes=46)
    assert stage_of(visitor, other) == "방문 필요"
    assert stage_of(visitor, home, "silent") == "신호 없음"
    moved.pass_time(hours=6)
    assert stage_of(visitor, home) == "상태 모름 · 전화 확인"


def test_a_home_that_spoke_once_and_died_is_missed_and_asked_about_like_any(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """Whenever that was in the day of its installation."""
    home.beat(home=None, ha="never")
    moved.pass_time(hours=3)
    home.beat()
    moved.pass_time(minutes=14)
    assert visitor.board() == []
    moved.pass_time(minutes=1)
    assert stage_of(visitor, home, "silent") == "신호 없음"
    moved.pass_time(hours=6)
    assert stage_of(visitor, home) == "상태 모름 · 전화 확인"


def test_a_relay_alone_behind_an_unreadable_heartbeat_is_still_answered(
    moved: MovedDistrict, home: Kit
) -> None:
    home.beat()
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        database.execute("UPDATE pulses SET condition = 'x'")
    assert home.beat(home=None, ha="never").status_code == 200


def test_a_home_is_missed_after_the_district_clock_ran_ahead_for_a_moment(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    moved.clock.moment += timedelta(days=3650)
    home.hello()
    home.beat()
    moved.clock.moment -= timedelta(days=3650)
    home.hello()
    home.beat()
    moved.pass_time(minutes=16)
    assert families(visitor) == ["silent"]


def test_a_home_that_dies_while_the_district_clock_is_ahead_is_missed(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    moved.clock.moment += timedelta(days=3650)
    home.hello()
    home.beat()
    moved.clock.moment -= timedelta(days=3650)
    moved.pass_time(minutes=5)
    moved.pass_time(minutes=16)
    assert families(visitor) == ["silent"]


def test_a_hold_taken_while_the_district_clock_was_ahead_ends_after_half_an_hour(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.send(home.alert("visit", attributes=at(moved)))
    moved.clock.moment += timedelta(days=3650)
    visitor.log_in()
    case = visitor.case_of(home.household)
    assert case is not None
    visitor.answer(case.id, "hold")
    moved.clock.moment -= timedelta(days=3650)
    for _ in range(7):
        moved.pass_time(minutes=5)
        home.hello()
        home.beat()
    found = visitor.case_of(home.household)
    assert found is not None
    assert found.standing == "free"


def test_a_district_that_starts_without_a_clock_takes_no_living_home_for_silent(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.send(home.alert("quiet", attributes=at(moved)))
    real = moved.now
    moved.clock.moment = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    moved.pass_time(minutes=1)
    home.beat()
    moved.clock.moment = real
    moved.pass_time(minutes=5)
    assert stage_of(visitor, home, "silent") is None
    assert stage_of(visitor, home) == "움직임 없음"


def test_what_is_said_while_a_step_waits_for_its_turn_keeps_its_deadline(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """Else a step would find more of it for as long as homes speak, and never end."""
    home.send(home.alert("quiet", attributes=at(moved)))
    said = moved.now
    moved.clock.moment -= timedelta(seconds=5)
    assert moved.pass_time() == said + timedelta(minutes=15)
    moved.clock.moment = said + timedelta(minutes=15, seconds=-1)
    moved.pass_time()
    assert stage_of(visitor, home) == "움직임 없음"
