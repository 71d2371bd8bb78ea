"""What a pile of rows holds is in the table afterwards, in SQLite and in PostgreSQL.

And is read back as one value.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec import Struct
import pytest
from sqlalchemy import Engine, delete, select

from anshim_district.storage.among import among
from anshim_district.storage.engines import sqlite_file, writing_engine
from anshim_district.storage.gathered import Gathered
from anshim_district.storage.migrate import migrate
from anshim_district.storage.piles import insert_all, update_all
from anshim_district.storage.tables import staff
from tests.district.support.postgres import Postgres

type Row = dict[str, Any]

words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
maybe = st.none() | words
rows = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["officer", "auditor"]),
        "password": words,
        "failures": st.integers(-(2**31), 2**31 - 1),
        "locked_until": st.none()
        | st.integers(-(10**13), 10**13).map(
            lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
        ),
        "disabled": st.booleans(),
        "totp": st.none() | words.map(str.encode),
    }
)
piles = st.lists(rows, min_size=1, max_size=5)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        where = sqlite_file(tmp_path / "district.sqlite")
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        where = postgres.fresh()
    engine = writing_engine(where)
    migrate(engine)
    yield engine
    engine.dispose()


def numbered(pile: list[Row]) -> list[Row]:
    return [{"user": f"{number}"} | row for number, row in enumerate(pile)]


def kept(engine: Engine, names: list[str]) -> list[Row]:
    with engine.connect() as connection:
        read = connection.execute(select(*(staff.c[name] for name in names)).order_by(staff.c.user))
        return [dict(row) for row in read.mappings()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(first=piles, second=piles)
def test_what_was_put_down_is_read_again_as_it_was(
    engine: Engine, first: list[Row], second: list[Row]
) -> None:
    new, changed = numbered(first), numbered(second)
    with engine.begin() as connection:
        connection.execute(delete(staff))
        insert_all(connection, staff, new)
    assert kept(engine, list(new[0])) == new
    with engine.begin() as connection:
        update_all(connection, staff, "user", changed, keeping=["totp"])
    after = {row["user"]: row for row in new}
    for row in changed:
        if before := after.get(row["user"]):
            totp = before["totp"] if row["totp"] is None else row["totp"]
            after[row["user"]] = row | {"totp": totp}
    assert kept(engine, list(new[0])) == list(after.values())


def test_an_empty_pile_asks_nothing_of_the_database(engine: Engine) -> None:
    with engine.begin() as connection:
        insert_all(connection, staff, [])
        update_all(connection, staff, "user", [])
    assert kept(engine, ["user"]) == []


class Person(Struct, array_like=True):
    user: str
    role: str
    password: str
    failures: int
    locked_until: datetime | None
    disabled: bool
    totp: str | None


def of_people(found: list[Person]) -> dict[str, Row]:
    rows = {one.user: {name: getattr(one, name) for name in one.__struct_fields__} for one in found}
    for row in rows.values():
        row["totp"] = None if row["totp"] is None else bytes.fromhex(row["totp"])
    return rows


def is_exact(row: Row) -> bool:
    locked: datetime | None = row["locked_until"]
    return locked is None or 1900 < locked.year < 2200


damaged = st.tuples(rows.filter(is_exact), st.none() | st.binary(max_size=40))
read_at_once = st.lists(damaged.map(lambda row: row[0] | {"totp": row[1]}), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(pile=read_at_once)
def test_what_is_read_as_one_value_is_what_the_table_has(engine: Engine, pile: list[Row]) -> None:
    people = numbered(pile)
    asked = Gathered(select(staff).where(among(staff.c.user, "users")), Person)
    with engine.begin() as connection:
        connection.execute(delete(staff))
        if people:
            connection.execute(staff.insert(), people)
        found = asked.of(connection, users=[*(row["user"] for row in people), "nobody"])
    assert of_people(found) == {row["user"]: row for row in people}
