"""The same program on PostgreSQL, alone and as several workers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
import shutil
import threading

import pytest

from anshim_district.forgetting.journal import JournalError
from anshim_district.forgetting.sweeper import believe_clock
from tests.district.conftest import Make, installed
from tests.district.support.erasing import erase, erased, leave, lived_in
from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.postgres import Postgres
from tests.district.support.process import DistrictProcess, until
from tests.district.test_crashes import Sender, all_messages, at_console
from tests.district.test_lost_kit import refusal, report


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


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[list[DistrictProcess]]:
    """For tests that end neither of the two."""
    made: list[DistrictProcess] = []

    def one(name: str, **options: object) -> DistrictProcess:
        made.append(DistrictProcess(folder=tmp_path_factory.mktemp("pair") / name, options=options))
        return made[-1]

    yield workers(one, postgres.fresh())
    for district in made:
        district.end()


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
    assert "구 전체 통신 장애: 6가구" in visitor.page("/board").text
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


def test_what_one_worker_hears_is_told_by_the_other_at_once(
    pair: list[DistrictProcess],
) -> None:
    first, second = pair
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


def test_a_kit_reported_lost_at_one_worker_is_lost_to_the_other_with_its_next_word(
    pair: list[DistrictProcess],
) -> None:
    """The other one has heard it before, and remembers its key and its session."""
    first, second = pair
    person = at_console(first)
    kit = installed(first, person)
    there = at(second, kit)
    there.beat()
    there.send(there.alert("quiet"))
    assert report(person, kit).status_code == 303
    assert there.send(there.alert("knock"))[0].reason == "kit_revoked"
    assert there.beat().status_code == 401
    headers = {"Authorization": f"Bearer {there.token}"}
    assert there.client.get("/v1/downlink", headers=headers).status_code == 401
    assert refusal(there)["kit"] == kit.id


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


def test_a_home_is_erased_and_what_is_old_goes_also_here(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    lived_in(moved, visitor, home)
    other = installed(moved, visitor)
    other.send(other.alert("quiet", attributes={"time": now_text(moved.now)}))
    moved.sweep()
    leave(moved, visitor, home)
    assert erase(visitor, home.household).status_code == 200
    assert home.send(home.alert("quiet"))[0].reason == "erased_kit"
    moved.clock.moment += timedelta(days=1100)
    moved.service.database.write_now(lambda c, _: believe_clock(c, moved.now))
    went = moved.sweep()
    assert went is not None
    # what the other home said, and that the erased one's kit spoke
    assert went["messages"] == 2
    assert went["looks"] > 0
    assert other.send(other.alert("quiet"))[0].status == "durable"


def test_a_worker_whose_journal_is_not_the_common_one_does_not_start(
    moved: MovedDistrict, visitor: Person, home: Kit, tmp_path: Path, url: str
) -> None:
    erased(moved, visitor, home)
    copy = tmp_path / "copy"
    copy.mkdir()
    for key in moved.data.glob("*.pem"):
        shutil.copy(key, copy)
    whole = (moved.data / "erasures.journal").read_bytes()
    (copy / "erasures.journal").write_bytes(whole.splitlines(keepends=True)[0])
    with pytest.raises(JournalError, match="older than the database"):
        MovedDistrict(data=copy, options={"database": url})


def test_of_two_workers_that_wake_in_the_same_night_one_deletes(
    moved: MovedDistrict, url: str
) -> None:
    other = MovedDistrict(data=moved.data, options={"database": url}, clock=moved.clock)
    try:
        assert moved.sweep() is None
        with ThreadPoolExecutor(2) as pool:
            went = list(pool.map(MovedDistrict.sweep, (moved, other)))
        assert sorted(one is None for one in went) == [False, True]
        assert other.sweep() is None
    finally:
        other.close()
