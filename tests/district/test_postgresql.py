"""The same program on PostgreSQL, alone and as several workers."""

from collections.abc import Iterator
from pathlib import Path
import threading

import pytest

from tests.district.conftest import Make, installed
from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.postgres import Postgres
from tests.district.support.process import DistrictProcess, until
from tests.district.test_crashes import Sender, all_messages, at_console


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.fresh()


def workers(make: Make, url: str, **options: object) -> list[DistrictProcess]:
    """Two of the same program, with the same keys, on one database."""
    first, second = two(make, url, **options)
    first.start()
    second.start()
    return [first, second]


def two(make: Make, url: str, **options: object) -> list[DistrictProcess]:
    """Not started yet."""
    first, second = (make(name, database=url, **options) for name in ("one", "two"))
    second.folder.mkdir(parents=True)
    first.folder.mkdir(parents=True)
    first.data.mkdir()
    (second.folder / "data").symlink_to(first.data, target_is_directory=True)
    return [first, second]


def at(district: DistrictProcess, kit: Kit) -> Kit:
    """The same kit, whose next request the balancer gives to another worker."""
    return Kit(**{**vars(kit), "client": district.client()})


@pytest.fixture
def moved(tmp_path: Path, url: str) -> Iterator[MovedDistrict]:
    """In the place of the one on SQLite: whoever visits it, and the home, are of this one."""
    district = MovedDistrict(data=tmp_path, options={"database": url})
    yield district
    district.close()


def test_a_home_goes_through_its_ladder_and_is_missed(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.beat()
    home.send(home.alert("quiet", attributes={"time": now_text(moved.now)}))
    moved.pass_time(minutes=15)
    assert {case.family for case in visitor.board()} == {"welfare", "silent"}
    home.beat()
    assert {case.family for case in visitor.board()} == {"welfare"}
    case = visitor.case_of(home.household)
    assert case is not None
    visitor.answer(case.id, "handled", "seen_well")
    assert visitor.board() == []
    assert home.listen()[0]["data"]["state"] == "opened"


def test_homes_that_fall_silent_together_are_one_outage(
    moved: MovedDistrict, visitor: Person
) -> None:
    for _ in range(6):
        assert installed(moved, visitor).beat().status_code == 200
    moved.pass_time(minutes=15)
    moved.pass_time(seconds=61)
    assert "구 전체 통신 장애: 6세대" in visitor.page("/board").text
    assert visitor.board() == []


def test_what_is_odd_is_set_apart_and_never_loses_what_came_with_it(home: Kit) -> None:
    long = home.alert("quiet") | {"id": "x" * 4000}
    nul = home.alert("quiet") | {"subject": "h-\x00" + "y" * 300}
    sent = home.send(long, nul, home.alert("quiet"))
    assert [one.status for one in sent] == ["quarantined", "quarantined", "durable"]


def test_the_district_goes_on_when_its_database_comes_back(
    moved: MovedDistrict, home: Kit, postgres: Postgres
) -> None:
    home.send(home.alert("quiet", attributes={"time": now_text(moved.now)}))
    postgres.restart()

    def is_taken() -> bool:
        answer = home.post(home.signed(home.emergency(attributes={"time": now_text(moved.now)})))
        assert answer.status_code in {200, 503}
        return answer.status_code == 200

    until(is_taken, what="the database")
    assert home.beat().status_code == 200


def test_a_database_that_is_not_there_is_named_in_one_sentence(make: Make) -> None:
    done = make(database="postgresql://nobody@127.0.0.1:1/none").run()
    assert done.returncode == 2
    assert done.stderr.startswith("The database cannot be used: ")


def test_what_one_worker_hears_is_told_by_the_other_at_once(make: Make, url: str) -> None:
    first, second = workers(make, url)
    kit = installed(first, at_console(first))
    heard: list[list[Json]] = []
    poll = threading.Thread(target=lambda: heard.append(at(second, kit).listen(wait=50)))
    poll.start()
    kit.send(kit.alert("quiet"))
    poll.join(10)
    assert heard
    assert [message["data"]["state"] for message in heard[0]] == ["opened"]
    case = at_console(second).case_of(kit.household)
    assert case is not None


def test_a_worker_killed_in_mid_load_loses_nothing_and_no_home_has_two_cases(
    make: Make, url: str
) -> None:
    first, second = workers(make, url)
    person = at_console(first)
    kits = [installed(first, person) for _ in range(6)]
    senders = [Sender(at(first, kit)) for kit in kits]
    shared = kits[0]
    # the other worker hears of the same homes at the same time
    others = [Sender(Kit(**{**vars(at(second, kit)), "version": 5000})) for kit in kits]
    for sender in (*senders, *others):
        sender.start()
    until(lambda: all(s.acknowledged for s in (*senders, *others)), what="load on both workers")
    first.kill()
    for sender in senders:
        sender.join(30)
    before = [len(sender.acknowledged) for sender in others]
    until(
        lambda: all(len(s.acknowledged) > n + 3 for s, n in zip(others, before, strict=True)),
        what="the worker that is left going on",
    )
    second.stop()
    for sender in others:
        sender.join(30)
    second.start()
    for kit, sender, other in zip(kits, senders, others, strict=True):
        kit.client = second.client()
        acknowledged = sender.acknowledged + other.acknowledged
        for start in range(0, len(acknowledged), 100):
            repeated = kit.send(*acknowledged[start : start + 100])
            assert {one.status for one in repeated} == {"repeat"}
    board = at_console(second).board()
    assert sorted(sum(kit.household in case.text for case in board) for kit in kits) == [1] * 6
    opened = [m for m in all_messages(shared) if m["data"]["state"] == "opened"]
    assert len(opened) == 1
