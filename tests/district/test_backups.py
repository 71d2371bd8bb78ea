"""A backup is taken while all goes on, and laid back while nothing does."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
from zoneinfo import ZoneInfo

import pytest

from anshim_district.cli import main
from anshim_district.storage.backups import Nightly
from tests.district.conftest import Make, installed
from tests.district.support.kit import Kit
from tests.district.support.moved import HandClock, MovedDistrict
from tests.district.support.person import Person
from tests.district.support.postgres import Postgres
from tests.district.support.process import until
from tests.district.test_crashes import Sender, at_console


def test_a_backup_from_the_midst_of_a_case_is_laid_back_and_its_home_goes_on(
    make: Make, tmp_path: Path
) -> None:
    district = make()
    district.start()
    kit = installed(district, at_console(district))
    sender = Sender(Kit(**vars(kit)))
    sender.start()
    until(lambda: len(sender.acknowledged) > 3, what="a case")
    before = sender.acknowledged[:3]
    assert district.ended("backup", str(tmp_path / "one.sqlite")).returncode == 0
    # nothing is laid back under a running district
    done = district.ended("restore", str(tmp_path / "one.sqlite"))
    assert (done.returncode, "Stop the district first" in done.stderr) == (2, True)
    district.stop()
    sender.join(20)
    done = district.ended("restore", str(tmp_path / "one.sqlite"))
    assert done.returncode == 0, done.stderr
    assert "district.sqlite.before-1" in done.stdout
    district.start()
    kit.client = district.client()
    # sessions of before are not taken: its relay says hello again
    assert kit.beat().status_code == 401
    kit.hello()
    assert kit.beat().status_code == 200
    assert {sent.status for sent in kit.send(*before)} == {"repeat"}
    # its relay sends again what the backup does not know, and the case is the same
    again = kit.send(*sender.acknowledged[-50:])
    assert {sent.status for sent in again} <= {"repeat", "durable"}
    cases = [c for c in at_console(district).board() if kit.household in c.text]
    assert [case.family for case in cases] == ["welfare"]


def test_what_is_no_backup_is_refused_and_nothing_is_replaced(
    opened_once: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(opened_once, tmp_path / "data")
    before = (tmp_path / "data/district.sqlite").read_bytes()
    options, some = tmp_path / "options.json", tmp_path / "some.sqlite"
    options.write_text('{"district": {"id": "test-gu", "name": "시험구"}}', encoding="utf-8")
    some.write_bytes(b"no database" * 100)
    words = ["--options", str(options), "--data", str(tmp_path / "data"), "restore", str(some)]
    assert main(words) == 2
    assert "is no backup of a district" in capsys.readouterr().err
    assert (tmp_path / "data/district.sqlite").read_bytes() == before


def test_postgresql_is_backed_up_with_its_own_tools(make: Make, tmp_path: Path) -> None:
    done = make(database="postgresql://nobody@127.0.0.1:1/none").run("backup", str(tmp_path / "x"))
    assert done.returncode == 2
    assert "pg_dump" in done.stderr


def test_there_is_a_backup_each_night_and_old_ones_go(
    moved: MovedDistrict, visitor: Person, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    nightly = Nightly(
        tmp_path / "district.sqlite",
        folder,
        keep=3,
        zone=ZoneInfo("Asia/Seoul"),
        clock=HandClock(moment=moved.now),
    )
    two_at_night = datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert nightly.step(two_at_night) is None
    for night in range(5):
        at = two_at_night + timedelta(days=night, hours=1)
        assert nightly.step(at) is not None
        assert nightly.step(at + timedelta(minutes=10)) is None
    kept = sorted(path.name for path in folder.iterdir())
    assert kept == [f"district-2026-11-{day}.sqlite" for day in (26, 27, 28)]


def test_after_a_move_old_copies_are_shown_where_somebody_is_erased_and_go_by_their_nights(
    tmp_path: Path, postgres: Postgres
) -> None:
    (folder := tmp_path / "backups").mkdir()
    for day in (13, 14, 15, 21):
        (folder / f"district-2026-11-{day}.sqlite").touch()
    with closing(MovedDistrict(data=tmp_path, options={"database": postgres.fresh()})) as district:
        (person := Person(client=district.client())).log_in()
        page = f"/homes/{installed(district, person).household}/erase"
        person.prove()
        nightly, noon = district.service.nightly, district.now

        def left() -> list[str]:
            """The days, which the page counts."""
            days = sorted(path.name[-9:-7] for path in folder.iterdir())
            shown = person.page(page).text
            assert (f"예전 야간 백업({len(days)}개)" in shown) is bool(days)
            assert "일 밤의 백업" not in shown
            return days

        for at, days in (
            (datetime(1970, 1, 9, tzinfo=UTC), ["13", "14", "15", "21"]),
            (noon, ["15", "21"]),
            (noon + timedelta(days=7), []),
        ):
            assert nightly.step(at) is None
            assert left() == days
        assert not nightly.is_wanted
