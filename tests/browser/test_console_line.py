"""The line of an open console breaks, or only seems to be there: what the page says and shows."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
import socket
import threading

from playwright.sync_api import Browser, Page, Route, expect
import pytest

from tests.browser.office import DESK, YEONGSUN, Office, office, window
from tests.district.support.process import PASSWORD, USER

TUESDAY_AT_TWO = datetime(2026, 11, 24, 5, tzinfo=UTC)
LIVE, LOST = "자동 갱신 중", "연결 끊김: 화면이 갱신되지 않습니다"


@dataclass
class Wire:
    """Between browser and district. Frozen, nothing comes through and nobody is told of it."""

    to: tuple[str, int]
    _free: threading.Event = field(default_factory=threading.Event)
    _sockets: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._free.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def freeze(self) -> None:
        self._free.clear()

    def thaw(self) -> None:
        """What was going on has been lost; whoever connects now gets through."""
        frozen, self._sockets = self._sockets, []
        for one in frozen:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._free.set()

    def close(self) -> None:
        self._listening.close()
        self.thaw()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.create_connection(self.to)
                self._sockets += [here, there]
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while some := source.recv(65536):
                self._free.wait()
                sink.sendall(some)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def weekday(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, TUESDAY_AT_TWO) as opened:
        yield opened


@pytest.fixture
def wire(weekday: Office) -> Iterator[Wire]:
    host, port = weekday.district.url.removeprefix("http://").split(":")
    wire = Wire((host, int(port)))
    yield wire
    wire.close()


@pytest.fixture
def page(browser: Browser, weekday: Office, wire: Wire) -> Iterator[Page]:
    """The administrator's board, at the other end of the wire, with a clock that the test winds."""
    with window(browser, DESK) as page:
        page.clock.install()
        page.goto(f"{wire.url}/login")
        page.locator("#user").fill(USER)
        page.locator("#password").fill(PASSWORD)
        page.locator("form[action$='/login'] button").click()
        expect(page.locator("#live")).to_have_text(LIVE)
        yield page


def test_a_line_that_is_dead_without_saying_so_is_shown_as_lost_and_taken_up_again(
    weekday: Office, page: Page, wire: Wire
) -> None:
    kit = weekday.home(YEONGSUN)
    wire.freeze()
    weekday.say(kit, "emergency")
    expect(page.locator("#live")).to_have_text(LIVE)
    page.clock.fast_forward(66_000)
    expect(page.locator("#live")).to_have_text(LOST)
    expect(page.locator("#board article")).to_have_count(0)
    wire.thaw()
    page.clock.fast_forward(66_000)
    expect(page.locator("#board article")).to_have_count(1)
    expect(page.locator("#live")).to_have_text(LIVE)


def test_a_board_that_cannot_be_fetched_stays_where_it_is_and_is_fetched_again(
    weekday: Office, page: Page
) -> None:
    kit = weekday.home(YEONGSUN)
    weekday.say(kit, "visit")
    expect(page.locator("#board article")).to_have_count(1)
    unavailable(page, "**/board/fragment")
    weekday.say(kit, "emergency")
    expect(page.locator("#live")).to_have_text(LOST)
    expect(page.locator("#board article")).to_have_count(1)
    page.unroute("**/board/fragment")
    page.clock.fast_forward(6_000)
    expect(page.locator("#board article")).to_have_count(2)
    expect(page.locator("#live")).to_have_text(LIVE)


def unavailable(page: Page, path: str) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="")

    page.route(path, refuse)


def test_a_case_that_is_open_says_whether_its_line_lives_and_keeps_a_chosen_outcome(
    weekday: Office, page: Page
) -> None:
    kit = weekday.home(YEONGSUN)
    weekday.say(kit, "emergency")
    page.locator("#board article h2 a").click()
    expect(page.locator("#live")).to_have_text(LIVE)
    page.get_by_label("결과", exact=True).select_option("seen_well")
    weekday.say(kit, "emergency")
    expect(page.locator("#show-news")).to_be_visible()
    expect(page.get_by_label("결과", exact=True)).to_have_value("seen_well")
    # what was chosen before the second call does not end it
    page.get_by_role("button", name="조치 완료").click()
    expect(page.get_by_role("alert")).to_contain_text("도움 요청이 다시 왔습니다")
    expect(page.locator("#live")).to_have_text(LIVE)


def test_whose_login_has_ended_is_shown_the_way_in_and_not_an_old_board(
    weekday: Office, page: Page
) -> None:
    kit = weekday.home(YEONGSUN)
    weekday.district.clock.moment = weekday.district.now.replace(day=25)
    kit.hello()
    weekday.say(kit, "emergency")
    # the browser itself tries once more before it gives the stream up
    expect(page.locator("#password")).to_be_visible(timeout=20_000)


def test_the_browsers_way_back_shows_the_case_as_it_is(weekday: Office, page: Page) -> None:
    kit = weekday.home(YEONGSUN)
    weekday.say(kit, "visit")
    page.locator("#board article h2 a").click()
    expect(page.locator("article .turn-free")).to_be_visible()
    page.get_by_role("link", name="당직", exact=True).click()
    (case,) = weekday.admin.board()
    weekday.admin.answer(case.id, "handled", "seen_well")
    page.go_back()
    expect(page.locator(".case-closed")).to_be_visible()


def test_cases_left_open_in_many_tabs_do_not_keep_the_board_from_opening(
    weekday: Office, page: Page
) -> None:
    kit = weekday.home(YEONGSUN)
    weekday.say(kit, "visit")
    (case,) = weekday.admin.board()
    tabs = [page.context.new_page() for _ in range(8)]
    for tab in tabs:
        tab.goto(f"{page.url.removesuffix('/board')}/cases/{case.id}")
        expect(tab.locator("#live")).to_have_text(LIVE)
        put_aside(tab, aside=True)
    # and one that is taken up again shows what has become of it
    weekday.admin.answer(case.id, "hold")
    expect(tabs[0].locator("article .turn-free")).to_be_visible()
    put_aside(tabs[0], aside=False)
    expect(tabs[0].locator("article .turn-yours")).to_be_visible()


def put_aside(tab: Page, *, aside: bool) -> None:
    """As a browser says it of a tab that is not in front: one without windows has all in front."""
    tab.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        aside,
    )
