"""A district grows out of its file: all of it is moved to PostgreSQL, or nothing is."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
import json
from pathlib import Path

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    insert,
    inspect,
    select,
    update,
)

from anshim_district.storage.engines import sqlite_file, writing_engine
from anshim_district.storage.migrate import NEWEST, metadata, migrate
from anshim_district.storage.moving import MoveError, move
from anshim_district.storage.tables import UtcTime, looks
from tests.district.conftest import Make, admin_with_phone, installed, resident_with_phone
from tests.district.support.kit import Kit
from tests.district.support.postgres import Postgres
from tests.district.support.process import DistrictProcess
from tests.district.test_crashes import at_console

LAID = 3
MOVED = [table for table in metadata.sorted_tables if table.name != "sessions"]


def long(column: Column[object], number: int) -> str:
    length = getattr(column.type, "length", None)
    assert isinstance(length, int)
    return f"{number}{'집' * length}"[:length]


# the most particular type first
VALUES: Sequence[tuple[type[object], Callable[[Column[object], int], object]]] = (
    (UtcTime, lambda _, n: datetime(2026, 11, 27, 3, 4, 5, 678_000, UTC) + timedelta(days=n)),
    (Text, lambda _, n: f"{n} \u00e9 한글 \U0001f3e0 '\"\\ \n\t {{}} %s :x"),
    (String, long),
    (LargeBinary, lambda _, n: bytes(range(256)) + bytes([n])),
    (Boolean, lambda _, n: n % 2 == 0),
    (Date, lambda _, n: date(2026, 9, 25) + timedelta(days=n)),
    (Integer, lambda _, n: 2**31 - 1 - n),
)


def value(column: Column[object], number: int) -> object:
    """Of its type, as long as may be, another one for each row; a reference to a row that is."""
    for reference in column.foreign_keys:
        return value(reference.column, number)
    if column.nullable and number == 0:
        return None
    make = next(make for type_, make in VALUES if isinstance(column.type, type_))
    return make(column, number)


def laid(where: str) -> None:
    """Some rows in every table."""
    engine = writing_engine(where)
    migrate(engine)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            rows = [{c.name: value(c, number) for c in table.c} for number in range(LAID)]
            connection.execute(insert(table), rows)
    engine.dispose()


def rows_of(connection: Connection, table: Table) -> list[str]:
    return sorted(repr(tuple(row)) for row in connection.execute(select(table)))


def content(where: str) -> dict[str, list[str]]:
    engine = writing_engine(where)
    with engine.connect() as connection:
        found = {table.name: rows_of(connection, table) for table in MOVED}
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == (
            NEWEST
        )
    engine.dispose()
    return found


def test_every_row_of_every_table_is_the_same_there_and_back_again(
    postgres: Postgres, tmp_path: Path
) -> None:
    first, there = sqlite_file(tmp_path / "first.sqlite"), postgres.fresh()
    back = sqlite_file(tmp_path / "back.sqlite")
    laid(first)
    told: dict[str, int] = {}
    assert move(first, there, told.__setitem__) == LAID * len(MOVED)
    assert move(there, back, told.__setitem__) == LAID * len(MOVED)
    assert set(told.values()) == {LAID}
    assert content(first) == content(there) == content(back)


def test_the_next_row_gets_the_next_number(postgres: Postgres, tmp_path: Path) -> None:
    first, there = sqlite_file(tmp_path / "first.sqlite"), postgres.fresh()
    laid(first)
    move(first, there, lambda *_: None)
    engine = writing_engine(there)
    counted = [table for table in MOVED if table.autoincrement_column is not None]
    with engine.begin() as connection:
        for table in counted:
            fields = {c.name: value(c, LAID) for c in table.c if c.name != "n"}
            fields |= {c.name: value(c, 1) for c in table.c if c.foreign_keys}
            key = connection.execute(insert(table).values(fields)).inserted_primary_key
            assert key is not None
            assert key[0] == 2**31
    engine.dispose()
    assert {table.name for table in counted} >= {"events", "timeline", "consents", "quarantine"}


def test_what_the_other_database_does_not_take_moves_nothing(
    postgres: Postgres, tmp_path: Path
) -> None:
    first, there = sqlite_file(tmp_path / "first.sqlite"), postgres.fresh()
    laid(first)
    engine = writing_engine(first)
    with engine.begin() as connection:
        connection.execute(update(looks).values(subject="x" * 200))
    engine.dispose()
    with pytest.raises(MoveError, match="The table looks cannot be moved: value too long"):
        move(first, there, lambda *_: None)
    engine = writing_engine(there)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def options_for(district: DistrictProcess, url: str) -> str:
    """The options that the district is started with from then on."""
    now = json.loads((district.folder / "options.json").read_text(encoding="utf-8"))
    path = district.folder / "next.json"
    path.write_text(json.dumps(now | {"database": url}), encoding="utf-8")
    return str(path)


def test_a_district_in_the_midst_of_a_case_goes_on_in_postgresql(
    make: Make, postgres: Postgres
) -> None:
    district = make()
    district.start()
    kit = resident_with_phone(district, admin_with_phone(district))
    alert, help_ = kit.alert("quiet"), kit.emergency()
    kit.send(alert, help_, kit.alert("quiet") | {"subject": "h-\x00odd"})
    url = postgres.fresh()
    refused = district.ended("move", options_for(district, url))
    assert (refused.returncode, "Stop the district first" in refused.stderr) == (2, True)
    district.stop()
    (copies := district.data / "backups").mkdir(exist_ok=True)
    moved = district.ended("move", options_for(district, url))
    assert moved.returncode == 0, moved.stderr
    assert f"nightly copies are in {copies}: delete them" in moved.stdout
    assert "rows were moved, read again, and are the same" in moved.stdout
    district.options["database"] = url
    district.start()
    assert_goes_on(district, kit)
    # a running one is not moved back under its own feet, wherever it runs
    elsewhere = DistrictProcess(folder=district.folder / "elsewhere", options=district.options)
    elsewhere.write_options()
    elsewhere.data.mkdir()
    back = elsewhere.ended("move", options_for(elsewhere, ""))
    assert back.returncode == 2
    assert "The district is running (1 workers)" in back.stderr
    assert [sent.status for sent in kit.send(alert, help_)] == ["repeat"] * 2


def assert_goes_on(district: DistrictProcess, kit: Kit) -> None:
    kit.client = district.client()
    # its relay says hello again, and hears what is here
    assert kit.beat().status_code == 401
    assert kit.hello()["have"] == [{"epoch": kit.epoch, "seq": 3}]
    assert kit.beat().status_code == 200
    assert [sent.status for sent in kit.send(kit.alert("visit"))] == ["durable"]
    person = at_console(district)
    families = {case.family for case in person.board() if kit.household in case.text}
    assert families == {"emergency", "welfare"}
    assert "김영순" in person.client.get(f"/homes/{kit.household}/resident").text
    assert installed(district, person).beat().status_code == 200


def test_only_an_empty_database_is_moved_to(postgres: Postgres, tmp_path: Path) -> None:
    first, there = sqlite_file(tmp_path / "first.sqlite"), postgres.fresh()
    laid(first)
    with pytest.raises(MoveError, match="the same database"):
        move(first, first, print)
    laid(there)
    with pytest.raises(MoveError, match="is not empty"):
        move(first, there, print)
    with pytest.raises(MoveError, match="Put it away first"):
        move(there, first, print)
    with pytest.raises(MoveError, match="There is no database"):
        move(sqlite_file(tmp_path / "none.sqlite"), there, print)
    assert content(first) == content(there)
