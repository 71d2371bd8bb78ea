"""Somebody is erased, by the pages that staff uses: a home with a history, and the way there."""

import csv
import io
import re
import sqlite3

import httpx

from .kit import Kit, now_text
from .moved import MovedDistrict
from .person import Person

RESIDENT = {
    "name": "김영순",
    "address": "시험구 문안로 12, 301호",
    "dong": "문안동",
    "phone": "010-2345-6789",
    "guardian1": "김철수",
    "guardian1_phone": "01098765432",
}


def at(moved: MovedDistrict) -> dict[str, str]:
    return {"time": now_text(moved.now)}


def lived_in(moved: MovedDistrict, person: Person, kit: Kit) -> None:
    """A resident, a consent, a visit that was made, and looks at all of it."""
    token = person.page(f"/homes/{kit.household}/resident").tokens[0]
    person.client.post(f"/homes/{kit.household}/resident", data=RESIDENT | {"csrf": token})
    consent(person, kit, "given")
    kit.beat()
    kit.send(kit.alert("visit", attributes=at(moved)))
    moved.pass_time(minutes=10)
    close_case(person, kit)


def consent(person: Person, kit: Kit, state: str) -> None:
    token = person.page(f"/homes/{kit.household}").tokens[0]
    fields = {"csrf": token, "state": state, "signed_by": "김영순", "text_version": "2026-1"}
    answer = person.client.post(f"/homes/{kit.household}/consent", data=fields)
    assert answer.status_code == 303


def close_case(person: Person, kit: Kit) -> None:
    case = person.case_of(kit.household)
    assert case is not None
    person.page(f"/cases/{case.id}")
    assert person.answer(case.id, "handled", "seen_well").status_code == 303


def leave(moved: MovedDistrict, person: Person, kit: Kit) -> None:
    """All that is done before somebody is erased."""
    consent(person, kit, "withdrawn")
    page = person.client.get("/items").text
    for item in set(re.findall(r"/items/(i-[0-9a-f]+)", page)):
        token = person.page("/items").tokens[0]
        fields = {"csrf": token, "because": "returned"}
        person.client.post(f"/items/{item}", data=fields)
    moved.pass_time(hours=2)


def erase(
    person: Person, household: str, *, asked_by: str = "resident", typed: str = ""
) -> httpx.Response:
    person.prove()
    token = person.page(f"/homes/{household}/erase").tokens[0]
    fields = {"csrf": token, "asked_by": asked_by, "household": typed or household}
    return person.client.post(f"/homes/{household}/erase", data=fields)


def erased(moved: MovedDistrict, person: Person, kit: Kit) -> None:
    """From the history to the end."""
    lived_in(moved, person, kit)
    leave(moved, person, kit)
    assert erase(person, kit.household).status_code == 200


def figures(person: Person, month: str = "2026-11") -> list[dict[str, str]]:
    """The council's sheet."""
    person.prove()
    sheet = person.client.get("/council.csv", params={"month": month})
    return list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))


def rows_with(moved: MovedDistrict, *named: str) -> dict[str, int]:
    """In how many rows of which tables something is named."""
    found: dict[str, int] = {}
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            rows = [str(row) for row in database.execute(f'SELECT * FROM "{table}"')]  # noqa: S608
            if count := sum(any(name in row for name in named) for row in rows):
                found[table] = count
    return found


def kept_files(moved: MovedDistrict) -> bytes:
    """The database with its log of newest changes, as they lie on the disk."""
    files = (path for path in moved.data.iterdir() if path.name.startswith("district.sqlite"))
    return b"".join(path.read_bytes() for path in files)
