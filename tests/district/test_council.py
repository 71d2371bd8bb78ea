"""What the council is told of a month: counted from cases, without a name."""

import csv
import io

from tests.district.conftest import installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, placed

type Row = dict[str, str]


def exported(person: Person, month: str = "2026-11") -> dict[str, Row]:
    """The sheet by dong."""
    person.prove()
    answer = person.client.get("/council.csv", params={"month": month})
    assert answer.status_code == 200
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return {row["동"]: row for row in rows}


def home_in(moved: MovedDistrict, person: Person, dong: str) -> Kit:
    kit = installed(moved, person)
    placed(person, kit.household, dong)
    return kit


def visit(moved: MovedDistrict, kit: Kit) -> None:
    kit.send(kit.alert("visit", attributes={"time": now_text(moved.now)}))
    moved.pass_time(seconds=0)


def answer(person: Person, kit: Kit, word: str, outcome: str = "") -> None:
    case = person.case_of(kit.household)
    assert case is not None
    person.answer(case.id, word, outcome)


def test_a_month_is_counted_by_dong_and_in_all(moved: MovedDistrict, visitor: Person) -> None:
    first, second, third = (home_in(moved, visitor, dong) for dong in ("가동", "가동", "나동"))
    for kit in (first, second, third):
        visit(moved, kit)
    third.send(third.emergency())
    moved.pass_time(minutes=10)
    answer(visitor, first, "hold")
    moved.pass_time(minutes=20)
    answer(visitor, first, "handled", "seen_care")
    answer(visitor, second, "handled", "spoken_well")
    rows = exported(visitor)
    assert list(rows) == ["구 전체", "가동", "나동"]
    here = rows["가동"]
    assert (here["신호"], here["실제 위험"], here["이상 없음"], here["처리 중"]) == (
        "2",
        "1",
        "1",
        "0",
    )
    assert (here["담당까지 중앙값(분)"], here["담당까지 최장(분)"]) == ("20.0", "30.0")
    # a call from the office is no visit
    assert here["방문까지 중앙값(분)"] == "30.0"
    there = rows["나동"]
    assert (there["신호"], there["도움 요청"], there["처리 중"]) == ("2", "1", "2")
    assert there["담당까지 중앙값(분)"] == ""
    assert (rows["구 전체"]["신호"], rows["구 전체"]["도움 요청"]) == ("4", "1")


def test_what_ends_by_a_sign_of_life_was_neither_real_nor_false(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    alert = home.alert("quiet", attributes={"time": now_text(moved.now)})
    home.send(alert)
    home.send(home.resolved(alert["data"]["episode"]))
    row = exported(visitor)["동 미지정"]
    assert (row["신호"], row["저절로 해소"], row["실제 위험"], row["이상 없음"]) == (
        "1",
        "1",
        "0",
        "0",
    )


def test_a_home_at_which_nobody_opened_was_visited_and_is_still_open(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    visit(moved, home)
    moved.pass_time(minutes=15)
    answer(visitor, home, "handled", "nobody_opened")
    row = exported(visitor)["동 미지정"]
    assert (row["처리 중"], row["방문까지 중앙값(분)"]) == ("1", "15.0")


def test_a_home_that_is_not_heard_is_no_signal_of_a_person(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    moved.pass_time(hours=1)
    row = exported(visitor)["동 미지정"]
    assert (row["신호"], row["연락 두절 가구"]) == ("0", "1")


def test_a_month_begins_and_ends_where_the_district_is(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    moved.clock.moment = moved.now.replace(month=11, day=30, hour=15, minute=1)
    visit(moved, home)
    assert exported(visitor, "2026-11")["구 전체"]["신호"] == "0"
    assert exported(visitor, "2026-12")["구 전체"]["신호"] == "1"
    assert visitor.client.get("/council?month=2026-13").status_code == 404


def test_the_sheet_names_nobody_and_the_export_is_written_down(
    moved: MovedDistrict, visitor: Person
) -> None:
    kit = home_in(moved, visitor, "=cmd()")
    visit(moved, kit)
    visitor.prove()
    sheet = visitor.client.get("/council.csv").content.decode("utf-8-sig")
    assert kit.household not in sheet
    assert "김" not in sheet
    assert "'=cmd()" in sheet
    assert "council 2026-11" in visitor.page("/audit").text
    assert "=cmd()" in visitor.page("/council").text
