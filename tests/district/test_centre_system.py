"""The control centre's own system: told at its hours, until it has taken it, and heard in return.

The district begins on a Sunday noon in Seoul: the control centre comes first.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import shutil
from typing import Any

import pytest

from anshim_district.certificates import self_signed
from anshim_district.options import OptionsError, read_options
from tests.district.conftest import admin_with_phone, installed, resident_with_phone
from tests.district.support.centre_system import SECRET, CentreSystem, centre_says
from tests.district.support.kit import Kit
from tests.district.support.moved import HandClock, MovedDistrict
from tests.district.support.person import Person
from tests.district.support.provider import Provider
from tests.district.support.reaching import CONTROL, add_officer, told
from tests.district.test_lost_kit import report

type Place = Callable[..., MovedDistrict]
MONDAY_NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[CentreSystem]:
    folder = tmp_path / "centre"
    folder.mkdir()
    system = CentreSystem(pem=self_signed(folder))
    yield system
    system.close()


@pytest.fixture
def telling(
    tmp_path: Path, opened_once: Path, provider: Provider, system: CentreSystem
) -> Iterator[Place]:
    shutil.copytree(opened_once, tmp_path, dirs_exist_ok=True)
    made: list[MovedDistrict] = []

    def one(*, at: datetime | None = None, **other: object) -> MovedDistrict:
        centre = system.options(tmp_path / "centre", **other)
        options = {"reach": provider.options, "centre": centre}
        clock: dict[str, Any] = {"clock": HandClock(moment=at)} if at else {}
        made.append(MovedDistrict(data=tmp_path, options=options, **clock))
        return made[-1]

    yield one
    for district in made:
        district.close()


def called_for_help(district: MovedDistrict) -> tuple[Kit, Person]:
    """The home, and an administrator at the console."""
    home = resident_with_phone(district, admin := admin_with_phone(district))
    home.send(home.emergency())
    district.pass_time(seconds=0)
    return home, admin


def test_at_the_weekend_the_case_goes_to_the_centres_system_signed_and_names_nobody(
    telling: Place, system: CentreSystem, provider: Provider
) -> None:
    district = telling()
    home, admin = called_for_help(district)
    (heard,) = system.heard
    case = admin.case_of(home.household)
    assert case
    assert heard.is_genuine(district.now)
    assert heard.kind == "case.open"
    assert heard.data == {
        "case": case.id,
        "household": home.household,
        "family": "emergency",
        "stage": "emergency",
        "urgent": True,
        "since": "2026-11-22T03:00:00.000Z",
        "dong": "문안동",
        "url": f"http://127.0.0.1:8480/cases/{case.id}",
    }
    # no telephone waited for it
    assert told(provider) == [("texts", CONTROL)]
    assert "관제센터 시스템에 알림" in admin.page(f"/cases/{case.id}").text


def test_the_centres_system_hears_that_a_call_for_help_came_from_a_lost_kit(
    telling: Place, system: CentreSystem
) -> None:
    district = telling()
    home = resident_with_phone(district, admin := admin_with_phone(district))
    report(admin, home)
    home.send(home.emergency())
    district.pass_time(seconds=0)
    (heard,) = system.heard
    assert (heard.kind, heard.data["from"]) == ("case.open", "lost_kit")


def test_on_a_weekday_the_dong_comes_first_and_the_system_hears_when_it_is_its_turn(
    telling: Place, system: CentreSystem
) -> None:
    district = telling(at=MONDAY_NOON)
    home = resident_with_phone(district, admin := admin_with_phone(district))
    add_officer(admin)
    write_team(admin)
    home.send(home.emergency())
    district.pass_time(seconds=0)
    assert system.heard == []
    district.pass_time(minutes=1)
    district.pass_time(minutes=2)
    assert [heard.kind for heard in system.heard] == ["case.open"]


def write_team(admin: Person) -> None:
    token = admin.page("/duty").tokens[0]
    fields = {"csrf": token, "team": "문안동", "phone": "010-5555-0000"}
    assert admin.client.post("/duty/phones", data=fields).status_code == 303


def test_a_system_that_is_away_is_told_again_under_the_same_id_until_it_takes_it(
    telling: Place, system: CentreSystem, provider: Provider
) -> None:
    system.status = 503
    district = telling()
    home, admin = called_for_help(district)
    assert "받지 않은 알림이 1건" in admin.page("/board").text
    for wait_s in (4, 1, 15):
        district.pass_time(seconds=wait_s)
    # 5 s, then 15 s: not sooner
    assert len(system.heard) == 3
    system.status = 204
    district.pass_time(seconds=30)
    assert len(system.heard) == 4
    assert len({(heard.id, heard.raw) for heard in system.heard}) == 1
    # each try is signed at its own time: an old one would be refused
    assert len({heard.signed_at for heard in system.heard}) == 4
    assert "받지 않은 알림" not in admin.page("/board").text
    district.pass_time(seconds=5)
    assert len(system.heard) == 4
    case = admin.case_of(home.household)
    assert case
    timeline = admin.page(f"/cases/{case.id}").text
    assert timeline.count("관제센터 시스템이 받지 않음") == 1
    assert told(provider)[:1] == [("texts", CONTROL)]


def test_a_redirect_is_not_followed_and_counts_as_not_taken(
    telling: Place, system: CentreSystem, tmp_path: Path
) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    inside = CentreSystem(pem=self_signed(folder))
    system.status, system.elsewhere = 307, f"{inside.url}/admin"
    district = telling()
    _, admin = called_for_help(district)
    assert len(system.heard) == 1
    assert inside.heard == []
    assert "받지 않은 알림이 1건" in admin.page("/board").text
    inside.close()


def test_a_stranger_at_the_systems_address_hears_nothing(
    telling: Place, system: CentreSystem, tmp_path: Path
) -> None:
    folder = tmp_path / "stranger"
    folder.mkdir()
    district = telling(ca=str(self_signed(folder)))
    _, admin = called_for_help(district)
    assert system.heard == []
    assert "받지 않은 알림이 1건" in admin.page("/board").text


def test_calls_for_help_overtake_what_waits_for_a_system_that_was_away(
    telling: Place, system: CentreSystem
) -> None:
    system.status = 503
    district = telling()
    admin = admin_with_phone(district)
    for _ in range(5):
        home = installed(district, admin)
        home.send(home.alert("visit"))
    district.pass_time(seconds=0)
    helps = installed(district, admin)
    helps.send(helps.emergency())
    assert len(system.taken()) == 5
    system.status = 200
    district.pass_time(minutes=5)
    assert helps.household in [heard.data["household"] for heard in system.heard[:4]]
    assert len(system.heard) == 6


def test_names_go_along_only_where_the_district_says_so_and_it_is_written_down(
    telling: Place, system: CentreSystem
) -> None:
    district = telling(names=True)
    _, admin = called_for_help(district)
    (heard,) = system.taken()
    assert heard.data["resident"] == {
        "name": "김영순",
        "address": "문안로 1",
        "phone": "+821012345678",
    }
    assert "관제센터 시스템에 보냄" in admin.page("/audit").text
    assert centre_says(district, heard.data["case"], "hold").status_code == 200
    district.pass_time(seconds=0)
    (taken,) = system.taken()
    assert (taken.kind, "resident" in taken.data) == ("case.taken", False)


def test_the_centre_takes_a_case_and_closes_it_and_the_home_gets_the_receipts(
    telling: Place, system: CentreSystem, provider: Provider
) -> None:
    district = telling()
    home, admin = called_for_help(district)
    case = system.taken()[0].data["case"]
    assert centre_says(district, case, "hold").json() == {"repeat": False}
    shown = admin.case_of(home.household)
    assert shown
    assert shown.standing == "held"
    assert "관제센터" in shown.text
    told(provider)
    district.pass_time(minutes=5)
    assert told(provider) == []
    answer = centre_says(district, case, "handled", outcome="spoken_well", id_="msg_1")
    assert answer.json() == {"repeat": False}
    assert admin.case_of(home.household) is None
    again = centre_says(district, case, "handled", outcome="spoken_well", id_="msg_1")
    assert again.json() == {"repeat": True}
    district.pass_time(seconds=0)
    assert [heard.kind for heard in system.taken()] == ["case.taken", "case.closed"]
    receipts = [m["data"] for m in home.listen() if m["type"].endswith(".receipt.v1")]
    assert [receipt["answer"] for receipt in receipts] == ["hold", "handled"]
    assert {receipt["by"] for receipt in receipts} == {"control"}


def test_an_answer_that_nobody_signed_just_now_counts_for_nothing(
    telling: Place, system: CentreSystem
) -> None:
    district = telling()
    home, admin = called_for_help(district)
    heard = system.taken()[0]
    case = heard.data["case"]
    unsigned = district.client().post("/v1/centre/answers", json={"case": case, "answer": "hold"})
    foreign = centre_says(district, case, "hold", secret=f"whsec_{'A' * 44}")
    stale = centre_says(district, case, "hold", late_s=301)
    early = centre_says(district, case, "hold", late_s=-301)
    answers = [unsigned, foreign, stale, early]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401]
    # what we signed ourselves, played back to us
    headers = {
        "content-type": "application/json",
        "webhook-id": heard.id,
        "webhook-timestamp": str(heard.signed_at),
        "webhook-signature": heard.signatures,
    }
    client = district.client()
    assert client.post("/v1/centre/answers", content=heard.raw, headers=headers).status_code == 400
    shown = admin.case_of(home.household)
    assert shown
    assert shown.standing == "free"


def test_the_centre_answers_only_for_what_it_was_told_of_and_as_a_person_may(
    telling: Place, system: CentreSystem
) -> None:
    district = telling()
    admin = admin_with_phone(district)
    home, quiet = installed(district, admin), installed(district, admin)
    home.send(home.emergency())
    quiet.send(quiet.alert("quiet"))
    district.pass_time(seconds=0)
    (heard,) = system.taken()
    other = admin.case_of(quiet.household)
    assert other
    assert centre_says(district, other.id, "hold").status_code == 404
    assert centre_says(district, "nothing", "hold").status_code == 404
    case = heard.data["case"]
    without = centre_says(district, case, "handled", id_="msg_2")
    assert (without.status_code, "outcome_missing" in without.text) == (409, True)
    # the refusal did not use the id up
    whole = centre_says(district, case, "handled", outcome="seen_well", id_="msg_2")
    assert whole.status_code == 200
    late = centre_says(district, case, "hold")
    assert (late.status_code, "already_closed" in late.text) == (409, True)


def test_what_was_owed_to_a_system_that_is_taken_out_is_owed_no_more(
    telling: Place, system: CentreSystem, provider: Provider, tmp_path: Path
) -> None:
    system.status = 503
    district = telling()
    _, admin = called_for_help(district)
    assert "받지 않은 알림이 1건" in admin.page("/board").text
    district.close()
    without = MovedDistrict(data=tmp_path, options={"reach": provider.options})
    assert "받지 않은 알림" not in admin_with_phone(without).page("/board").text
    without.close()


def test_without_a_system_its_door_is_closed(reaching: MovedDistrict) -> None:
    assert centre_says(reaching, "case", "hold").status_code == 401


def test_a_secret_may_be_changed_without_a_gap(
    telling: Place, system: CentreSystem, tmp_path: Path
) -> None:
    new = f"whsec_{'B' * 44}"
    both = tmp_path / "both.secret"
    both.write_text(f"{new}\n{SECRET}\n", encoding="ascii")
    district = telling(secret_file=str(both))
    called_for_help(district)
    (heard,) = system.taken()
    assert heard.is_genuine(district.now)
    assert heard.is_genuine(district.now, new)
    assert centre_says(district, heard.data["case"], "hold", secret=new).status_code == 200


def test_what_becomes_of_a_case_that_the_system_never_heard_of_is_not_told(
    telling: Place, system: CentreSystem
) -> None:
    district = telling(at=MONDAY_NOON)
    home = resident_with_phone(district, admin := admin_with_phone(district))
    add_officer(admin)
    write_team(admin)
    home.send(home.emergency())
    district.pass_time(seconds=0)
    case = admin.case_of(home.household)
    assert case
    assert admin.answer(case.id, "handled", "seen_well").status_code == 303
    district.pass_time(minutes=10)
    assert system.heard == []


def test_news_that_nobody_takes_for_a_day_are_given_up(
    telling: Place, system: CentreSystem
) -> None:
    system.status = 500
    district = telling()
    home, admin = called_for_help(district)
    case = admin.case_of(home.household)
    assert case
    assert admin.answer(case.id, "handled", "seen_well").status_code == 303
    district.pass_time(seconds=0)
    assert [heard.kind for heard in system.taken()] == ["case.open", "case.closed"]
    district.clock.moment += timedelta(days=1, minutes=6)
    district.pass_time(seconds=0)
    assert system.heard == []
    assert "받지 않은 알림" not in admin.page("/board").text


@pytest.mark.parametrize(
    ("centre", "sentence"),
    [
        ({"url": "http://centre.example/x"}, "/centre/url"),
        ({"url": "https://me:secret@centre.example"}, "/centre/url"),
        ({"url": "https://centre.example"}, "centre.secret_file is wrong"),
        ({"url": "https://centre.example", "secret_file": "short"}, "at least 24 bytes"),
        ({"url": "https://centre.example", "secret_file": "good"}, "without a telephone"),
        ({"ca": "/no/such/file"}, "there is no file"),
        ({"ca": __file__}, "holds no certificate"),
    ],
)
def test_a_system_half_described_is_refused_with_a_sentence(
    tmp_path: Path, centre: dict[str, str], sentence: str
) -> None:
    (tmp_path / "short").write_text("whsec_abc", encoding="ascii")
    (tmp_path / "good").write_text(SECRET, encoding="ascii")
    if name := centre.get("secret_file"):
        centre = centre | {"secret_file": str(tmp_path / name)}
    path = tmp_path / "options.json"
    given = {"district": {"id": "d", "name": "구"}, "centre": centre}
    path.write_text(json.dumps(given), encoding="utf-8")
    with pytest.raises(OptionsError, match=sentence):
        read_options(path)
