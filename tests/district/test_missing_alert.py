"""Heartbeats pass and the alert does not: what is stuck at a home is seen all the same."""

from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, Shown


def at(moved: MovedDistrict) -> Json:
    return {"time": now_text(moved.now)}


def welfare(visitor: Person) -> list[Shown]:
    return [case for case in visitor.board() if case.family == "welfare"]


def beats_for(moved: MovedDistrict, home: Kit, minutes: int, **condition: object) -> None:
    for _ in range(minutes // 5):
        moved.pass_time(minutes=5)
        assert home.beat(home=home.condition(**condition)).status_code == 200


def stuck_quiet(moved: MovedDistrict, home: Kit) -> Json:
    """The home is quiet, and what it says of that stays with its relay."""
    home.beat()
    stuck = home.alert("quiet", attributes=at(moved))
    beats_for(moved, home, 10, stage="quiet", near=True)
    return stuck


def test_an_alert_stuck_at_home_is_a_case_that_says_so(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    stuck_quiet(moved, home)
    (case,) = welfare(visitor)
    assert "상태 모름" in case.text
    assert "알림 없이 상태 신호로만 알게 됨" in visitor.page(f"/cases/{case.id}").text


def test_one_heartbeat_alone_or_two_at_once_open_nothing(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.alert("quiet", attributes=at(moved))
    moved.pass_time(minutes=5)
    home.beat(home=home.condition(stage="quiet", near=True))
    moved.pass_time(minutes=1)
    home.beat(home=home.condition(stage="quiet", near=True))
    assert welfare(visitor) == []


def test_a_relay_that_repeats_the_last_word_of_a_dead_home_is_heard_as_one(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.alert("quiet", attributes=at(moved))
    quiet = home.condition(stage="quiet", near=True)
    home.beat(home=quiet)
    moved.pass_time(minutes=5)
    home.beat(home=quiet, home_age_s=300, ha="silent")
    assert welfare(visitor) == []


def test_the_alert_that_comes_at_last_joins_its_case_and_its_end_ends_it(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    stuck = stuck_quiet(moved, home)
    (case,) = welfare(visitor)
    assert home.send(stuck)[0].status == "durable"
    assert [one.id for one in welfare(visitor)] == [case.id]
    visitor.answer(case.id, "hold")
    answer = home.listen()[-1]["data"]["answers"]
    assert (answer["episode"], answer["id"]) == (1, stuck["id"])
    home.send(home.resolved(1, **at(moved)))
    assert welfare(visitor) == []


def test_nobody_is_asked_about_a_home_that_somebody_has_just_seen(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    stuck_quiet(moved, home)
    visitor.answer(welfare(visitor)[0].id, "handled", "seen_well")
    home.version += 1  # trouble, say
    beats_for(moved, home, 235, stage="quiet", near=True)
    assert welfare(visitor) == []
    beats_for(moved, home, 10, stage="quiet", near=True)
    assert len(welfare(visitor)) == 1


def test_a_home_that_has_heard_of_the_answer_is_asked_about_again_at_its_next_silence(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.send(home.alert("visit", attributes=at(moved)))
    visitor.answer(welfare(visitor)[0].id, "handled", "seen_well")
    home.send(home.resolved(1, "staff", **at(moved)))
    beats_for(moved, home, 60)
    stuck_quiet(moved, home)
    assert len(welfare(visitor)) == 1


def test_a_home_that_was_calm_after_somebody_was_seen_is_asked_about_at_its_next_silence(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """The district had opened the case by itself: no word of the home's says that it is over."""
    stuck_quiet(moved, home)
    visitor.answer(welfare(visitor)[0].id, "handled", "seen_well")
    beats_for(moved, home, 30)
    assert welfare(visitor) == []
    stuck_quiet(moved, home)
    assert len(welfare(visitor)) == 1


def test_the_answer_reaches_the_home_when_its_alert_comes_after_the_case_was_closed(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    stuck = stuck_quiet(moved, home)
    answered = moved.now
    visitor.answer(welfare(visitor)[0].id, "handled", "seen_well")
    beats_for(moved, home, 120)
    home.send(stuck)
    assert welfare(visitor) == []
    receipt = home.listen()[-1]
    assert receipt["type"].split(".")[3] == "receipt"
    assert (receipt["time"], receipt["data"]["answers"]["episode"]) == (now_text(answered), 1)


def test_a_call_for_help_stuck_at_home_is_an_emergency(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    stuck = home.emergency(attributes=at(moved))
    beats_for(moved, home, 10, stage="emergency", near=True)
    (case,) = [case for case in visitor.board() if case.family == "emergency"]
    visitor.answer(case.id, "hold")
    home.send(stuck)
    (same,) = [one for one in visitor.board() if one.family == "emergency"]
    assert (same.id, same.standing) == (case.id, "held")


def test_without_consent_or_after_its_withdrawal_no_heartbeat_opens_a_case(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.alert("quiet", attributes=at(moved))
    beats_for(moved, home, 15, stage="quiet", near=True, service="no_consent")
    assert welfare(visitor) == []
