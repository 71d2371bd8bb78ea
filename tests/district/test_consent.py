"""What was agreed to and taken back, and what follows of it."""

from datetime import timedelta
import sqlite3

import pytest

from anshim_district.registry import consent
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.test_silence import another_kit


def say(person: Person, home: Kit, state: str, **more: str) -> int:
    token = person.page(f"/homes/{home.household}").tokens[0]
    fields = {"csrf": token, "state": state, "signed_by": "김영순", "text_version": "2026-1"}
    path = f"/homes/{home.household}/consent"
    return person.client.post(path, data=fields | more).status_code


def told(moved: MovedDistrict, home: Kit, state: str, **more: object) -> dict[str, object]:
    data = {
        "state": state,
        "recorded_by": "resident",
        "at": now_text(moved.now),
        "text_version": "2026-1",
        "items": ["life_signs"],
    }
    return home.decided("consent", data | more, time=now_text(moved.now))


def kept(moved: MovedDistrict, kind: str) -> list[str]:
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        rows = database.execute("SELECT jws FROM events WHERE kind = ?", [kind]).fetchall()
    return [jws for (jws,) in rows]


def test_after_a_withdrawal_only_a_call_for_help_is_taken_in(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    say(visitor, home, "given")
    home.beat()
    assert say(visitor, home, "withdrawn") == 303
    quiet = home.send(home.alert("quiet", attributes={"time": now_text(moved.now)}))[0]
    assert (quiet.status, quiet.reason) == ("durable", "consent_withdrawn")
    assert visitor.case_of(home.household) is None
    assert kept(moved, "quiet") == [""]
    home.send(home.emergency(attributes={"time": now_text(moved.now)}))
    case = visitor.case_of(home.household)
    assert case is not None
    assert case.family == "emergency"
    assert "도움 요청만 받고" in visitor.page(f"/homes/{home.household}").text


def test_after_a_withdrawal_nobody_is_told_that_the_home_is_not_heard_and_no_condition_is_kept(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    say(visitor, home, "withdrawn")
    home.beat()
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        assert database.execute("SELECT condition, due FROM pulses").fetchall() == [(None, None)]
    moved.pass_time(days=3)
    assert visitor.board() == []


def test_a_home_that_agrees_again_is_watched_again(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    say(visitor, home, "withdrawn")
    moved.pass_time(minutes=1)
    say(visitor, home, "given")
    home.beat()
    moved.pass_time(minutes=16)
    assert [case.family for case in visitor.board()] == ["silent"]


def test_a_home_that_dies_right_after_it_agreed_is_missed_in_a_quarter_of_an_hour(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    """Before its first heartbeat: it is no kit that still lies in its box."""
    home.beat(home=None, ha="never")
    moved.pass_time(hours=2)
    home.send(told(moved, home, "given"))
    moved.pass_time(minutes=14)
    assert visitor.board() == []
    moved.pass_time(minutes=1)
    assert [case.family for case in visitor.board()] == ["silent"]


def test_a_home_that_agrees_again_itself_is_missed_from_then_on(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.send(told(moved, home, "withdrawn"))
    moved.pass_time(hours=2)
    home.send(told(moved, home, "given"))
    moved.pass_time(minutes=15)
    assert [case.family for case in visitor.board()] == ["silent"]


def test_a_home_that_agrees_through_its_old_kit_leaves_the_new_one_its_day(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    another_kit(moved, visitor, home)
    home.send(told(moved, home, "given"))
    for _ in range(6):
        moved.pass_time(minutes=5)
        home.beat()
    assert visitor.board() == []


def test_a_withdrawal_at_home_counts_here_and_an_older_consent_that_comes_late_does_not_undo_it(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    early = told(moved, home, "given")
    moved.pass_time(minutes=5)
    home.send(told(moved, home, "withdrawn"))
    home.send(early)
    assert home.send(home.alert("quiet"))[0].reason == "consent_withdrawn"
    assert "동의를 철회한 가구" in visitor.page(f"/homes/{home.household}").text


def test_a_line_of_the_ledger_that_was_changed_is_found(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    for state in ("given", "withdrawn", "given"):
        moved.pass_time(minutes=1)
        say(visitor, home, state)
    assert broken(moved) is None
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        database.execute("UPDATE consents SET state = 'given' WHERE n = 2")
    assert broken(moved) == 2


def test_content_can_be_erased_and_the_chain_still_holds(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    say(visitor, home, "given", sensitive="1")
    assert "민감정보" in visitor.page(f"/homes/{home.household}").text
    moved.service.database.write_now(lambda c, _: consent.erase(c, home.household))
    assert broken(moved) is None
    assert "내용 파기됨" in visitor.page(f"/homes/{home.household}").text


def test_a_consent_names_its_text_and_who_signed(visitor: Person, home: Kit) -> None:
    assert say(visitor, home, "given", text_version="") == 400
    assert say(visitor, home, "given", signed_by=" ") == 400
    assert say(visitor, home, "moonlight") == 400
    assert say(visitor, home, "given", at="2026-99-01") == 400


def broken(moved: MovedDistrict) -> int | None:
    vault = moved.service.keeper.vault
    return moved.service.database.write_now(lambda c, _: consent.first_broken(c, vault))


def test_a_consent_given_again_on_the_day_of_the_withdrawal_counts(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    say(visitor, home, "withdrawn")
    moved.pass_time(minutes=1)
    say(visitor, home, "given", at=moved.now.date().isoformat())
    home.beat()
    sent = home.send(home.alert("quiet", attributes={"time": now_text(moved.now)}))[0]
    assert sent.reason is None
    assert visitor.case_of(home.household) is not None


def test_a_paper_from_the_day_before_the_withdrawal_does_not_undo_it(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    say(visitor, home, "withdrawn")
    moved.pass_time(minutes=1)
    yesterday = moved.now.date() - timedelta(days=1)
    say(visitor, home, "given", at=yesterday.isoformat())
    assert home.send(home.alert("quiet"))[0].reason == "consent_withdrawn"


def test_a_home_that_agreed_again_and_is_never_heard_is_missed_within_a_day(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    say(visitor, home, "withdrawn")
    moved.pass_time(minutes=1)
    say(visitor, home, "given")
    moved.pass_time(hours=23)
    assert visitor.board() == []
    moved.pass_time(hours=1)
    assert [case.family for case in visitor.board()] == ["silent"]


def test_a_consent_on_paper_does_not_put_the_silence_of_a_watched_home_off(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    say(visitor, home, "given")
    moved.pass_time(minutes=15)
    assert [case.family for case in visitor.board()] == ["silent"]


@pytest.mark.parametrize("where", ["console", "home"])
def test_whoever_withdraws_while_the_home_is_silent_is_not_asked_about(
    moved: MovedDistrict, visitor: Person, home: Kit, where: str
) -> None:
    home.beat()
    moved.pass_time(minutes=16)
    assert [case.family for case in visitor.board()] == ["silent"]
    if where == "console":
        say(visitor, home, "withdrawn")
    else:
        home.send(told(moved, home, "withdrawn"))
    assert visitor.board() == []
    moved.pass_time(hours=7)
    assert visitor.board() == []
    assert "신호를 더 이상 기다리지 않음" in visitor.page(f"/homes/{home.household}").text
