"""A carrier's or call centre's "used the telephone" becomes life for the home that agreed to it."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.district.conftest import admin_with_phone, resident_with_phone
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.provider import post_signed
from tests.district.support.reaching import GUARDIAN, RESIDENT

CARRIER: Final = "whsec_" + b64encode(b"the carrier's own secret, 32 bytes").decode()
CENTRE: Final = "whsec_" + b64encode(b"the call centre's own, also long..").decode()


@pytest.fixture
def district(tmp_path: Path) -> Iterator[MovedDistrict]:
    senders = [
        {"id": "carrier", "secret": CARRIER},
        {"id": "centre", "secret": CENTRE, "means": "spoken"},
    ]
    district = MovedDistrict(data=tmp_path, options={"evidence": senders})
    yield district
    district.close()


@pytest.fixture
def staff(district: MovedDistrict) -> Person:
    return admin_with_phone(district)


@pytest.fixture
def home(district: MovedDistrict, staff: Person) -> Kit:
    home = resident_with_phone(district, staff)
    agree(staff, home, "telephone")
    return home


def agree(staff: Person, home: Kit, *ticks: str, state: str = "given") -> None:
    token = staff.page(f"/homes/{home.household}").tokens[0]
    fields = {"csrf": token, "state": state, "signed_by": "김영순", "text_version": "2026-1"}
    path = f"/homes/{home.household}/consent"
    answer = staff.client.post(path, data=fields | dict.fromkeys(ticks, "1"))
    assert answer.status_code == 303, answer.text


def tell(
    district: MovedDistrict,
    *records: dict[str, str],
    sender: str = "carrier",
    secret: str = CARRIER,
    id_: str = "",
    late_s: float = 0,
) -> httpx.Response:
    now = district.now.timestamp() - late_s
    body = {"records": list(records)}
    path = f"/v1/evidence/{sender}"
    return post_signed(district.client(), now, path, body, secret=secret, id_=id_)


def counted(answer: httpx.Response) -> tuple[int, int]:
    assert answer.status_code == 200, answer.text
    return answer.json()["counted"], answer.json()["set_aside"]


def lives(home: Kit) -> list[dict[str, Any]]:
    return [m["data"] for m in home.listen() if m["type"].endswith(".life.v1")]


def ago(district: MovedDistrict, **length: float) -> str:
    moment: datetime = district.now - timedelta(**length)
    return now_text(moment)


def test_a_call_that_the_carrier_saw_is_life_at_its_own_time(
    district: MovedDistrict, home: Kit
) -> None:
    at = ago(district, hours=2)
    assert counted(tell(district, {"household": home.household, "at": at})) == (1, 0)
    assert lives(home) == [{"evidence": "telephone_record", "at": at}]


def test_the_call_centre_says_that_it_spoke(district: MovedDistrict, home: Kit) -> None:
    record = {"household": home.household, "at": ago(district, minutes=1)}
    assert counted(tell(district, record, sender="centre", secret=CENTRE)) == (1, 0)
    assert lives(home)[0]["evidence"] == "spoken"


def test_today_without_an_hour_counts_from_the_days_beginning_in_seoul(
    district: MovedDistrict, home: Kit
) -> None:
    assert counted(tell(district, {"household": home.household, "day": "2026-11-22"})) == (1, 0)
    (life,) = lives(home)
    assert datetime.fromisoformat(life["at"]) == datetime(2026, 11, 21, 15, tzinfo=UTC)


def test_a_carrier_may_name_the_residents_own_number_and_never_a_guardians(
    district: MovedDistrict, home: Kit
) -> None:
    at = ago(district, hours=1)
    numbers = [{"phone": "010-1234-5678", "at": at}, {"phone": GUARDIAN, "at": at}]
    assert counted(tell(district, *numbers)) == (1, 1)
    assert counted(tell(district, {"phone": "010-0000-0000", "at": at})) == (0, 1)
    assert len(lives(home)) == 1


def test_it_is_a_line_for_whoever_has_the_case_and_closes_nothing_here(
    district: MovedDistrict, staff: Person, home: Kit
) -> None:
    home.send(home.alert("knock", attributes={"time": now_text(district.now)}))
    (case,) = staff.board()
    tell(district, {"household": home.household, "at": ago(district, minutes=5)})
    assert [c.id for c in staff.board()] == [case.id]
    page = staff.page(f"/cases/{case.id}").text
    assert "통신사 기록: 전화를 사용함" in page
    assert RESIDENT not in page


@pytest.mark.parametrize("ticks", [(), ("sensitive", "third_party", "location")])
def test_without_consent_for_it_nothing_is_counted(
    district: MovedDistrict, staff: Person, ticks: tuple[str, ...]
) -> None:
    home = resident_with_phone(district, staff)
    record = {"household": home.household, "at": ago(district, hours=1)}
    assert counted(tell(district, record)) == (0, 1)
    agree(staff, home, *ticks)
    assert counted(tell(district, record)) == (0, 1)
    assert lives(home) == []


def test_a_newer_paper_or_a_withdrawal_takes_the_consent_back(
    district: MovedDistrict, staff: Person, home: Kit
) -> None:
    record = {"household": home.household, "at": ago(district, hours=1)}
    district.pass_time(minutes=1)
    agree(staff, home)
    assert counted(tell(district, record)) == (0, 1)
    district.pass_time(minutes=1)
    agree(staff, home, "telephone")
    assert counted(tell(district, record)) == (1, 0)
    district.pass_time(minutes=1)
    agree(staff, home, state="withdrawn")
    assert counted(tell(district, record)) == (0, 1)


def test_what_is_yet_to_happen_or_a_week_old_shows_no_life(
    district: MovedDistrict, home: Kit
) -> None:
    times = [ago(district, minutes=-10), ago(district, days=8)]
    assert counted(tell(district, *({"household": home.household, "at": t} for t in times))) == (
        0,
        2,
    )


def test_a_message_said_again_is_heard_once_and_an_old_one_not_at_all(
    district: MovedDistrict, home: Kit
) -> None:
    record = {"household": home.household, "at": ago(district, hours=1)}
    assert counted(tell(district, record, id_="m-1")) == (1, 0)
    again = tell(district, record, id_="m-1")
    assert again.json() == {"counted": 0, "set_aside": 0, "repeat": True}
    assert tell(district, record, id_="m-2", late_s=600).status_code == 401
    assert len(lives(home)) == 1


def test_each_sender_has_a_key_of_its_own(district: MovedDistrict, home: Kit) -> None:
    record = {"household": home.household, "at": ago(district, hours=1)}
    assert tell(district, record, secret=CENTRE).status_code == 401
    assert tell(district, record, sender="stranger").status_code == 404
    path, body = "/v1/evidence/carrier", {"records": [record]}
    assert district.client().post(path, json=body).status_code == 401
    assert lives(home) == []


@pytest.mark.parametrize(
    "record",
    [
        {"household": "h-12345678"},
        {"at": "2026-11-22T00:00:00Z"},
        {"household": "h-12345678", "phone": "010", "day": "2026-11-22"},
        {"household": "h-12345678", "at": "2026-11-22T00:00:00"},
        {"household": "h-12345678", "day": "yesterday"},
        {"household": "h-12345678", "day": "2026-11-22", "name": "김영순"},
    ],
)
def test_a_record_that_says_too_little_or_too_much_is_refused_with_a_sentence(
    district: MovedDistrict, record: dict[str, str]
) -> None:
    answer = tell(district, record)
    assert answer.status_code == 400
    assert answer.json()["detail"]
