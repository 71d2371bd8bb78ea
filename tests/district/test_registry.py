"""Who lives where: sealed, found again, imported whole or not at all."""

import csv
import io
import re
import sqlite3

from hypothesis import given, settings as trying, strategies as st
import pytest

from anshim_district.registry.phones import NotDialableError, dialable, normal_number, spoken_number
from anshim_district.registry.resident import Entry, fields_of, masked, read_entry
from anshim_district.registry.vault import VaultClosedError
from tests.district.conftest import installed
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess

RESIDENT = {
    "name": "김영순",
    "birth_year": "1941",
    "address": "시험구 문안로 12, 301호",
    "dong": "문안동",
    "phone": "010-2345-6789",
    "access": "공동현관 #1234, 개가 있음",
    "risk": "3",
    "guardian1": "김철수",
    "relation1": "아들",
    "guardian1_phone": "01098765432",
}


@pytest.fixture
def visitor(moved: MovedDistrict) -> Person:
    person = Person(client=moved.client())
    person.log_in()
    return person


def write(person: Person, household: str, **changes: str) -> int:
    token = person.page(f"/homes/{household}/resident").tokens[0]
    fields = RESIDENT | changes | {"csrf": token}
    return person.client.post(f"/homes/{household}/resident", data=fields).status_code


def sent(person: Person, raw: bytes, what: str) -> str:
    person.prove()
    token = person.page("/homes/import").tokens[0]
    return person.client.post(
        "/homes/import",
        data={"csrf": token, "what": what},
        files={"list": ("list.csv", raw, "text/csv")},
    ).text


def listed(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["이름", "주소", "동", "전화", "가구번호"], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def row(name: str, phone: str, **more: str) -> dict[str, str]:
    return {"이름": name, "주소": "문안로 1", "동": "문안동", "전화": phone} | more


# a home's resident


def test_a_resident_is_shown_at_the_home_and_on_the_card_for_119(
    moved: MovedDistrict, visitor: Person
) -> None:
    kit = installed(moved, visitor)
    assert write(visitor, kit.household) == 303
    home = visitor.page(f"/homes/{kit.household}").text
    assert "김영순" in home
    assert "010-2345-6789" in home
    assert "김철수 (아들)" in home
    card = visitor.page(f"/homes/{kit.household}/card").text
    assert "“시험구 문안로 12, 301호입니다. 혼자 사시는 김영순 님이 위급합니다." in card
    assert "공동현관 #1234" in card


def test_a_case_shows_whom_to_call_and_lists_show_too_little_to_name_anybody(
    moved: MovedDistrict, visitor: Person
) -> None:
    kit = installed(moved, visitor)
    write(visitor, kit.household)
    kit.send(kit.emergency())
    case = visitor.case_of(kit.household)
    assert case is not None
    assert "문안동 김○순" in case.text
    assert "김영순" not in visitor.page("/board").text
    assert "김영순" not in visitor.page("/homes").text
    assert "010-2345-6789" in visitor.page(f"/cases/{case.id}").text


def test_nothing_that_names_a_person_is_readable_on_the_disk(
    moved: MovedDistrict, visitor: Person
) -> None:
    kit = installed(moved, visitor)
    write(visitor, kit.household)
    moved.close()
    kept = b"".join(
        path.read_bytes() for path in moved.data.iterdir() if path.name.startswith("district.")
    )
    for told in ("김영순", "문안로 12", "23456789", "김철수", "#1234"):
        assert told.encode() not in kept
    assert "문안동".encode() in kept


def test_a_resident_is_found_by_whole_name_or_number_of_theirs_or_a_guardian(
    moved: MovedDistrict, visitor: Person
) -> None:
    kit, other = installed(moved, visitor), installed(moved, visitor)
    write(visitor, kit.household)
    for words in (
        "김영순",
        " 김 영순",
        "01023456789",
        "+82 10-2345-6789",
        "김철수",
        "010 9876 5432",
    ):
        found = visitor.client.get("/homes", params={"q": words}).text
        assert kit.household in found, words
        assert other.household not in found
    assert kit.household not in visitor.client.get("/homes", params={"q": "김영"}).text


def test_what_cannot_be_is_named_and_nothing_is_kept(moved: MovedDistrict, visitor: Person) -> None:
    kit = installed(moved, visitor)
    for wrong in ({"phone": "119"}, {"name": " "}, {"birth_year": "3021"}, {"risk": "9"}):
        assert write(visitor, kit.household, **wrong) == 400
    assert "아직 대상자 정보가 없습니다" in visitor.page(f"/homes/{kit.household}").text


def test_a_row_copied_to_another_home_does_not_open_there(
    moved: MovedDistrict, visitor: Person
) -> None:
    kit, other = installed(moved, visitor), installed(moved, visitor)
    write(visitor, kit.household)
    write(visitor, other.household, name="다른 사람")
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        (sealed,) = database.execute(
            "SELECT sealed FROM residents WHERE household = ?", [kit.household]
        ).fetchone()
        database.execute(
            "UPDATE residents SET sealed = ? WHERE household = ?", [sealed, other.household]
        )
    shown = visitor.page(f"/homes/{other.household}").text
    assert "김영순" not in shown
    assert "읽을 수 없습니다" in shown


def test_without_its_key_a_district_names_nobody_but_still_hears_calls_for_help(
    moved: MovedDistrict, visitor: Person
) -> None:
    kit = installed(moved, visitor)
    write(visitor, kit.household)
    moved.close()
    (moved.data / "registry.key").unlink()
    again = MovedDistrict(data=moved.data)
    try:
        assert not (moved.data / "registry.key").exists()
        kit.client = again.client()
        person = Person(client=again.client())
        person.log_in()
        assert kit.send(kit.emergency())[0].status == "durable"
        assert person.case_of(kit.household) is not None
        assert "알림은 계속 받고 있습니다" in person.page("/board").text
        assert write(person, kit.household) == 503
        with pytest.raises(VaultClosedError):
            again.service.keeper.vault.seal(b"x", "y")
    finally:
        again.close()


# lists


def test_a_list_is_taken_in_whole_in_either_encoding_of_excel(
    moved: MovedDistrict, visitor: Person
) -> None:
    for encoding, name in (("utf-8-sig", "박하나"), ("cp949", "박두리")):
        text = listed(row(name, "010-1111-2222"), row(name + "나", "02-345-6789"))
        report = sent(visitor, text.encode(encoding), "import")
        assert "2가구를 등록했습니다" in report
        household = re.findall(r"h-[a-z0-9]{12}", report)[0]
        assert name in visitor.page(f"/homes/{household}").text


def test_one_wrong_row_and_nothing_is_taken_in_and_every_wrong_row_is_told(
    moved: MovedDistrict, visitor: Person
) -> None:
    text = listed(
        row("박하나", "010-1111-2222"),
        row("", "010-1111-2223"),
        row("박세찌", "119"),
        row("박하나", "01011112222"),
        row("박다섯", "", 가구번호="박다섯"),
    )
    report = sent(visitor, text.encode(), "import")
    assert "5줄 가운데 4줄에 문제가 있어" in report
    for told in ("이름: 비어", "전화: 국내 전화번호가", "두 번 있습니다", "h- 뒤에"):
        assert told in report
    assert "박" not in visitor.page("/homes").text.replace("박세찌", "")


def test_a_check_takes_nothing_in_and_knows_who_is_there_already(
    moved: MovedDistrict, visitor: Person
) -> None:
    text = listed(row("박하나", "010-1111-2222")).encode()
    assert "1줄 모두 문제가 없습니다" in sent(visitor, text, "check")
    assert "박○나" not in visitor.page("/homes").text
    assert "1가구를 등록했습니다" in sent(visitor, text, "import")
    assert "이미 있습니다" in sent(visitor, text, "import")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\xff\xfe\x00", "글자를 읽을 수 없습니다"),
        (b"", "필요한 열이 없습니다: 이름, 주소, 동"),
        ("이름,주소,동\n".encode(), "내용이 없습니다"),
        ("이름,주소,동,비밀\na,b,c,d\n".encode(), "모르는 열이 있습니다: 비밀"),
        ("이름,주소\na,b\n".encode(), "필요한 열이 없습니다: 동"),
        ("성명,이름,주소,동\na,b,c,d\n".encode(), "하나만 남기세요: 성명, 이름"),
        ("전화번호,주소,동\na,b,c\n".encode(), "필요한 열이 없습니다: 이름"),
        (",이름,주소,동\na,b,c,d\n".encode(), "모르는 열이 있습니다: (…)."),
        ("이름,주소,동\na,b,c,d\n".encode(), "칸이 열보다 많습니다"),
    ],
)
def test_a_file_that_is_no_list_is_told_in_words(person: Person, raw: bytes, told: str) -> None:
    assert told in sent(person, raw, "check")


# values


@given(st.dictionaries(st.sampled_from(sorted(RESIDENT)), st.text(max_size=80)))
@trying(max_examples=200, deadline=None)
def test_whatever_is_typed_is_an_entry_or_named_and_an_entry_survives_the_form(
    changes: dict[str, str],
) -> None:
    read = read_entry(RESIDENT | changes, year=2026)
    if isinstance(read, Entry):
        assert read_entry(fields_of(read), year=2026) == read
    else:
        assert read


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("010-2345-6789", "+821023456789"),
        ("02) 345-6789", "+8223456789"),
        ("+82-10-2345-6789", "+821023456789"),
        ("+82 (0)31 123 4567", "+82311234567"),
        ("070 1234 5678", "+827012345678"),
        ("119", None),
        ("1588-1234", None),
        ("+1 202 555 0100", None),
        ("०१०23456789", None),
        ("010-2345", None),
    ],
)
def test_numbers_are_kept_in_one_form(typed: str, kept: str | None) -> None:
    assert normal_number(typed) == kept
    if kept:
        assert normal_number(spoken_number(kept)) == kept


@given(st.text(alphabet="0123456789+- ", max_size=14))
@trying(max_examples=500)
def test_no_machine_can_dial_an_emergency_number(typed: str) -> None:
    try:
        number = dialable(typed).e164
    except NotDialableError:
        return
    plain = number.removeprefix("+82")
    assert number.startswith("+82")
    assert plain[0] != "0"
    assert 9 <= len("0" + plain) <= 11


@pytest.mark.parametrize("short", ["119", "112", "110", "1366", "129", "0119", "+82119", "+82 112"])
def test_short_numbers_are_refused_however_they_are_written(short: str) -> None:
    with pytest.raises(NotDialableError):
        dialable(short)


def test_a_masked_name_keeps_its_ends_only() -> None:
    assert [masked(n) for n in ("", "김", "김순", "김영순", "남궁영순")] == [
        *("", "김", "김○", "김○순", "남○○순")
    ]


def test_the_keys_are_for_the_owner_alone(district: DistrictProcess) -> None:
    assert (district.data / "registry.key").stat().st_mode & 0o777 == 0o600


def test_whose_net_a_home_is_on_is_imported_as_people_write_it(visitor: Person) -> None:
    written = {
        "LG U+": "lgu",
        "엘지 유플러스": "lgu",
        "kt": "kt",
        "SKT 라우터": "skt_router",
        "": "",
    }
    rows = [
        {"가구번호": f"h-network{n}", "이름": f"김{n}", "주소": "길", "동": "동", "통신사": net}
        for n, net in enumerate(written)
    ]
    text = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    assert "5가구를 등록했습니다" in sent(visitor, text.encode(), "import")
    for number, network in enumerate(written.values()):
        form = visitor.client.get(f"/homes/h-network{number}/resident").text
        assert f'<option value="{network}" selected>' in form
    text = "이름,주소,동,통신사\n김영순,문안로 1,문안동,SKT\n"
    report = sent(visitor, text.encode(), "import")
    assert "통신사: 모르는 통신사입니다. KT, LG U+, SK브로드밴드" in report


@pytest.mark.parametrize(
    "headings",
    [
        "이름,주소,동,전화,보호자1,관계1,보호자1전화",
        "성명,주소,행정동,전화번호,보호자,관계,보호자 연락처",
        "대상자 성명,거주지,읍면동,휴대폰,보호자1 성명,보호자1 관계,보호자1(전화번호)",
        "대상자명,도로명주소,동명,연락처,보호자 이름,보호자 관계,보호자 휴대전화",
        "name,address,dong,phone,guardian1,relation1,guardian1_phone",
    ],
)
def test_a_list_is_understood_with_the_headings_that_districts_use(
    moved: MovedDistrict, visitor: Person, headings: str
) -> None:
    text = f"{headings}\n박하나,문안로 1,문안동,010-1111-2222,박두리,딸,010-3333-4444\n"
    report = sent(visitor, text.encode(), "import")
    assert "1가구를 등록했습니다" in report
    home = visitor.page("/homes/" + re.findall(r"h-[a-z0-9]{12}", report)[0]).text
    for told in ("박하나", "문안로 1", "010-1111-2222", "박두리 (딸)", "010-3333-4444"):
        assert told in home


def test_a_list_says_in_which_rows_nobody_is_named_and_takes_them_in_all_the_same(
    visitor: Person,
) -> None:
    text = (
        "이름,주소,동,전화,보호자1,보호자1전화\n"
        "박하나,문안로 1,문안동,010-1111-2222,박두리,010-3333-4444\n"
        "박세찌,문안로 2,문안동,010-1111-2223,,\n"
        "박네찌,문안로 3,문안동,,,\n"
    ).encode()
    reports = [sent(visitor, text, what) for what in ("check", "import")]
    for report in reports:
        assert "2줄은 등록할 수 있지만 빠진 것이 있습니다" in report
        assert report.count("적힌 보호자가 없습니다") == 2
        assert report.count("자동 전화를 걸 수 없습니다") == 1
    assert "3가구를 등록했습니다" in reports[-1]
    homes = re.findall(r"h-[a-z0-9]{12}", reports[-1])
    assert "적힌 보호자가 없습니다" not in visitor.page(f"/homes/{homes[0]}").text
    assert "적힌 보호자가 없습니다" in visitor.page(f"/homes/{homes[1]}").text


def test_a_guardian_of_whom_only_the_relation_is_written_is_no_empty_row(visitor: Person) -> None:
    text = "이름,주소,동,관계1\n박하나,문안로 1,문안동,딸\n"
    report = sent(visitor, text.encode(), "import")
    assert "1줄 가운데 1줄에 문제가 있어" in report
