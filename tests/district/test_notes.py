"""What staff writes about a case in their own words: who reads it, how it is kept, when it goes."""

from datetime import timedelta
import re
import sqlite3

import httpx
import pytest

from tests.district.support.erasing import (
    at,
    close_case,
    erase,
    kept_files,
    leave,
    lived_in,
    rows_with,
)
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, placed
from tests.district.test_access import added
from tests.district.test_rekeying import command, started
from tests.district.test_retention import swept_after

WORDS = "아드님 김철수 님 말씀: 어제 병원에 가셨다고 함"


@pytest.fixture
def case(visitor: Person, home: Kit) -> str:
    home.send(home.emergency())
    found = visitor.case_of(home.household)
    assert found is not None
    return found.id


def page_of(person: Person, case: str) -> str:
    return person.client.get(f"/cases/{case}").text


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the form that a note is written into."""
    (form,) = re.findall(r'class="note-form">(.*?)</form>', page, re.DOTALL)
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def write_note(person: Person, case: str, text: str, **fields: str) -> httpx.Response:
    given = form_of(page_of(person, case)) | {"text": text} | fields
    return person.client.post(f"/cases/{case}/note", data=given)


def notes_on(page: str) -> list[str]:
    return re.findall(r'<p class="note">(.*?)</p>', page, re.DOTALL)


def typed_on(page: str) -> str:
    """What stands in the form."""
    (typed,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    return str(typed)


def test_a_note_stands_on_the_timeline_with_who_wrote_it_and_when(
    moved: MovedDistrict, visitor: Person, case: str
) -> None:
    moved.pass_time(minutes=7)
    assert write_note(visitor, case, f"  {WORDS}\r\n둘째 줄  ").status_code == 303
    page = page_of(visitor, case)
    assert notes_on(page) == [f"{WORDS}\n둘째 줄"]
    entry = re.findall(r'entry-note_written">(.*?)</li>', page, re.DOTALL)[0]
    assert "메모" in entry
    assert "kim" in entry
    assert "12:07:00" in entry
    assert typed_on(page) == ""


def test_what_was_found_out_later_is_written_on_a_closed_case(visitor: Person, case: str) -> None:
    visitor.answer(case, "handled", "seen_well")
    assert write_note(visitor, case, WORDS).status_code == 303
    page = page_of(visitor, case)
    assert notes_on(page) == [WORDS]
    assert "이 건은 종결되었습니다" in page


def test_a_note_changes_nothing_of_the_case(visitor: Person, home: Kit, case: str) -> None:
    visitor.answer(case, "hold")
    told = home.listen()
    assert told
    write_note(visitor, case, WORDS)
    assert visitor.board()[0].standing == "held"
    assert home.listen() == told


def test_a_form_that_a_bad_line_sends_twice_is_one_note(visitor: Person, case: str) -> None:
    form = form_of(page_of(visitor, case)) | {"text": WORDS}
    for _ in range(2):
        assert visitor.client.post(f"/cases/{case}/note", data=form).status_code == 303
    assert notes_on(page_of(visitor, case)) == [WORDS]
    # gone back to, and mended: not the same
    visitor.client.post(f"/cases/{case}/note", data=form | {"text": "둘째 메모"})
    # and the same words on another day are said again
    write_note(visitor, case, WORDS)
    assert notes_on(page_of(visitor, case)) == [WORDS, "둘째 메모", WORDS]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("가" * 1001, "메모가 너무 길어"),
        ("한 줄\0둘째 줄", "글자가 아닌 것"),
        (" \r\n ", "쓴 내용이 없습니다"),
    ],
)
def test_what_is_refused_stands_in_the_form_again(
    visitor: Person, case: str, typed: str, said: str
) -> None:
    answer = write_note(visitor, case, typed)
    assert answer.status_code == 400
    assert said in answer.text
    assert typed_on(answer.text) == typed
    assert notes_on(page_of(visitor, case)) == []


def test_a_thousand_letters_are_one_note_however_the_browser_ends_its_lines(
    visitor: Person, case: str
) -> None:
    lines = "\r\n".join(["가" * 9] * 100) + "나"
    assert write_note(visitor, case, lines).status_code == 303
    assert len(notes_on(page_of(visitor, case))[0]) == 1000


def test_a_note_is_text_and_never_markup(visitor: Person, case: str) -> None:
    write_note(visitor, case, "\n<script>alert(1)</script>")
    assert notes_on(page_of(visitor, case)) == ["&lt;script&gt;alert(1)&lt;/script&gt;"]


def test_letters_that_no_text_has_are_no_error_of_ours(visitor: Person, case: str) -> None:
    form = form_of(page_of(visitor, case))
    body = f"csrf={form['csrf']}&form=x&text=%2B2AA-"
    for charset in ("utf-7", "utf-16", "no-such"):
        answer = visitor.client.post(
            f"/cases/{case}/note",
            content=body.encode(),
            headers={"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"},
        )
        assert answer.status_code < 500, charset


def test_there_is_no_note_on_a_case_that_is_not_there(visitor: Person, case: str) -> None:
    form = form_of(page_of(visitor, case)) | {"text": WORDS}
    assert visitor.client.post("/cases/c-nowhere-1/note", data=form).status_code == 404


def test_it_is_read_where_the_case_is_answered_and_nowhere_else(
    moved: MovedDistrict, visitor: Person, home: Kit, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    placed(visitor, home.household, "문안동")
    write_note(visitor, case, WORDS)
    officer = added(moved, visitor, "officer", dongs="문안동")
    assert notes_on(page_of(officer, case)) == [WORDS]
    # who keeps the equipment sees that there is one
    technician = added(moved, visitor, "technician")
    story = technician.client.get(f"/homes/{home.household}").text
    assert "메모" in story
    visitor.prove()
    sheets = [visitor.client.get(path).text for path in ("/audit.csv", "/council.csv", "/audit")]
    board = visitor.client.get("/board").text
    for shown in (story, board, *sheets, caplog.text, str(home.listen())):
        assert WORDS not in shown
        assert "김철수" not in shown


def test_every_look_at_a_note_is_written_down_before(
    moved: MovedDistrict, visitor: Person, case: str
) -> None:
    write_note(visitor, case, WORDS)
    control = added(moved, visitor, "control")
    control.page(f"/cases/{case}")
    assert re.search(rf"the-control\s*건\s*{case}", visitor.page("/audit").text)


def test_an_open_page_of_the_case_hears_of_it(visitor: Person, case: str) -> None:
    before = visitor.client.get(f"/cases/{case}/news").text
    write_note(visitor, case, WORDS)
    assert visitor.client.get(f"/cases/{case}/news").text != before


def test_it_lies_sealed_on_the_disk_and_opens_on_its_own_case_only(
    moved: MovedDistrict, visitor: Person, home: Kit, case: str
) -> None:
    write_note(visitor, case, WORDS)
    assert WORDS.encode() not in kept_files(moved)
    visitor.answer(case, "handled", "seen_well")
    home.send(home.emergency())
    another = visitor.board()[0].id
    write_note(visitor, another, "다른 건의 메모")
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        (sealed,) = database.execute('SELECT sealed FROM notes WHERE "case" = ?', [case]).fetchone()
        database.execute('UPDATE notes SET sealed = ? WHERE "case" = ?', [sealed, another])
    page = page_of(visitor, another)
    assert WORDS not in page
    assert "잠겨 있습니다" in page


def test_without_the_key_it_stays_sealed_and_nothing_that_is_typed_gets_lost(
    moved: MovedDistrict, visitor: Person, case: str
) -> None:
    write_note(visitor, case, WORDS)
    moved.close()
    (moved.data / "registry.key").write_bytes(b"\x07" * 32)
    again, person = started(moved)
    page = person.client.get(f"/cases/{case}")
    assert page.status_code == 200
    assert WORDS not in page.text
    assert "메모가 잠겨 있습니다" in page.text
    refused = write_note(person, case, "지금 쓰는 메모")
    assert refused.status_code == 503
    assert "저장하지 않았습니다" in refused.text
    assert typed_on(refused.text) == "지금 쓰는 메모"
    again.close()


def test_with_a_new_key_it_is_read_as_before(
    moved: MovedDistrict, visitor: Person, case: str
) -> None:
    write_note(visitor, case, WORDS)
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        before = database.execute("SELECT sealed FROM notes").fetchone()
    moved.close()
    assert command(moved, "new-registry-key") == 0
    again, person = started(moved)
    assert notes_on(page_of(person, case)) == [WORDS]
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        assert database.execute("SELECT sealed FROM notes").fetchone() != before
    again.close()


def test_it_goes_with_the_home_that_is_erased(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    lived_in(moved, visitor, home)
    written = visitor.client.get(f"/homes/{home.household}").text
    case = re.findall(r"/cases/(c-[\w-]+)", written)[0]
    write_note(visitor, case, WORDS)
    assert rows_with(moved, home.household)["notes"] == 1
    leave(moved, visitor, home)
    assert erase(visitor, home.household).status_code == 200
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        assert database.execute("SELECT count(*) FROM notes").fetchone() == (0,)


def test_it_goes_with_its_case_when_that_is_too_old_and_stays_as_long_as_it_is_open(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("visit", attributes=at(moved)))
    old = visitor.board()[0].id
    write_note(visitor, old, WORDS)
    close_case(visitor, home)
    moved.clock.moment += timedelta(days=1094)
    # written late: it is kept as long as its case
    visitor.page("/board")
    write_note(visitor, old, "나중에 알게 됨")
    home.send(home.emergency(attributes=at(moved)))
    open_ = next(one.id for one in visitor.board() if one.family == "emergency")
    write_note(visitor, open_, WORDS)
    swept_after(moved, 2)
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        assert database.execute('SELECT DISTINCT "case" FROM notes').fetchall() == [(open_,)]
