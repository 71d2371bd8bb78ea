"""Time passes: the district's own clock, and homes that are not heard any more."""

from datetime import timedelta
import re
import sqlite3

import pytest

from tests.district.conftest import Make, installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import until


def at(moved: MovedDistrict) -> dict[str, str]:
    return {"time": now_text(moved.now)}


def stage_of(visitor: Person, home: Kit, family: str = "welfare") -> str | None:
    found = [c for c in visitor.board() if home.household in c.text and c.family == family]
    if not found:
        return None
    return next(s for s in STAGES if re.search(s, found[0].text))


STAGES = [
    "도움 요청",
    "움직임 없음",
    "상태 모름 · 전화 확인",
    "전화 확인",
    "방문 필요",
    "신호 없음",
    "점검 필요",
]


def test_after_the_first_quiet_the_district_goes_on_by_itself(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("quiet", attributes=at(moved)))
    assert stage_of(visitor, home) == "움직임 없음"
    due = moved.pass_time(minutes=14)
    assert stage_of(visitor, home) == "움직임 없음"
    assert due == moved.now + timedelta(minutes=1)
    moved.pass_time(minutes=1)
    assert stage_of(visitor, home) == "전화 확인"
    moved.pass_time(minutes=30)
    assert stage_of(visitor, home) == "방문 필요"


def test_a_quiet_that_was_hours_on_its_way_is_a_visit_at_once(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    before = now_text(moved.now - timedelta(hours=5))
    home.send(home.alert("quiet", attributes={"time": before}))
    assert stage_of(visitor, home) == "방문 필요"


def test_a_clock_that_runs_ahead_puts_nothing_off(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    ahead = now_text(moved.now + timedelta(days=2000))
    home.send(home.alert("quiet", attributes={"time": ahead}))
    moved.pass_time(minutes=15)
    assert stage_of(visitor, home) == "전화 확인"


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:01Z", None])
def test_a_clock_from_long_ago_or_none_does_not_keep_an_alert_out(
    moved: MovedDistrict, visitor: Person, home: Kit, time: str | None
) -> None:
    event = home.alert("quiet", attributes={"time": time})
    home.send({name: value for name, value in event.items() if value is not None})
    assert stage_of(visitor, home) in {"움직임 없음", "방문 필요"}
    assert home.household in visitor.page(f"/homes/{home.household}").text


def test_a_later_word_of_the_episode_brings_the_visit_nearer(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("quiet", attributes=at(moved)))
    moved.pass_time(minutes=5)
    home.send(home.alert("knock", episode=1, rungs={"visit_in_s": 600}, attributes=at(moved)))
    moved.pass_time(minutes=10)
    assert stage_of(visitor, home) == "방문 필요"


@pytest.mark.parametrize("microseconds", [400, 600, 999])
def test_at_a_deadline_between_two_milliseconds_the_district_moves_on_once(
    moved: MovedDistrict, visitor: Person, home: Kit, microseconds: int
) -> None:
    """Neither for ever at it, nor past it."""
    home.send(home.alert("visit", attributes=at(moved)))
    moved.clock.moment += timedelta(microseconds=microseconds)
    visitor.answer(visitor.board()[0].id, "hold")
    exact = moved.now + timedelta(minutes=30)
    moved.clock.moment = exact - timedelta(microseconds=microseconds)
    due = moved.pass_time()
    assert due is not None
    assert visitor.board()[0].standing == "held"
    assert exact <= due < exact + timedelta(milliseconds=1)
    moved.clock.moment = due
    moved.pass_time()
    assert visitor.board()[0].standing == "free"


def test_a_hold_dies_after_half_an_hour_and_is_said_again(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("visit", attributes=at(moved)))
    case = visitor.case_of(home.household)
    assert case is not None
    visitor.answer(case.id, "hold")
    moved.pass_time(minutes=29)
    assert [c.standing for c in visitor.board()] == ["held"]
    moved.pass_time(minutes=1)
    assert [c.standing for c in visitor.board()] == ["free"]
    assert home.listen()[-1]["data"]["state"] == "again"


@pytest.mark.parametrize(("kind", "minutes"), [("visit", 240), ("emergency", 30)])
def test_what_was_handled_without_anybody_seen_comes_back(
    moved: MovedDistrict, visitor: Person, home: Kit, kind: str, minutes: int
) -> None:
    said = home.emergency if kind == "emergency" else home.alert
    home.send(said(**({} if kind == "emergency" else {"kind": kind}), attributes=at(moved)))
    case = visitor.case_of(home.household)
    assert case is not None
    visitor.answer(case.id, "handled", "not_reached")
    moved.pass_time(minutes=minutes - 1)
    assert [c.standing for c in visitor.board()] == ["resting"]
    moved.pass_time(minutes=1)
    assert [c.standing for c in visitor.board()] == ["free"]


def test_an_emergency_that_nobody_takes_is_said_again_and_again(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.emergency(attributes=at(moved)))
    for _ in range(3):
        moved.pass_time(minutes=5)
    assert [m["data"]["state"] for m in home.listen()] == ["opened", "again", "again", "again"]


def test_a_home_that_misses_three_heartbeats_is_a_case_until_it_is_heard_again(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    assert home.beat().status_code == 200
    moved.pass_time(minutes=14)
    assert visitor.board() == []
    moved.pass_time(minutes=1)
    assert stage_of(visitor, home, "silent") == "신호 없음"
    assert "끊김" in visitor.page("/homes").text
    home.beat()
    assert visitor.board() == []


def test_a_silence_is_shown_at_once_and_asks_nothing_of_anybody_for_an_hour(
    moved: MovedDistrict, visitor: Person
) -> None:
    """The newest is last: most come back by themselves."""
    homes = [installed(moved, visitor) for _ in range(2)]
    for home in homes:
        home.beat()
        moved.pass_time(minutes=70)
    asks, waits = visitor.board()
    assert homes[0].household in asks.text
    assert "통신과 전원을 확인하세요" in asks.text
    assert homes[1].household in waits.text
    assert "까지는 그대로 두어도 됩니다" in waits.text
    assert "까지는 그대로 두어도 됩니다" in visitor.page(f"/cases/{waits.id}").text


def test_home_assistant_dead_behind_a_living_relay_is_a_silent_home(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    condition = home.condition()
    for minutes in range(5, 20, 5):
        moved.pass_time(minutes=5)
        home.beat(home=condition, home_age_s=minutes * 60, ha="silent")
    moved.pass_time(seconds=1)
    assert stage_of(visitor, home, "silent") == "신호 없음"


def test_a_relay_that_restarts_beside_a_dead_home_assistant_hides_nothing(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    for _ in range(3):
        moved.pass_time(minutes=5)
        home.beat(home=None, ha="never")
    moved.pass_time(seconds=1)
    assert stage_of(visitor, home, "silent") == "신호 없음"


def test_a_silence_near_the_ceiling_is_a_welfare_case_at_once(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat(home=home.condition(near=True))
    moved.pass_time(minutes=15)
    assert stage_of(visitor, home) == "상태 모름 · 전화 확인"


def test_a_long_silence_becomes_a_welfare_case_after_six_hours_or_half_the_limit(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat(home=home.condition(limit_h=8))
    moved.pass_time(minutes=15)
    moved.pass_time(hours=3, minutes=44)
    assert stage_of(visitor, home) is None
    moved.pass_time(minutes=1)
    assert stage_of(visitor, home) == "상태 모름 · 전화 확인"
    home.beat()
    assert stage_of(visitor, home) == "상태 모름 · 전화 확인"


def test_an_end_from_before_the_silence_does_not_answer_the_question_it_raised(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    quiet = home.alert("quiet", attributes=at(moved))
    over = home.resolved(1, time=now_text(moved.now + timedelta(minutes=5)))
    moved.pass_time(minutes=15)
    moved.pass_time(hours=6)
    home.beat()
    home.send(quiet, over)
    assert stage_of(visitor, home) is not None
    home.send(home.alert("quiet", attributes=at(moved)), home.resolved(3, time=now_text(moved.now)))
    assert stage_of(visitor, home) is None


def test_without_consent_a_silence_stays_technical(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat(home=home.condition(service="no_consent"))
    moved.pass_time(hours=20)
    assert stage_of(visitor, home, "silent") == "신호 없음"
    assert stage_of(visitor, home) is None


def test_a_kit_waits_a_day_for_its_installation(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat(home=None, ha="never")
    moved.pass_time(hours=23)
    assert visitor.board() == []
    moved.pass_time(hours=1)
    assert stage_of(visitor, home, "silent") == "신호 없음"


def another_kit(moved: MovedDistrict, visitor: Person, home: Kit) -> Kit:
    """Enrolled for the same home, as when a relay is exchanged."""
    newer = Kit(client=moved.client())
    newer.enrol(visitor.new_code(home.household))
    newer.hello()
    return newer


def test_a_home_whose_new_kit_was_never_installed_is_still_missed_and_asked_about(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    another_kit(moved, visitor, home)
    moved.pass_time(minutes=5)
    home.beat()
    moved.pass_time(minutes=15)
    assert stage_of(visitor, home, "silent") == "신호 없음"
    moved.pass_time(hours=6)
    assert stage_of(visitor, home) == "상태 모름 · 전화 확인"


def test_a_home_that_speaks_through_its_new_kit_is_no_longer_missed_behind_the_old_one(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    newer = another_kit(moved, visitor, home)
    newer.beat(home=None, ha="never")
    moved.pass_time(minutes=15)
    assert stage_of(visitor, home, "silent") == "신호 없음"
    newer.beat()
    assert visitor.board() == []
    for _ in range(4):
        moved.pass_time(minutes=5)
        newer.beat()
    home.beat()
    moved.pass_time(minutes=14)
    assert visitor.board() == []
    moved.pass_time(minutes=1)
    assert stage_of(visitor, home, "silent") == "신호 없음"


def test_the_silence_of_a_kit_that_was_never_installed_ends_with_its_successor(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    moved.pass_time(hours=24)
    assert stage_of(visitor, home, "silent") == "신호 없음"
    newer = another_kit(moved, visitor, home)
    newer.beat()
    assert visitor.board() == []


def test_a_short_limit_is_listened_to_more_often(home: Kit) -> None:
    assert home.beat().json()["heartbeat_seconds"] == 300
    assert home.beat(home=home.condition(limit_h=0.5)).json()["heartbeat_seconds"] == 150


def test_a_gap_in_the_sequence_is_trouble_when_it_stays_for_a_heartbeat(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    lost = home.decided("drill", {"drill": "d", "stage": "quiet", "state": "running"})
    home.send(home.decided("drill", {"drill": "d", "stage": "knock", "state": "running"}))
    home.beat()
    assert visitor.board() == []
    home.beat()
    assert "빠진 수신 있음" in visitor.board()[0].text
    home.send(lost)
    home.beat()
    assert visitor.board() == []


def test_copies_and_restored_backups_of_a_kit_are_told_and_still_heard(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.hello(home.hello_event(instance="f" * 32))
    assert "같은 키가 두 곳에서 쓰임" in visitor.board()[0].text
    first = home.epoch
    home.epoch = "second"
    home.hello()
    assert "중계기가 복원됨" in visitor.board()[0].text
    home.epoch = first
    home.hello()
    assert "중계기 기록이 과거로 돌아감" in visitor.board()[0].text
    assert home.send(home.emergency())[0].status == "durable"


def test_a_recorded_hello_is_refused_when_it_comes_late(moved: MovedDistrict, home: Kit) -> None:
    said = home.hello_event()
    home.hello(said)
    home.hello(said)
    moved.clock.moment += timedelta(minutes=3)
    answer = home.client.post("/v1/hello", json={"hello": home.signed(said)})
    assert answer.status_code == 401


def test_a_session_ends(moved: MovedDistrict, home: Kit) -> None:
    moved.clock.moment += timedelta(hours=24)
    assert home.beat().json()["type"] == "urn:anshim:problem:session-unknown"


def test_a_real_district_notices_a_silent_home_by_itself(make: Make) -> None:
    district = make(heartbeat_seconds=15)
    district.start()
    person = Person(client=district.client())
    person.log_in()
    kit = installed(district, person)
    # 43 of the 45 seconds that three heartbeats take have passed when this one arrives
    kit.beat(home=kit.condition(near=True), home_age_s=43)

    def families() -> set[str]:
        return {case.family for case in person.board()}

    until(lambda: families() == {"silent", "welfare"}, what="the silent home", within=20)


def test_a_home_whose_record_is_damaged_keeps_no_other_home_waiting(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    other = installed(moved, visitor)
    home.send(home.alert("quiet", attributes=at(moved)))
    other.send(other.alert("quiet", attributes=at(moved)))
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        database.execute("UPDATE cases SET state = 'x' WHERE household = ?", [home.household])
    moved.pass_time(minutes=15)
    assert [m["data"]["state"] for m in other.listen()] == ["opened", "raised"]
    sent = home.send(home.emergency(attributes=at(moved)))[0]
    assert (sent.status, sent.reason) == ("quarantined", "internal")
    assert other.send(other.emergency(attributes=at(moved)))[0].status == "durable"
    assert "서버가 처리하지 못함" in visitor.page("/quarantine").text


def test_a_restored_district_goes_on_above_the_counter_that_a_kit_has_seen(
    moved: MovedDistrict, home: Kit
) -> None:
    home.listen(after=500)
    home.send(home.emergency(attributes=at(moved)))
    assert [m["counter"] for m in home.listen(after=500)] == [501]
