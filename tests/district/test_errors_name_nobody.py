"""What fails at the database is in the log, without whom it was about."""

import logging
from pathlib import Path
import sqlite3

import pytest

from anshim_district.logs import JsonLines
from anshim_district.service import DATABASE
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.reaching import try_to_write

NUMBER = "010-2345-6789"


def refuse(data: Path, table: str) -> None:
    """As a disk does that is full."""
    with sqlite3.connect(data / DATABASE) as database:
        database.execute(
            f"CREATE TRIGGER full_{table} BEFORE INSERT ON {table}"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )


def test_what_cannot_be_kept_is_in_the_log_without_the_number_that_was_typed(
    moved: MovedDistrict, visitor: Person, caplog: pytest.LogCaptureFixture
) -> None:
    refuse(moved.data, "teams")
    answer = try_to_write(visitor, "phones", team="control", phone=NUMBER)
    assert answer.status_code == 503
    assert "지금 저장할 수 없습니다" in answer.text
    lines = [JsonLines().format(record) for record in caplog.records]
    (line,) = [line for line in lines if "the disk is full" in line]
    assert "a page failed" in line
    assert "23456789" not in line.replace("-", "")
    assert "+82" not in line


def test_a_home_that_cannot_be_moved_on_is_in_the_log_without_its_dong(
    moved: MovedDistrict, home: Kit, visitor: Person, caplog: pytest.LogCaptureFixture
) -> None:
    token = visitor.page(f"/homes/{home.household}/resident").tokens[0]
    fields = {"csrf": token, "name": "김영순", "address": "문안로 1", "dong": "문안동"}
    refuse(moved.data, "residents")
    with caplog.at_level(logging.INFO):
        answer = visitor.client.post(f"/homes/{home.household}/resident", data=fields)
    assert answer.status_code == 503
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any("the disk is full" in line for line in lines)
    for personal in ("문안동", "김영순", "\\ubb38"):
        assert not [line for line in lines if personal in line]
