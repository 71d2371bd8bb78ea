"""Whoever watches the district from outside hears of it while everything here goes on."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import threading
from typing import override

import pytest

from tests.district.conftest import admin_with_phone, resident_with_phone
from tests.district.support.moved import MovedDistrict
from tests.district.support.provider import Provider, Sent


class Watcher(ThreadingHTTPServer):
    """Counts who asks; answers what it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 200
        watcher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                watcher.asked += 1
                self.send_response(watcher.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/ping/abc"


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher()
    thread = threading.Thread(target=watcher.serve_forever)
    thread.start()
    yield watcher
    watcher.shutdown()
    watcher.server_close()
    thread.join()


@pytest.fixture
def watched(tmp_path: Path, watcher: Watcher) -> Iterator[MovedDistrict]:
    district = MovedDistrict(data=tmp_path, options={"reach": {"dead_man_url": watcher.url}})
    yield district
    district.close()


def test_while_deadlines_are_looked_at_somebody_outside_hears_it(
    watched: MovedDistrict, watcher: Watcher
) -> None:
    watched.pass_time(minutes=1)
    assert watched.ask_outside()
    assert watcher.asked == 1


def test_before_deadlines_were_ever_looked_at_nobody_outside_is_told_that_all_is_well(
    watched: MovedDistrict, watcher: Watcher
) -> None:
    assert not watched.ask_outside()
    assert watcher.asked == 0


def test_when_nobody_looks_at_deadlines_any_more_the_silence_outside_is_the_alarm(
    watched: MovedDistrict, watcher: Watcher
) -> None:
    watched.pass_time(minutes=1)
    watched.clock.moment += timedelta(minutes=3)
    assert not watched.ask_outside()
    assert watcher.asked == 0


def test_an_error_outside_is_not_taken_for_having_been_heard(
    watched: MovedDistrict, watcher: Watcher
) -> None:
    watched.pass_time(minutes=1)
    watcher.status = 500
    assert not watched.ask_outside()


def test_without_an_address_nobody_is_asked(moved: MovedDistrict) -> None:
    moved.pass_time(minutes=1)
    assert not moved.ask_outside()


def test_when_the_way_to_people_hangs_the_silence_outside_is_the_alarm(
    tmp_path: Path, watcher: Watcher, provider: Provider
) -> None:
    reach = provider.options | {"dead_man_url": watcher.url}
    district = MovedDistrict(data=tmp_path, options={"reach": reach})
    heard: list[bool] = []
    healthy: list[int] = []

    def while_it_answers_to_nobody(_: Sent) -> None:
        provider.heard = lambda _: None
        district.look_at_deadlines(minutes=3)
        heard.append(district.ask_outside())
        district.look_at_deadlines(minutes=3)
        healthy.append(district.client().get("/health").status_code)

    try:
        home = resident_with_phone(district, admin_with_phone(district))
        district.pass_time(seconds=0)
        assert district.ask_outside()
        provider.heard = while_it_answers_to_nobody
        home.send(home.emergency())
        district.pass_time(seconds=0)
        assert (heard, healthy) == ([False], [503])
        assert watcher.asked == 1
        assert district.ask_outside()
    finally:
        district.close()
