"""What strangers ask never keeps those waiting who watch over the homes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import threading
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, event

from anshim_district.certificates import self_signed
from anshim_district.intake.gate import Gate, Urgency, claims_of_help, urgency_of
from tests.district.conftest import admin_with_phone, resident_with_phone
from tests.district.support.centre_system import CentreSystem
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.provider import Provider

STRANGERS = 20


async def watched_while_strangers_ask(district: MovedDistrict) -> None:
    """All who watch do their work, while every reader has more to do than it ever can."""
    service, now, go = district.service, district.now, threading.Event()
    asking = [
        asyncio.create_task(service.database.read(lambda _: go.wait(20))) for _ in range(STRANGERS)
    ]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(5):
            await service.overseer.step(now)
            await service.dispatcher.step(now)
            for clerk in service.outside.clerks:
                await clerk.step(now)
    finally:
        go.set()
        await asyncio.gather(*asking)


def test_strangers_who_keep_every_reader_busy_hold_up_nobody_who_watches(
    tmp_path: Path, provider: Provider
) -> None:
    (folder := tmp_path / "centre").mkdir()
    system = CentreSystem(pem=self_signed(folder))
    options = {"reach": provider.options, "centre": system.options(folder)}
    district = MovedDistrict(data=tmp_path, options=options)
    try:
        assert len(district.service.outside.clerks) == 1
        asyncio.run(watched_while_strangers_ask(district))
    finally:
        district.close()
        system.close()


@contextmanager
def asked_for_kits() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "FROM kits" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


GROW: Final = ("cases", "timeline", "errands", "reaches", "events", "quarantine", "downlink")
# of what is open, due or unseen only
PARTIAL: Final = ("cases_one_open", "cases_due", "errands_due", "quarantine_unseen")


@contextmanager
def asked_of_the_database() -> Iterator[set[str]]:
    asked: set[str] = set()

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.add(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def goes_through(connection: Connection, question: str) -> list[str]:
    """Tables that SQLite reads from end to end for it."""
    given = (None,) * question.count("?")
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", given)
    return [
        step
        for *_, step in plan
        if step.startswith(tuple(f"SCAN {table}" for table in GROW)) and not step.endswith(PARTIAL)
    ]


def test_a_step_the_board_and_the_metrics_go_through_no_table_that_grows_with_the_years(
    tmp_path: Path, provider: Provider, request: pytest.FixtureRequest
) -> None:
    """Closed cases are kept for three years, and the one writer waits for a step."""
    options = {"reach": provider.options, "metrics": {"networks": ["127.0.0.0/8"]}}
    district = MovedDistrict(data=tmp_path, options=options)
    request.addfinalizer(district.close)
    home = resident_with_phone(district, admin := admin_with_phone(district))
    with asked_of_the_database() as asked:
        home.send(home.emergency())
        home.beat()
        for hours in (0, 1, 24):
            district.pass_time(hours=hours)
        assert admin.board()
        assert district.client().get("/metrics").status_code == 200
    questions = {one for one in asked if one.startswith(("SELECT", "UPDATE", "DELETE"))}
    assert any("FROM cases" in one for one in questions)
    with district.service.database.engine.connect() as connection:
        slow = {one: steps for one in questions if (steps := goes_through(connection, one))}
    assert slow == {}


def urgency(moved: MovedDistrict, *tokens: str) -> Urgency:
    body = json.dumps({"events": tokens}).encode()
    return asyncio.run(urgency_of(body, moved.service.kits, Gate()))[0]


def test_the_database_is_asked_once_for_all_the_keys_that_nobody_knows(
    moved: MovedDistrict, home: Kit
) -> None:
    cries = [
        stranger.signed(stranger.emergency())
        for stranger in (Kit(client=home.client, id=home.id) for _ in range(4))
    ]
    with asked_for_kits() as asked:
        assert urgency(moved, *cries) is Urgency.REST
    assert len(asked) == 1


def test_what_a_stranger_sends_at_once_is_one_question_to_the_database_for_every_25(
    home: Kit,
) -> None:
    """Each holds its place until it is answered, and a call for help may be next."""
    strangers = [Kit(client=home.client, id=home.id) for _ in range(50)]
    with asked_for_kits() as asked:
        sent = home.send(*(one.signed(one.alert()) for one in strangers))
    assert {(one.status, one.reason) for one in sent} == {("later", "unknown_key")}
    assert len(asked) == 2


def test_a_kit_in_memory_is_heard_beside_strangers_and_asks_for_nothing(
    moved: MovedDistrict, home: Kit
) -> None:
    stranger = Kit(client=home.client, id=home.id)
    cry = home.signed(home.emergency())
    assert urgency(moved, cry) is Urgency.HELP
    with asked_for_kits() as asked:
        assert urgency(moved, stranger.signed(stranger.emergency()), cry) is Urgency.HELP
    assert asked == []


def test_no_more_events_are_looked_at_than_a_request_may_hold(home: Kit) -> None:
    calm, cry = home.signed(home.alert()), home.signed(home.emergency())

    def claims(before: int) -> list[str]:
        return list(claims_of_help(json.dumps({"events": [calm] * before + [cry]}).encode()))

    assert claims(99) == [cry]
    assert claims(100) == []
