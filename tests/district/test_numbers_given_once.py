"""A control centre sends people to the home it knows by a number: no other home ever gets it."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from anshim_district.reach.dc09.numbers import number_of_home, number_of_signal
from anshim_district.storage.backups import back_up, lay_back
from anshim_district.storage.duty_tables import centre_homes, centre_signals
from anshim_district.storage.engines import sqlite_file, writing_engine
from anshim_district.storage.given import carry
from anshim_district.storage.migrate import migrate
from anshim_district.storage.moving import move
from tests.district.support.postgres import Postgres


def given(where: str, *names: str) -> list[tuple[int, int]]:
    """The numbers of these homes, and of these signals."""
    engine = writing_engine(where)
    migrate(engine)
    with engine.begin() as connection:
        numbers = [
            (number_of_home(connection, name), number_of_signal(connection, name)) for name in names
        ]
    engine.dispose()
    return numbers


def gone(where: str, name: str) -> None:
    engine = writing_engine(where)
    with engine.begin() as connection:
        connection.execute(delete(centre_homes).where(centre_homes.c.household == name))
        connection.execute(delete(centre_signals).where(centre_signals.c.reference == name))
    engine.dispose()


def test_the_number_of_an_erased_home_is_nobodys_after_a_move_and_after_one_back(
    postgres: Postgres, tmp_path: Path
) -> None:
    first, there = sqlite_file(tmp_path / "first.sqlite"), postgres.fresh()
    back = sqlite_file(tmp_path / "back.sqlite")
    assert given(first, "h-1", "h-2", "h-3") == [(1, 2), (2, 3), (3, 4)]
    gone(first, "h-3")
    move(first, there, lambda *_: None)
    assert given(there, "h-1", "h-4", "h-5") == [(1, 2), (4, 5), (5, 6)]
    gone(there, "h-5")
    move(there, back, lambda *_: None)
    assert given(back, "h-4", "h-6") == [(4, 5), (6, 7)]


def test_what_a_database_counted_by_itself_before_is_carried_as_well(tmp_path: Path) -> None:
    first, goal = (sqlite_file(tmp_path / f"{name}.sqlite") for name in ("first", "goal"))
    given(first)
    engine = writing_engine(first)
    with engine.begin() as connection:
        for name in ("h-1", "h-2"):
            connection.execute(centre_homes.insert().values(household=name))
    engine.dispose()
    gone(first, "h-2")
    move(first, goal, lambda *_: None)
    assert given(goal, "h-3")[0][0] == 3


@pytest.mark.parametrize(("highest", "next_home"), [(1, 1002), (9000, 9501), (9999, 11_000)])
def test_numbers_given_after_a_backup_are_nobody_elses_once_it_is_laid_back(
    tmp_path: Path, highest: int, next_home: int
) -> None:
    file, backup = tmp_path / "district.sqlite", tmp_path / "backup.sqlite"
    where = sqlite_file(file)
    given(where, "h-1")
    engine = writing_engine(where)
    with engine.begin() as connection:
        carry(connection, centre_homes, highest)
    engine.dispose()
    back_up(file, backup)
    ((since, _),) = given(where, "h-2")
    assert since == highest + 1
    lay_back(backup, file)
    assert given(where, "h-1", "h-3") == [(1, 2), (next_home, 1003)]
