"""Somebody asks to be erased: what is in the way, what goes, what stays, who may."""

import sqlite3

import pytest

from anshim_district.forgetting import erasing
from anshim_district.storage.migrate import metadata
from tests.district.support.erasing import (
    at,
    close_case,
    erase,
    erased,
    figures,
    kept_files,
    leave,
    lived_in,
    rows_with,
)
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person


@pytest.fixture
def lived(moved: MovedDistrict, visitor: Person, home: Kit) -> Kit:
    lived_in(moved, visitor, home)
    return home


def named(kit: Kit) -> tuple[str, str, str]:
    return kit.household.removeprefix("h-"), kit.id, kit.kid


def test_what_is_missing_is_said_step_by_step_and_nothing_is_erased_before(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    lived.send(lived.alert("quiet", attributes=at(moved)))
    visitor.prove()
    path = f"/homes/{lived.household}/erase"
    shown = visitor.page(path).text
    for told in ("열린 건이 있습니다", "동의 철회를 먼저", "장비가 아직 이 집에", "조금 전까지"):
        assert told in shown
    assert "영구히 지우기" not in shown
    assert erase(visitor, lived.household).status_code == 409
    close_case(visitor, lived)
    leave(moved, visitor, lived)
    visitor.prove()
    assert "먼저 할 일" not in visitor.page(path).text
    assert "김영순" in visitor.page(f"/homes/{lived.household}").text


def test_an_erased_person_is_nowhere_any_more(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    said = lived.signed(lived.alert("quiet", attributes=at(moved)))
    lived.send(said)
    close_case(visitor, lived)
    leave(moved, visitor, lived)
    assert said.encode() in kept_files(moved)
    done = erase(visitor, lived.household)
    assert "지웠습니다" in done.text
    for path in ("", "/resident", "/card", "/erase"):
        assert visitor.client.get(f"/homes/{lived.household}{path}").status_code == 404
    assert "/homes/h-" not in visitor.client.get("/homes", params={"q": "김영순"}).text
    assert said.encode() not in kept_files(moved)
    left = rows_with(moved, *named(lived))
    # the chain that shows consent and withdrawal; the kit's key; the sticker of a kit in stock
    assert left == {"consents": 2, "erased_kits": 1, "items": 1}
    assert "온전합니다" in visitor.page("/audit").text


def test_the_months_figures_stay_as_they_were(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    leave(moved, visitor, lived)
    before = figures(visitor)
    assert [row["동"] for row in before] == ["구 전체", "문안동"]
    assert before[0]["신호"] == "1"
    erase(visitor, lived.household)
    assert figures(visitor) == before


def test_the_auditor_reads_who_erased_and_the_sheet_names_no_home_that_is_gone(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    leave(moved, visitor, lived)
    erase(visitor, lived.household, asked_by="guardian")
    shown = visitor.page("/audit").text
    assert "보호자 (사망 후)" in shown
    assert "이 달에 지운 가구가 없습니다" not in shown
    sheet = visitor.client.get("/audit.csv").content.decode("utf-8-sig")
    assert not any(name in sheet for name in named(lived))
    lines = [line.split(",") for line in sheet.splitlines()]
    (mark,) = {subject for *_, what, subject in lines if what == "erased"}
    # who looked at the home before is still to be seen, and that it was one and the same
    looked = {what for *_, what, subject in lines if subject.strip() == mark.strip()}
    assert looked >= {"home", "case", "resident", "erase_page"}
    assert "이 달에 지운 가구가 없습니다" in visitor.page("/audit?month=2026-10").text


def test_a_button_pressed_by_mistake_erases_nobody(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    leave(moved, visitor, lived)
    for wrong in ({"typed": "h-another00"}, {"asked_by": ""}, {"asked_by": "neighbour"}):
        answer = erase(visitor, lived.household, **wrong)
        assert answer.status_code == 400
        assert "아무것도 지우지 않았습니다" in answer.text
    moved.pass_time(minutes=6)
    token = visitor.page("/account").tokens[0]
    fields = {"csrf": token, "asked_by": "resident", "household": lived.household}
    unproved = visitor.client.post(f"/homes/{lived.household}/erase", data=fields)
    assert unproved.headers["Location"].startswith("/prove")
    assert "김영순" in visitor.page(f"/homes/{lived.household}").text


def test_the_pseudonym_is_nobodys_any_more(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    erased(moved, visitor, home)
    token = visitor.page("/homes/new").tokens[0]
    fields = {"csrf": token, "household": home.household}
    refused = visitor.client.post("/homes/new", data=fields)
    assert refused.status_code == 400
    assert "기록을 지운 가구의 번호" in refused.text
    visitor.prove()
    token = visitor.page("/homes/import").tokens[0]
    rows = f"이름,주소,동,가구번호\n박순자,문안로 2,문안동,{home.household}\n"
    report = visitor.client.post(
        "/homes/import",
        data={"csrf": token, "what": "import"},
        files={"list": ("list.csv", rows.encode(), "text/csv")},
    )
    assert "기록을 지운 가구의 번호" in report.text
    assert rows_with(moved, home.household).keys() == {"consents"}


def test_what_the_database_refuses_to_erase_is_not_erased_by_the_next_start_either(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    leave(moved, visitor, lived)
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        database.execute(
            "CREATE TRIGGER stuck BEFORE DELETE ON kits BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    assert erase(visitor, lived.household).status_code == 503
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        database.execute("DROP TRIGGER stuck")
    moved.close()
    again = MovedDistrict(data=moved.data, clock=moved.clock)
    person = Person(client=again.client())
    person.log_in()
    assert "김영순" in person.page(f"/homes/{lived.household}").text
    assert erase(person, lived.household).status_code == 200
    again.close()


def test_no_table_that_names_a_home_or_its_kit_is_left_out() -> None:
    """Whoever adds one says in `forgetting.erasing` what an erasure does with it."""
    deleted = {*erasing._OF_HOMES, *erasing._OF_KITS}
    elsewhere = {"households", "kits", "residents", "resident_marks", "consents", "items"}
    # keys without a home: by them a late word is known
    left = {"erased_kits"}
    for table in metadata.sorted_tables:
        if {"household", "kit"} & set(table.c.keys()):
            assert table in deleted or table.name in elsewhere | left, table.name
