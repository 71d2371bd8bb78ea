"""Lists as districts have them: thousands of homes to import, more cases than fit on a page."""

from datetime import timedelta
import re
import sqlite3

import pytest
from sqlalchemy import Connection

from anshim_district.cases.happenings import FellSilent
from anshim_district.service import DATABASE
from anshim_district.storage.database import After
from tests.district.conftest import installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.test_registry import listed, row, sent

HOMES = 4000
FITS = 500


def many(homes: int) -> str:
    notes = "경비실에 열쇠가 있고 댁에 개가 있으며, 귀가 어두우시니 크게 부르셔야 합니다"
    address = "서울특별시 시험구 문안로 12길 34, 시험아파트 101동 1203호"
    text = listed(*(row(f"박하나{n}", f"010-1000-{n:04}", 주소=address) for n in range(homes)))
    head, *rest = text.splitlines()
    more = f'"{notes}",박철수,큰아들 내외,010-9876-5432'
    return "\n".join([f"{head},출입,보호자1,관계1,보호자1전화", *(f"{one},{more}" for one in rest)])


def test_a_district_of_4000_homes_is_one_file(moved: MovedDistrict, visitor: Person) -> None:
    raw = many(HOMES).encode()
    assert len(raw) > 1024 * 1024
    assert f"{HOMES}줄 모두 문제가 없습니다" in sent(visitor, raw, "check")
    assert f"{HOMES}가구를 등록했습니다" in sent(visitor, raw, "import")
    listing = visitor.page("/homes").text
    assert f"{FITS}가구까지만 보입니다" in listing
    assert "까지만 보입니다" not in visitor.page("/homes?q=박하나3999").text
    looks = visitor.page("/audit").text
    assert f"명단 확인{HOMES} rows" in looks
    huge = sent(visitor, b"x" * 9 * 1024 * 1024, "check")
    assert "너무 큽니다" in huge


@pytest.mark.parametrize(
    ("encoding", "ends", "between"),
    [("utf-16", "\r\n", "\t"), ("cp949", "\r", ","), ("utf-8", "\r", ",")],
    ids=["Excel's Unicode text", "Excel on a Mac", "a Mac's UTF-8"],
)
def test_a_list_is_read_as_other_machines_save_it(
    moved: MovedDistrict, visitor: Person, encoding: str, ends: str, between: str
) -> None:
    lines = (("이름", "주소", "동", "전화"), ("박하나", "문안로 1", "문안동", "010-1111-2222"))
    raw = "".join(between.join(cells) + ends for cells in lines).encode(encoding)
    assert "1가구를 등록했습니다" in sent(visitor, raw, "import")


@pytest.mark.parametrize(
    "raw",
    ['이름,주소,동\n"박하나' + "가" * 140_000, "이름,주소,동\n박하나,문\x00안,동\n"],
    ids=["a quotation mark that is never closed", "a letter that is none"],
)
def test_a_broken_list_is_told_in_words_and_is_no_error_of_ours(visitor: Person, raw: str) -> None:
    told = sent(visitor, raw.encode(), "check")
    assert "등록했습니다" not in told
    assert "줄" in told
    assert "명단 올리기" in told


def test_when_more_is_open_than_fits_the_most_urgent_is_there_and_the_page_says_so(
    moved: MovedDistrict, home: Kit, visitor: Person
) -> None:
    text = listed(*(row(f"박{n}", f"010-1111-{n:04}") for n in range(FITS)))
    report = sent(visitor, text.encode(), "import")
    households = set(re.findall(r"h-[a-z0-9]{12}", report))
    assert len(households) == FITS
    near = FellSilent(heard=moved.now, limit=timedelta(hours=8), near=True, watched=True)

    def fall_silent(connection: Connection, after: After) -> None:
        for household in households:
            moved.service.casework.happen(connection, after, household, near, moved.now)

    moved.service.database.write_now(fall_silent)
    assert len(visitor.board()) == FITS
    moved.clock.moment += timedelta(minutes=1)
    home.send(home.alert("visit", attributes={"time": now_text(moved.now)}))
    first, *_ = visitor.board()
    assert home.household in first.text
    assert "급한 순서로 500건만" in visitor.page("/board").text


def test_the_board_says_that_nobody_is_told_where_no_telephone_is_set_up(visitor: Person) -> None:
    assert "화면을 계속 지켜봐야 합니다" in visitor.page("/board").text


def test_with_a_telephone_the_board_says_nothing_of_it(admin: Person) -> None:
    assert "화면을 계속 지켜봐야 합니다" not in admin.page("/board").text


def test_a_case_that_cannot_be_read_hides_no_other_and_its_home_is_named(
    moved: MovedDistrict, home: Kit, visitor: Person
) -> None:
    other = installed(moved, visitor)
    for kit in (home, other):
        kit.send(kit.emergency())
    with sqlite3.connect(moved.data / DATABASE) as database:
        newer = '{"family": "of a version to come"}'
        database.execute("UPDATE cases SET state = ? WHERE household = ?", (newer, home.household))
    (case,) = visitor.board()
    assert other.household in case.text
    board = visitor.page("/board").text
    assert "건은 읽을 수 없습니다" in board
    assert home.household in board
    failed = visitor.client.get(f"/homes/{home.household}")
    assert failed.status_code == 500
    assert "급한 건은 바로 전화로" in failed.text
