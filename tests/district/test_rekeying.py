"""Names are sealed with a new key: here all goes on, and older backups name nobody any more."""

from collections.abc import Iterator
import json
import logging
from pathlib import Path
import sqlite3

import pytest

from anshim_district.cli import main
from anshim_district.storage.backups import back_up, lay_back
from tests.district.support.erasing import consent, lived_in
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.test_second_factor import give, now_code, set_up


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """The program writes its log to a standard error that is this test's only."""
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    root.handlers[:] = before


def command(moved: MovedDistrict, *words: str) -> int:
    path = moved.data / "options.json"
    path.write_text(json.dumps({"district": {"id": "test-gu", "name": "시험구"}}), encoding="utf-8")
    return main(["--options", str(path), "--data", str(moved.data), *words])


def started(moved: MovedDistrict) -> tuple[MovedDistrict, Person]:
    again = MovedDistrict(data=moved.data, clock=moved.clock)
    person = Person(client=again.client())
    person.log_in()
    return again, person


def test_with_a_new_key_names_are_found_and_consents_and_codes_hold(
    moved: MovedDistrict,
    visitor: Person,
    home: Kit,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lived_in(moved, visitor, home)
    secret = set_up(moved, visitor)
    backup = tmp_path / "before.sqlite"
    back_up(moved.data / "district.sqlite", backup)
    moved.close()
    old = (moved.data / "registry.key").read_bytes()
    assert command(moved, "new-registry-key") == 0
    assert "1 residents are sealed" in capsys.readouterr().out
    assert (moved.data / "registry.key").read_bytes() != old
    assert not (moved.data / "registry.key.next").exists()
    again, person = started(moved)
    again.clock.moment = moved.now.replace(hour=9)
    assert give(person, now_code(again, secret)) == 303
    assert home.household in person.client.get("/homes", params={"q": "김영순"}).text
    page = person.page(f"/homes/{home.household}").text
    assert "010-2345-6789" in page
    assert "온전합니다" in person.page("/audit").text
    again.close()
    lay_back(backup, moved.data / "district.sqlite")
    again, person = started(moved)
    page = person.page(f"/homes/{home.household}").text
    assert "김영순" not in page
    assert "김철수" not in page
    again.close()


@pytest.mark.parametrize("committed", [False, True])
def test_a_crash_between_the_two_keys_leaves_the_one_that_opens(
    moved: MovedDistrict, visitor: Person, home: Kit, *, committed: bool
) -> None:
    lived_in(moved, visitor, home)
    consent(visitor, home, "given")
    moved.close()
    key, coming = moved.data / "registry.key", moved.data / "registry.key.next"
    old = key.read_bytes()
    if committed:
        assert command(moved, "new-registry-key") == 0
        key.rename(coming)
        key.write_bytes(old)
    else:
        coming.write_bytes(b"\x07" * 32)
    again, person = started(moved)
    assert "김영순" in person.page(f"/homes/{home.household}").text
    assert coming.exists() is not committed
    assert (key.read_bytes() == old) is not committed
    again.close()


def test_without_the_key_nothing_is_sealed_anew(
    moved: MovedDistrict, visitor: Person, home: Kit, capsys: pytest.CaptureFixture[str]
) -> None:
    lived_in(moved, visitor, home)
    moved.close()
    key = moved.data / "registry.key"
    right = key.read_bytes()
    key.write_bytes(b"\x07" * 32)
    assert command(moved, "new-registry-key") == 2
    assert "does not open this database" in capsys.readouterr().err
    key.write_bytes(right)
    again, person = started(moved)
    assert "김영순" in person.page(f"/homes/{home.household}").text
    again.close()
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        assert database.execute("SELECT count(*) FROM resident_marks").fetchone()[0] > 0
