"""What is kept is never replaced unasked: the keys that every kit has pinned, and the tables."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
import json
from pathlib import Path
import shutil
import sqlite3
import threading

import pytest

from anshim_district.cli import main
from anshim_district.keys import load_or_make_keys
from tests.district.support.postgres import Postgres

CURRENT, SUCCESSOR = "district-key.pem", "district-key-successor.pem"


@pytest.fixture
def data(tmp_path: Path, opened_once: Path) -> Path:
    """Of a district that has begun its work."""
    shutil.copytree(opened_once, tmp_path / "data")
    options = {"district": {"id": "test-gu", "name": "시험구"}}
    (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")
    return tmp_path / "data"


def run(data: Path, *words: str) -> int:
    options = data.parent / "options.json"
    return main(["--options", str(options), "--data", str(data), *words])


def test_a_lost_current_key_is_followed_by_the_successor_that_kits_have_pinned(
    data: Path,
) -> None:
    before = load_or_make_keys(data)
    (data / CURRENT).unlink()
    now = load_or_make_keys(data, begun=True)
    assert now.current.kid == before.successor.kid
    assert now.successor.kid not in {before.current.kid, before.successor.kid}


def test_where_both_are_lost_nothing_is_made_in_their_place_until_a_person_says_so(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / CURRENT).unlink()
    (data / SUCCESSOR).unlink()
    assert run(data, "enrol") == 2
    assert "from a safe copy" in capsys.readouterr().err
    assert not (data / CURRENT).exists()
    assert run(data, "new-keys") == 0
    assert run(data, "enrol") == 0


def test_a_rotated_key_makes_the_successor_current_and_a_new_successor(data: Path) -> None:
    before = load_or_make_keys(data)
    assert run(data, "rotate-key") == 0
    now = load_or_make_keys(data, begun=True)
    assert now.current.kid == before.successor.kid
    assert now.successor.kid != before.successor.kid


def test_workers_that_start_together_for_the_first_time_have_the_same_keys(tmp_path: Path) -> None:
    ready = threading.Barrier(8)

    def start(_: int) -> str:
        ready.wait(10)
        return load_or_make_keys(tmp_path).current.kid

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1


def test_another_worker_without_the_keys_makes_none_of_its_own(
    tmp_path: Path, postgres: Postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"district": {"id": "test-gu", "name": "시험구"}, "database": postgres.fresh()}
    (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")
    assert run(tmp_path / "one", "enrol") == 0
    for words in ((), ("enrol",)):
        assert run(tmp_path / "two", *words) == 2
        assert "from a safe copy" in capsys.readouterr().err
    assert not list((tmp_path / "two").glob("*.pem"))


def test_a_database_of_a_newer_program_is_left_alone(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(data / "district.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert run(data) == 2
    assert capsys.readouterr().err.startswith("The database is of a newer version (9999;")
