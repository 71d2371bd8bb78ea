"""Accidents as an administrator meets them: the program itself, started on what is left."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
import shutil
import sqlite3

from alembic.script import ScriptDirectory
import pytest

from anshim_district.storage.engines import sqlite_file, writing_engine
from anshim_district.storage.migrate import FOLDER, NEWEST, upgrade
from tests.district.conftest import Make, installed
from tests.district.support.kit import Kit
from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess, until
from tests.district.test_crashes import at_console
from tests.district.test_registry import write

KEYS = ("district-key.pem", "district-key-successor.pem")


def a_zone_by_day() -> str:
    """Where it is about noon now: the night's backup is due, whenever the tests run."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@pytest.fixture
def district(make: Make) -> DistrictProcess:
    """With a home whose resident is known, and an open call for help."""
    return make(time_zone=a_zone_by_day())


@pytest.fixture
def home(district: DistrictProcess) -> Kit:
    district.start()
    admin = at_console(district)
    kit = installed(district, admin)
    assert write(admin, kit.household) == 303
    kit.send(kit.emergency())
    return kit


def heard_again(district: DistrictProcess, kit: Kit) -> Person:
    """The relay says hello, its newest call is taken, and the case is still one."""
    kit.client = district.client()
    kit.hello()
    assert kit.send(kit.emergency())[0].status == "durable"
    person = at_console(district)
    (case,) = (one for one in person.board() if kit.household in one.text)
    assert case.family == "emergency"
    return person


def test_a_lost_registry_key_names_nobody_and_laid_back_it_names_everybody(
    district: DistrictProcess, home: Kit, tmp_path: Path
) -> None:
    district.stop()
    key = district.data / "registry.key"
    shutil.move(key, tmp_path / "safe.key")
    district.start_cold()
    person = heard_again(district, home)
    assert "김영순" not in person.page(f"/homes/{home.household}").text
    (said,) = (line for line in district.log.splitlines() if "names stay sealed" in line)
    assert "restore the registry's key" in said
    assert str(key) in said
    # nothing was made in its place, also not by a command
    assert district.ended("new-registry-key").returncode == 2
    district.stop()
    done = district.ended("new-registry-key")
    assert done.returncode == 2
    assert str(key) in done.stderr
    assert not key.exists()
    shutil.move(tmp_path / "safe.key", key)
    district.start()
    assert "김영순" in heard_again(district, home).page(f"/homes/{home.household}").text


def test_both_signing_keys_lost_keep_it_from_starting_and_laid_back_kits_go_on(
    district: DistrictProcess, home: Kit, tmp_path: Path
) -> None:
    district.stop()
    for name in KEYS:
        shutil.move(district.data / name, tmp_path / name)
    ended = district.ended()
    assert ended.returncode == 2
    (said,) = ended.stderr.strip().splitlines()
    for told in (*KEYS, "safe copy", "`new-keys`", "enrolled again"):
        assert told in said
    assert not list(district.data.glob("*.pem"))
    for name in KEYS:
        shutil.move(tmp_path / name, district.data / name)
    district.start()
    heard_again(district, home)


def test_keys_that_are_lost_for_good_are_made_anew_and_the_home_is_enrolled_again(
    district: DistrictProcess, home: Kit
) -> None:
    district.stop()
    for name in KEYS:
        (district.data / name).unlink()
    assert district.ended("new-keys").returncode == 0
    district.start()
    person = at_console(district)
    again = Kit(client=district.client())
    assert again.enrol(person.new_code(home.household)).status_code == 201
    assert again.household == home.household
    # the same home: its numbers go on
    again.version = home.version
    heard_again(district, again)
    # the resident and the case from before are where they were
    assert "김영순" in person.page(f"/homes/{home.household}").text


def test_last_nights_backup_is_laid_back_in_mid_case_and_the_relay_fills_what_came_since(
    district: DistrictProcess, home: Kit
) -> None:
    backups = district.data / "backups"
    # of a night after the call for help, not of the first start
    district.stop()
    shutil.rmtree(backups)
    district.start()
    heard_again(district, home)
    (night,) = until(lambda: list(backups.glob("district-*.sqlite")), what="the night's backup")
    person = at_console(district)
    case = person.case_of(home.household)
    assert case is not None
    person.answer(case.id, "handled", "seen_well")
    since = [home.alert("knock"), home.emergency()]
    assert {sent.status for sent in home.send(*since)} == {"durable"}
    district.stop()
    done = district.ended("restore", str(night))
    assert done.returncode == 0, done.stderr
    district.start()
    home.client = district.client()
    assert home.beat().status_code == 401
    home.hello()
    home.send(*since)
    families = sorted(
        one.family for one in at_console(district).board() if home.household in one.text
    )
    assert families == ["emergency", "welfare"]


def test_a_disk_without_its_database_begins_no_second_district_under_the_old_keys(
    district: DistrictProcess, home: Kit, tmp_path: Path
) -> None:
    """The backup and the keys are all that is left: laid into an empty folder, it goes on."""
    assert district.ended("backup", str(tmp_path / "one.sqlite")).returncode == 0
    district.stop()
    kept = {path.name: path.read_bytes() for path in district.data.iterdir() if path.is_file()}
    shutil.rmtree(district.data)
    district.data.mkdir()
    for name in (*KEYS, "registry.key", "erasures.journal"):
        if name in kept:
            (district.data / name).write_bytes(kept[name])
    done = district.ended("restore", str(tmp_path / "one.sqlite"))
    assert done.returncode == 0, done.stderr
    district.start()
    assert "김영순" in heard_again(district, home).page(f"/homes/{home.household}").text


OLDER = [
    step.revision
    for step in ScriptDirectory(str(FOLDER)).walk_revisions()
    if step.revision != NEWEST
]


@pytest.mark.parametrize("revision", OLDER)
def test_an_older_district_is_upgraded_with_what_is_in_it(
    district: DistrictProcess, home: Kit, revision: str
) -> None:
    district.stop()
    now, older = district.data / "district.sqlite", district.data / "older.sqlite"
    taken_back(now, older, revision)
    for path in district.data.glob("district.sqlite*"):
        path.unlink()
    older.rename(now)
    district.start()
    with closing(sqlite3.connect(now)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (NEWEST,)
    person = heard_again(district, home)
    if revision >= "0002":
        assert "김영순" in person.page(f"/homes/{home.household}").text


def taken_back(now: Path, older: Path, revision: str) -> None:
    """The same rows as the tables of an older program hold them."""
    engine = writing_engine(sqlite_file(older))
    with engine.begin() as connection:
        upgrade(connection, revision)
    engine.dispose()
    with closing(sqlite3.connect(older)) as database, database:
        database.execute("ATTACH ? AS new", [str(now)])
        tables = database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            if table != "alembic_version" and not table.startswith("sqlite_"):
                copy(database, table)


def copy(database: sqlite3.Connection, table: str) -> None:
    info = database.execute("SELECT name FROM pragma_table_info(?, 'main')", [table]).fetchall()
    columns = ", ".join(f'"{name}"' for (name,) in info)
    database.execute(f'DELETE FROM main."{table}"')  # noqa: S608 -- names of our own tables
    database.execute(
        f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM new."{table}"'  # noqa: S608
    )
