"""Days of the people at a district, in Korean, in the browser: what each of them does, whole.

`scripts/pictures -k staff_days` takes the pictures of docs/console.md with it.
"""

from collections.abc import Iterator
import csv
from datetime import UTC, datetime
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Download, Page, ViewportSize, expect
import pytest
import zxingcpp

from tests.browser.axe import findings
from tests.browser.office import DESK, MALJA, PHONE, YEONGSUN, Office, office, window
from tests.district.support.kit import Kit

TUESDAY_AT_TWO = datetime(2026, 11, 24, 5, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 11, 28, 13, tzinfo=UTC)


@pytest.fixture
def weekday(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, TUESDAY_AT_TWO) as opened:
        yield opened


@pytest.fixture
def weekend(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, SATURDAY_NIGHT) as opened:
        yield opened


def at_work(browser: Browser, at: Office, role: str, size: ViewportSize) -> Iterator[Page]:
    with window(browser, size) as page:
        at.log_in(page, role)
        yield page


@pytest.fixture
def officer(browser: Browser, weekday: Office) -> Iterator[Page]:
    weekday.hire("officer", "문안동")
    yield from at_work(browser, weekday, "officer", PHONE)


@pytest.fixture
def control(browser: Browser, weekend: Office) -> Iterator[Page]:
    weekend.hire("control")
    yield from at_work(browser, weekend, "control", DESK)


@pytest.fixture
def technician(browser: Browser, weekday: Office) -> Iterator[Page]:
    weekday.hire("technician")
    yield from at_work(browser, weekday, "technician", PHONE)


@pytest.fixture
def auditor(browser: Browser, weekday: Office) -> Iterator[Page]:
    weekday.hire("auditor")
    yield from at_work(browser, weekday, "auditor", DESK)


def give_outcome(page: Page, outcome: str) -> None:
    page.get_by_label("결과", exact=True).select_option(outcome)
    page.get_by_role("button", name="조치 완료").click()


def test_an_officer_takes_a_visit_finds_the_way_and_is_reminded_when_nobody_opens(
    weekday: Office, officer: Page, pictures: Path
) -> None:
    kit = weekday.home(YEONGSUN)
    elsewhere = weekday.home(MALJA)
    board = officer.locator("#board article")
    expect(board).to_have_count(0)
    weekday.say(elsewhere, "visit")
    weekday.say(kit, "visit")
    # It comes by itself, and only what is hers.
    expect(board).to_have_count(1)
    expect(board.get_by_role("heading")).to_have_text("방문 필요")
    officer.screenshot(path=pictures / "console-officer-board.png")
    board.get_by_role("button", name="담당하기").click()
    expect(officer.get_by_text("내가 담당 중")).to_be_visible()

    board.get_by_role("heading").get_by_role("link").click()
    expect(officer.get_by_text("문안로 12, 301호")).to_be_visible()
    expect(officer.get_by_text("열쇠는 경비실에 있음")).to_be_visible()
    call = officer.get_by_role("link", name="010-2345-6789")
    expect(call).to_have_attribute("href", "tel:+821023456789")
    officer.screenshot(path=pictures / "console-officer-case.png", full_page=True)
    give_outcome(officer, "nobody_opened")
    expect(officer.locator("article .turn-resting")).to_be_visible()

    # "Nobody opened" is no end: within four hours the case is free again.
    weekday.district.pass_time(hours=4)
    expect(officer.locator("article .turn-free")).to_be_visible()
    give_outcome(officer, "seen_well")
    expect(officer.locator(".case-closed")).to_be_visible()
    officer.get_by_role("link", name="처리할 건").click()
    expect(officer.get_by_role("heading", name="처리할 건")).to_be_visible()
    officer.goto(f"{weekday.district.url}/homes/{elsewhere.household}")
    expect(officer.get_by_role("main")).not_to_contain_text("박말자")


def test_the_control_centre_has_the_weekend_of_every_dong(
    weekend: Office, control: Page, pictures: Path
) -> None:
    first, second = weekend.home(YEONGSUN), weekend.home(MALJA)
    control.goto(f"{weekend.district.url}/duty")
    expect(control.get_by_role("heading", name="지금: 주말")).to_be_visible()
    control.screenshot(path=pictures / "console-control-duty.png")
    control.goto(f"{weekend.district.url}/board")
    weekend.say(first, "knock")
    weekend.say(second, "emergency")
    cases = control.locator("#board article")
    expect(cases).to_have_count(2)
    # Help comes first, however late it came.
    expect(cases.first.get_by_role("heading")).to_have_text("도움 요청")
    control.screenshot(path=pictures / "console-control-board.png")
    cases.first.get_by_role("button", name="담당하기").click()
    expect(cases.first.get_by_text("내가 담당 중")).to_be_visible()
    # A second Help takes it out of her hands again: perhaps it is another need.
    weekend.say(second, "emergency")
    expect(cases.first.get_by_text("담당자 없음")).to_be_visible()
    cases.first.get_by_role("heading").get_by_role("link").click()
    control.get_by_role("link", name="119 신고 카드").click()
    expect(control.locator(".say")).to_contain_text("샘터길 4")
    control.screenshot(path=pictures / "console-control-119.png")
    control.get_by_role("link", name="가구로 돌아가기").click()
    expect(control.get_by_role("heading", level=1)).to_contain_text(second.household)


def test_a_technician_enrols_a_kit_by_the_picture_on_the_phone(
    weekday: Office, technician: Page, pictures: Path
) -> None:
    technician.get_by_role("link", name="가구 등록").click()
    technician.get_by_role("main").get_by_role("button").click()
    picture = technician.locator(".qr svg")
    expect(picture).to_be_visible()
    technician.screenshot(path=pictures / "console-technician-code.png", full_page=True)
    said = read_qr(picture.screenshot())
    code = said.partition("&c=")[2].partition("&")[0]
    kit = Kit(client=weekday.district.client())
    assert kit.enrol(code).status_code == 201
    assert said.startswith("anshim:enrol?u=")
    kit.hello()
    kit.beat()
    technician.goto(f"{weekday.district.url}/homes/{kit.household}")
    expect(technician.locator(".dot-connected")).to_be_visible()
    expect(technician.get_by_text(kit.id).first).to_be_visible()


def read_qr(picture: bytes) -> str:
    with Image.open(io.BytesIO(picture)) as image:
        found = zxingcpp.read_barcode(image)
    assert found is not None, "no QR code in the picture"
    return found.text


def test_an_auditor_exports_the_months_looks_and_figures_and_nothing_else(
    weekday: Office, auditor: Page, pictures: Path, tmp_path: Path
) -> None:
    kit = weekday.home(YEONGSUN)
    weekday.say(kit, "visit")
    case = weekday.admin.board()[0].id
    weekday.district.pass_time(minutes=4)
    weekday.admin.answer(case, "hold")
    weekday.district.pass_time(minutes=21)
    weekday.admin.answer(case, "handled", "seen_care")
    weekday.admin.page(f"/homes/{kit.household}")
    auditor.goto(f"{weekday.district.url}/audit")
    expect(auditor.get_by_role("cell", name=kit.household).first).to_be_visible()
    auditor.screenshot(path=pictures / "console-auditor-looks.png")
    # What leaves the house is asked for twice.
    auditor.get_by_role("link", name="CSV로 내보내기").click()
    looks = rows(download_after_proof(weekday, auditor), tmp_path / "looks.csv")
    assert ["kim", "home", kit.household] in [row[1:] for row in looks]
    auditor.goto(f"{weekday.district.url}/council")
    auditor.screenshot(path=pictures / "console-auditor-figures.png")
    with auditor.expect_download() as coming:
        auditor.get_by_role("link", name="CSV로 내보내기").click()
    figures = rows(coming.value, tmp_path / "figures.csv")
    figure = dict(zip(figures[0], figures[1], strict=True))
    assert (figure["동"], figure["실제 위험"]) == ("구 전체", "1")
    assert (figure["담당까지 중앙값(분)"], figure["방문까지 중앙값(분)"]) == ("4.0", "25.0")
    assert not any("김영순" in cell for row in (*looks, *figures) for cell in row)
    for forbidden in ("/board", "/homes", f"/homes/{kit.household}"):
        auditor.goto(f"{weekday.district.url}{forbidden}")
        expect(auditor.get_by_text("맡은 역할로는")).to_be_visible()


def download_after_proof(at: Office, page: Page) -> Download:
    with page.expect_download() as coming:
        at.prove(page, "auditor")
    return coming.value


def rows(sheet: Download, path: Path) -> list[list[str]]:
    sheet.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def test_an_officer_writes_a_note_and_the_control_centre_reads_it_at_once_and_loses_nothing(
    weekday: Office, officer: Page, browser: Browser
) -> None:
    kit = weekday.home(YEONGSUN)
    weekday.hire("control")
    weekday.say(kit, "visit")
    officer.locator("#board article").get_by_role("heading").get_by_role("link").click()
    with window(browser, DESK) as control:
        weekday.log_in(control, "control")
        control.goto(officer.url)
        expect(control.locator(".live-live")).to_be_visible()
        officer.get_by_label("메모 쓰기").fill("옆집 분 말씀: 어제저녁에 불이 켜져 있었음")
        officer.get_by_role("button", name="메모 남기기").click()
        expect(control.locator(".entry .note")).to_have_text(
            "옆집 분 말씀: 어제저녁에 불이 켜져 있었음"
        )
        # Whoever writes is not interrupted, and looks for themselves.
        mine = control.get_by_label("메모 쓰기")
        mine.fill("아드님께 전화함")
        officer.get_by_label("메모 쓰기").fill("문을 두드렸으나 대답 없음")
        officer.get_by_role("button", name="메모 남기기").click()
        expect(control.get_by_role("button", name="새 소식이 있습니다")).to_be_visible()
        expect(mine).to_have_value("아드님께 전화함")
        weekday.say(kit, "emergency")
        control.get_by_role("button", name="새 소식이 있습니다").click()
        expect(control.locator(".entry .note")).to_have_count(2)
        expect(control.locator("#beside")).to_contain_text("도움 요청")
        expect(mine).to_have_value("아드님께 전화함")
        control.get_by_role("button", name="메모 남기기").click()
        expect(officer.locator(".entry .note")).to_have_count(3)


def test_an_officer_gives_a_case_to_a_colleague_who_sees_it_at_once_and_takes_it(
    weekday: Office, officer: Page, browser: Browser
) -> None:
    kit = weekday.home(YEONGSUN)
    weekday.hire("control")
    weekday.say(kit, "visit")
    officer.locator("#board article").get_by_role("heading").get_by_role("link").click()
    officer.get_by_role("button", name="담당하기").click()
    with window(browser, DESK) as control:
        weekday.log_in(control, "control")
        control.goto(f"{weekday.district.url}/board")
        expect(control.get_by_text("담당: the-officer")).to_be_visible()
        officer.get_by_label("동료에게 넘기기").select_option("the-control")
        officer.get_by_role("button", name="넘기기", exact=True).click()
        expect(officer.get_by_text("the-control에게 넘김 · 확인 전")).to_be_visible()
        assert findings(officer) == []
        expect(control.get_by_text("나에게 넘어옴")).to_be_visible()
        control.get_by_role("button", name="담당하기").click()
        expect(control.get_by_text("내가 담당 중")).to_be_visible()
        expect(officer.get_by_text("담당: the-control")).to_be_visible()
