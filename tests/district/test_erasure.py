"""Somebody asks to be erased: what is in the way, what goes, what stays, what comes late."""

import csv
import io
import re
import sqlite3

import httpx
import pytest

from tests.district.conftest import installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.test_consent import say
from tests.district.test_registry import write

NAMES = ("김영순", "시험구 문안로 12", "01023456789", "김철수", "#1234")


def at(moved: MovedDistrict) -> dict[str, str]:
    return {"time": now_text(moved.now)}


def items_collected(person: Person, household: str, because: str = "returned") -> None:
    """Everything that stands at the home, by the technician's page."""
    page = person.client.get("/items").text
    for item in set(re.findall(r'action="[^"]*/items/(i-[0-9a-f]+)"', page)):
        token = person.page("/items").tokens[0]
        fields = {"csrf": token, "what": "release", "because": because}
        person.client.post(f"/items/{item}", data=fields)


def leave(moved: MovedDistrict, person: Person, kit: Kit) -> None:
    """All that is done before somebody is erased."""
    say(person, kit, "withdrawn")
    items_collected(person, kit.household)
    moved.pass_time(hours=2)


def erase(person: Person, household: str, **changes: str) -> httpx.Response:
    person.prove()
    token = person.page(f"/homes/{household}/erase").tokens[0]
    fields = {"csrf": token, "asked_by": "resident", "household": household} | changes
    return person.client.post(f"/homes/{household}/erase", data=fields)


def steps(person: Person, household: str) -> str:
    person.prove()
    return person.page(f"/homes/{household}/erase").text


def on_disk(moved: MovedDistrict) -> bytes:
    files = (path for path in moved.data.iterdir() if path.name.startswith("district."))
    return b"".join(path.read_bytes() for path in files)


@pytest.fixture
def lived(moved: MovedDistrict, visitor: Person) -> Kit:
    """A home with a resident and a history: a visit that was made, a consent, looks."""
    kit = installed(moved, visitor)
    write(visitor, kit.household)
    say(visitor, kit, "given", telephone="1")
    kit.beat()
    kit.send(kit.alert("visit", attributes=at(moved)))
    moved.pass_time(minutes=10)
    case = visitor.case_of(kit.household)
    assert case is not None
    visitor.page(f"/cases/{case.id}")
    visitor.answer(case.id, "handled", "seen_well")
    return kit


def test_what_is_missing_is_said_step_by_step_and_nothing_is_erased_before(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    lived.send(lived.alert("quiet", attributes=at(moved)))
    shown = steps(visitor, lived.household)
    for told in (
        "열린 건이 있습니다",
        "동의 철회를 먼저",
        "장비가 아직 이 집에",
        "조금 전까지 신호를",
    ):
        assert told in shown
    assert "영구히 지우기" not in shown
    assert erase(visitor, lived.household).status_code == 409
    case = visitor.case_of(lived.household)
    assert case is not None
    visitor.answer(case.id, "handled", "seen_well")
    leave(moved, visitor, lived)
    shown = steps(visitor, lived.household)
    assert "먼저 할 일" not in shown
    assert "영구히 지우기" in shown
    assert "김영순" in visitor.page(f"/homes/{lived.household}").text


def test_an_erased_person_is_nowhere_on_the_disk_and_the_months_figures_are_the_same(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    leave(moved, visitor, lived)
    before = figures(visitor)
    assert lived.household.encode() in on_disk(moved)
    done = erase(visitor, lived.household)
    assert done.status_code == 200
    assert "지웠습니다" in done.text
    for path in ("", "/resident", "/card", "/erase"):
        assert visitor.client.get(f"/homes/{lived.household}{path}").status_code == 404
    assert visitor.client.get("/homes", params={"q": "김영순"}).text.count("h-") == 0
    assert figures(visitor) == before
    left = rows_with(moved, lived)
    # the ledger's chain is what shows that there was consent and withdrawal
    assert left == {"consents": 2}
    assert "온전합니다" in visitor.page("/audit").text
    assert moved.service.keeper.vault.is_open


def figures(person: Person) -> list[dict[str, str]]:
    person.prove()
    sheet = person.client.get("/council.csv", params={"month": "2026-11"})
    return list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))


def rows_with(moved: MovedDistrict, kit: Kit) -> dict[str, int]:
    """In how many rows of which tables the pseudonym, the kit or a case of it is still named."""
    named = (kit.household.removeprefix("h-"), kit.id, kit.kid)
    found: dict[str, int] = {}
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        tables = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            rows = [str(row) for row in database.execute(f'SELECT * FROM "{table}"')]  # noqa: S608 - names of our own tables
            count = sum(any(name in row for name in named) for row in rows)
            if count and table not in {"erased_kits", "items"}:
                found[table] = count
    return found
