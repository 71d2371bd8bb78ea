"""Very many relays that come back at once are heard together, each of them."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
import sqlite3
from typing import cast

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from anshim_district.intake.together import Together
from anshim_district.storage.database import After, Database, Job
from tests.district.conftest import Make, installed
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.process import DistrictProcess
from tests.district.test_crashes import at_console

RELAYS = 24


def test_relays_that_come_back_with_full_queues_are_all_heard(make: Make) -> None:
    district = make()
    district.start()
    person = at_console(district)
    kits = [installed(district, person) for _ in range(RELAYS)]
    queues = [[kit.signed(kit.alert("quiet", episode=1)) for _ in range(100)] for kit in kits]

    def send(kit: Kit, queue: list[str]) -> set[str]:
        kit.client = district.client()
        return {sent.status for sent in kit.send(*queue)}

    with ThreadPoolExecutor(RELAYS) as senders:
        answered = list(senders.map(send, kits, queues))
        again = list(senders.map(send, kits, queues))
    assert answered == [{"durable"}] * RELAYS
    assert again == [{"repeat"}] * RELAYS
    assert '"level":"error"' not in district.log
    board = at_console(district).board()
    assert [sum(kit.household in case.text for case in board) for kit in kits] == [1] * RELAYS


def test_what_restored_relays_number_anew_at_once_is_missed_by_nobody(make: Make) -> None:
    district = make()
    district.start()
    person = at_console(district)
    kits = [installed(district, person) for _ in range(RELAYS)]
    events = {kit.id: kit.alert("quiet") for kit in kits}

    def send(kit: Kit) -> str:
        kit.client = district.client()
        return kit.send(events[kit.id] | {"epoch": kit.epoch})[0].status

    with ThreadPoolExecutor(RELAYS) as senders:
        assert set(senders.map(send, kits)) == {"durable"}
        for kit in kits:
            kit.epoch = "restored"
        assert set(senders.map(send, kits)) == {"repeat"}
        assert set(senders.map(send, kits)) == {"repeat"}
    assert [kit.id for kit in kits if "have" in kit.beat().json()] == []
    # nobody has to look at them
    assert person.page("/quarantine").text.count("구청 서버 확인") == RELAYS


def test_what_came_twice_in_one_breath_is_filed_once(make: Make) -> None:
    district = make()
    district.start()
    kit = installed(district, at_console(district))
    word = kit.signed(kit.alert("quiet"))

    def send(_: int) -> str:
        return Kit(**{**vars(kit), "client": district.client()}).send(word)[0].status

    with ThreadPoolExecutor(16) as senders:
        heard = sorted(senders.map(send, range(16)))
    assert heard == ["durable", *["repeat"] * 15]


def break_cases_of(district: DistrictProcess, kit: Kit) -> None:
    with sqlite3.connect(district.data / "district.sqlite") as database:
        query = "UPDATE cases SET state = ? WHERE household = ?"
        database.execute(query, (b"{", kit.household))


def test_one_that_we_fail_at_keeps_no_other_from_being_heard(make: Make) -> None:
    """Sixteen kits at once, one of them with a case that cannot be read any more."""
    district = make()
    district.start()
    person = at_console(district)
    kits = [installed(district, person) for _ in range(16)]
    for kit in kits:
        kit.send(kit.alert("quiet"))
    break_cases_of(district, kits[3])

    def send(kit: Kit) -> str:
        kit.client = district.client()
        return kit.send(kit.alert("knock", episode=1))[0].status

    with ThreadPoolExecutor(16) as senders:
        heard = list(senders.map(send, kits))
    assert heard == ["quarantined" if n == 3 else "durable" for n in range(16)]


@pytest.mark.parametrize(
    ("column", "damage", "is_lost"),
    [("gap", "CAST(x'ff' AS TEXT)", True), ("watch", "x'ff'", True),
     ("condition", "x'7bff'", False)],
)  # fmt: skip
def test_a_damaged_row_of_one_home_keeps_no_other_from_being_heard(
    make: Make, column: str, damage: str, *, is_lost: bool
) -> None:
    """What is only its newest condition is written anew by its next word."""
    district = make()
    district.start()
    person = at_console(district)
    kits = [installed(district, person) for _ in range(8)]
    for kit in kits:
        kit.beat()
    with sqlite3.connect(district.data / "district.sqlite") as database:
        query = f"UPDATE pulses SET {column} = {damage} WHERE kit = ?"  # noqa: S608 - both stand above
        database.execute(query, (kits[3].id,))

    def beat(kit: Kit) -> int:
        kit.client = district.client()
        return kit.beat().status_code

    with ThreadPoolExecutor(len(kits)) as senders:
        heard = list(senders.map(beat, kits))
    assert heard == [503 if n == 3 and is_lost else 200 for n in range(8)]


def test_one_that_we_fail_at_keeps_no_other_of_its_request_from_being_heard(make: Make) -> None:
    """A backlog in one request, of a home with a case that cannot be read any more."""
    district = make()
    district.start()
    kit = installed(district, at_console(district))
    known = kit.signed(kit.alert("quiet"))
    kit.send(known)
    break_cases_of(district, kit)
    sent = kit.send(kit.alert("knock", episode=1), known, kit.emergency())
    assert [one.status for one in sent] == ["quarantined", "repeat", "quarantined"]


def test_a_backlog_is_written_down_at_once_and_not_alert_by_alert(
    moved: MovedDistrict, home: Kit
) -> None:
    """Somebody's call for help waits for the commit that is under way."""
    said: list[str] = []
    engine = moved.service.database.engine
    event.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    alerts = [home.signed(home.alert("quiet", episode=1)) for _ in range(25)]
    assert {sent.status for sent in home.send(*alerts)} == {"durable"}
    assert sum(statement.startswith("INSERT INTO events") for statement in said) == 1
    assert sum(statement.startswith("INSERT INTO timeline") for statement in said) == 1


class AtOnce:
    """A database whose commits take a turn of the loop."""

    async def write[T](self, job: Job[T]) -> T:
        await asyncio.sleep(0)
        return job(cast("Connection", None), After())


async def test_a_call_for_help_waits_for_one_commit_at_most() -> None:
    """It comes while the first is under way, and eight were there before it."""
    commits: list[list[str]] = []
    came: list[asyncio.Task[str]] = []

    def keep(_connection: Connection, _after: After, said: Sequence[str]) -> list[str]:
        if not commits:
            came.append(asyncio.get_running_loop().create_task(together.hear("help")))
        commits.append(list(said))
        return list(said)

    together = Together[str, str](
        database=cast("Database", AtOnce()),
        hear_all=keep,
        is_urgent=lambda said: said == "help",
        most=2,
    )
    said = [f"alert {n}" for n in range(10)]
    assert await asyncio.gather(*[together.hear(one) for one in said]) == said
    assert await came[0] == "help"
    assert "help" in [*commits[1], *commits[2]]
    assert [len(commit) for commit in commits] == [2, 2, 2, 2, 2, 1]


async def test_calls_for_help_without_end_keep_no_alert_out_of_every_commit() -> None:
    commits: list[list[str]] = []

    def keep(_connection: Connection, _after: After, said: Sequence[str]) -> list[str]:
        commits.append(list(said))
        return list(said)

    together = Together[str, str](
        database=cast("Database", AtOnce()),
        hear_all=keep,
        is_urgent=lambda said: said.startswith("help"),
        most=2,
    )
    said = [f"help {n}" for n in range(10)] + ["alert 1", "alert 2"]
    assert await asyncio.gather(*[together.hear(one) for one in said]) == said
    assert commits[:2] == [["help 0", "help 1", "alert 1"], ["help 2", "help 3", "alert 2"]]


class Away:
    """A database that is not there for the first commit: no job of it is ever begun."""

    def __init__(self) -> None:
        self.asked = 0

    async def write[T](self, job: Job[T]) -> T:
        self.asked += 1
        await asyncio.sleep(0)
        if self.asked == 1:
            raise OperationalError("BEGIN", {}, Exception("the server has gone"))
        return job(cast("Connection", None), After())


async def test_whoever_came_to_a_commit_that_could_not_begin_is_told_so_and_the_next_is_heard() -> (
    None
):
    together = Together[str, str](
        database=cast("Database", Away()), hear_all=lambda _c, _a, said: list(said)
    )
    came = await asyncio.gather(*map(together.hear, ("one", "two")), return_exceptions=True)
    assert [type(error) for error in came] == [OperationalError] * 2
    async with asyncio.timeout(5):
        assert await together.hear("three") == "three"
