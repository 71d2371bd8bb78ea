"""A district from an older backup does not make a kit known again that was reported lost."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil

import pytest

from anshim_district.intake.lost_file import FILE
from anshim_district.service import DATABASE
from anshim_district.storage.backups import back_up
from tests.district.conftest import Make, installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.test_lost_kit import at, refusal, report
from tests.district.test_strangers import adopts, greets

type Restore = Callable[..., MovedDistrict]


@pytest.fixture
def restore(moved: MovedDistrict, tmp_path: Path, request: pytest.FixtureRequest) -> Restore:
    """The district from a copy that was made before the kit was lost."""

    def restored(backup: Path, *, with_file: bool) -> MovedDistrict:
        moved.close()
        for left in tmp_path.glob("district.sqlite*"):
            left.unlink()
        shutil.copy(backup, tmp_path / "district.sqlite")
        if not with_file:
            (tmp_path / FILE).unlink()
        again = MovedDistrict(data=tmp_path, clock=moved.clock)
        request.addfinalizer(again.close)
        return again

    return restored


def backed_up(moved: MovedDistrict, tmp_path: Path) -> Path:
    backup = tmp_path / "older.copy"
    back_up(moved.data / DATABASE, backup)
    return backup


def test_an_older_database_does_not_make_a_lost_kit_known_again(
    moved: MovedDistrict, visitor: Person, home: Kit, tmp_path: Path, restore: Restore
) -> None:
    home.beat()
    backup = backed_up(moved, tmp_path)
    report(visitor, home)
    again = restore(backup, with_file=True)
    home.client = again.client()
    assert home.beat().status_code == 401
    assert refusal(home)["reason"] == "kit_revoked"
    person = Person(client=again.client())
    person.log_in()
    assert "이 집에는 지금 장비가 없습니다" in person.page(f"/homes/{home.household}").text


def test_a_lost_kit_that_heard_of_it_tells_a_district_that_has_forgotten(
    moved: MovedDistrict, visitor: Person, home: Kit, tmp_path: Path, restore: Restore
) -> None:
    """Where the whole folder is an old one, the kit's own word is all there is."""
    backup = backed_up(moved, tmp_path)
    report(visitor, home)
    shown = greets(home).json()["refusal"]
    again = restore(backup, with_file=False)
    home.client = again.client()
    event = home.hello_event(refusal=shown)
    assert home.client.post("/v1/hello", json={"hello": home.signed(event)}).status_code == 401
    assert home.send(home.alert("quiet", attributes=at(again)))[0].reason == "kit_revoked"
    assert home.id in (tmp_path / FILE).read_text(encoding="utf-8")


def test_a_refusal_of_another_kit_or_by_anybody_else_is_not_believed(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    other = installed(moved, visitor)
    report(visitor, other)
    foreign = greets(other).json()["refusal"]
    own = json.dumps(
        {
            "kit": home.id,
            "hello": "x",
            "reason": "kit_revoked",
            **{name: now_text(moved.now) for name in ("since", "now")},
        }
    )
    forged = home.signed(json.loads(own), typ="anshim-refusal+jws")
    for refused in (foreign, forged, "a.b.c"):
        home.hello(home.hello_event(refusal=refused))
    assert home.beat().status_code == 200


def test_a_kit_from_after_the_backup_that_was_lost_is_never_accepted_again(
    moved: MovedDistrict, visitor: Person, tmp_path: Path, restore: Restore
) -> None:
    backup = backed_up(moved, tmp_path)
    kit = installed(moved, visitor)
    report(visitor, kit)
    again = restore(backup, with_file=True)
    kit.client = again.client()
    assert greets(kit).status_code == 401
    person = Person(client=again.client())
    person.log_in()
    assert adopts(person, kit).status_code == 409
    assert "분실 신고된 장비입니다" in adopts(person, kit).text


def test_a_file_of_lost_kits_that_cannot_be_read_is_named_in_one_sentence(make: Make) -> None:
    district = make()
    district.data.mkdir(parents=True)
    (district.data / FILE).write_text("{", encoding="utf-8")
    done = district.run()
    assert done.returncode == 2
    assert FILE in done.stderr
