"""The journal of erasures outlives the database: whatever is restored, nobody comes back."""

from collections.abc import Callable, Iterator
from pathlib import Path
import shutil

import pytest
import yaml

from anshim_district.forgetting.journal import JournalError
from anshim_district.metrics.page import PREFIX
from anshim_district.storage.backups import back_up, lay_back
from tests.district.conftest import Make, installed
from tests.district.support.erasing import at, consent, erase, erased, leave, lived_in, rows_with
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.reaching import new_member
from tests.district.test_metrics import LOOPBACK
from tests.prometheus import figures_in

CONFIG = Path(__file__).parents[2] / "addon" / "district" / "config.yaml"
type Again = Callable[[], MovedDistrict]


@pytest.fixture
def again(moved: MovedDistrict) -> Iterator[Again]:
    """The same folder, started once more."""
    started: list[MovedDistrict] = []

    def start() -> MovedDistrict:
        moved.close()
        started.append(
            MovedDistrict(data=moved.data, clock=moved.clock, options={"metrics": LOOPBACK})
        )
        return started[-1]

    yield start
    for district in started:
        district.close()


def journal(moved: MovedDistrict) -> Path:
    return moved.data / "erasures.journal"


def restored(moved: MovedDistrict, backup: Path) -> None:
    moved.close()
    lay_back(backup, moved.data / "district.sqlite")
    for aside in moved.data.glob("*.before-*"):
        aside.unlink()


def restored_app(moved: MovedDistrict) -> None:
    """As Home Assistant lays its backup of the app back: without what it leaves out."""
    moved.close()
    excluded = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["backup_exclude"]
    for pattern in excluded:
        for path in moved.data.glob(pattern.removeprefix("*/")):
            path.unlink()
    assert not journal(moved).exists()


def at_console(moved: MovedDistrict) -> Person:
    person = Person(client=moved.client())
    person.log_in()
    return person


def test_a_restored_backup_brings_no_erased_person_back(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again, tmp_path: Path
) -> None:
    backup = tmp_path / "night.sqlite"
    other = installed(moved, visitor)
    lived_in(moved, visitor, home)
    back_up(moved.data / "district.sqlite", backup)
    leave(moved, visitor, home)
    erase(visitor, home.household)
    restored(moved, backup)
    assert rows_with(moved, home.household)["residents"] == 1
    district = again()
    assert rows_with(district, home.household, "김영순") == {"consents": 1}
    person = at_console(district)
    assert person.client.get(f"/homes/{home.household}").status_code == 404
    assert "erased-" in person.page("/audit").text
    assert other.household in person.page("/homes").text
    home.client = district.client()
    assert home.send(home.alert("quiet"))[0].reason == "erased_kit"
    home.send(home.emergency())
    assert [case.family for case in person.board()] == ["emergency"]


def test_a_kit_that_enrolled_after_the_backup_is_known_as_erased_as_well(
    moved: MovedDistrict, visitor: Person, again: Again, tmp_path: Path
) -> None:
    backup = tmp_path / "night.sqlite"
    back_up(moved.data / "district.sqlite", backup)
    home = installed(moved, visitor)
    erased(moved, visitor, home)
    restored(moved, backup)
    district = again()
    home.client = district.client()
    assert home.send(home.alert("quiet"))[0].reason == "erased_kit"


def test_a_line_that_a_crash_cut_short_erased_nobody_and_the_next_one_is_whole(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again
) -> None:
    lived_in(moved, visitor, home)
    leave(moved, visitor, home)
    with journal(moved).open("ab") as file:
        file.write(b'{"type":"erased","mark":"abc')
    district = again()
    person = at_console(district)
    assert "김영순" in person.page(f"/homes/{home.household}").text
    assert erase(person, home.household).status_code == 200
    lines = journal(moved).read_bytes().splitlines()
    assert [line[:15] for line in lines] == [b'{"type":"journa', b'{"type":"erased']


def test_an_erasure_that_a_crash_interrupted_is_done_at_the_next_start(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again, tmp_path: Path
) -> None:
    lived_in(moved, visitor, home)
    leave(moved, visitor, home)
    backup = tmp_path / "before.sqlite"
    back_up(moved.data / "district.sqlite", backup)
    erase(visitor, home.household)
    # as if the line were on the disk, and the commit had not come to it
    restored(moved, backup)
    assert rows_with(again(), home.household, "김영순") == {"consents": 2}


def failed_to_erase(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again, tmp_path: Path
) -> tuple[MovedDistrict, bytes]:
    """The line is on the disk; neither the commit came to it, nor what takes it back.

    The server goes on all the same; the journal as its next start finds it.
    """
    lived_in(moved, visitor, home)
    leave(moved, visitor, home)
    backup = tmp_path / "before.sqlite"
    back_up(moved.data / "district.sqlite", backup)
    erase(visitor, home.household)
    failed = journal(moved).read_bytes()
    restored(moved, backup)
    journal(moved).write_bytes(failed.splitlines(keepends=True)[0])
    district = again()
    district.pass_time(minutes=1)
    return district, failed


def test_who_called_for_help_after_an_erasure_that_had_failed_is_not_erased_by_it(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again, tmp_path: Path
) -> None:
    district, failed = failed_to_erase(moved, visitor, home, again, tmp_path)
    home.client = district.client()
    assert home.send(home.emergency(attributes=at(district)))[0].status == "durable"
    journal(moved).write_bytes(failed)
    assert [case.family for case in at_console(again()).board()] == ["emergency"]


def test_a_home_that_is_watched_again_is_not_erased_by_an_erasure_that_had_failed(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again, tmp_path: Path
) -> None:
    district, failed = failed_to_erase(moved, visitor, home, again, tmp_path)
    person = at_console(district)
    consent(person, home, "given")
    new = Kit(client=district.client())
    assert new.enrol(person.new_code(home.household)).status_code == 201
    journal(moved).write_bytes(failed)
    # once and for all, also after the next start
    for _ in range(2):
        district = again()
        new.client = district.client()
        new.hello()
        assert new.beat().status_code == 200
        assert "김영순" in at_console(district).page(f"/homes/{home.household}").text
    district.pass_time(minutes=15)
    assert [case.family for case in at_console(district).board()] == ["silent"]


def test_a_journal_that_is_not_whole_or_not_its_own_is_refused_at_the_start(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again
) -> None:
    erased(moved, visitor, home)
    whole = journal(moved).read_bytes()
    journal(moved).write_bytes(whole.splitlines(keepends=True)[0])
    with pytest.raises(JournalError, match="older than the database, which knows of 1 more"):
        again()
    journal(moved).write_bytes(b"\n" + whole)
    with pytest.raises(JournalError, match=r"Line 1 .* is damaged"):
        again()
    journal(moved).write_bytes(whole.replace(b'"id":"', b'"id":"0'))
    with pytest.raises(JournalError, match="not this database's own"):
        again()
    # copied by hand, without its last line break
    journal(moved).write_bytes(whole.rstrip(b"\n"))
    again()


def test_nothing_is_erased_while_the_journal_cannot_be_written(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    lived_in(moved, visitor, home)
    leave(moved, visitor, home)
    journal(moved).rename(moved.data / "away")
    answer = erase(visitor, home.household)
    assert answer.status_code == 503
    assert "삭제 대장에 쓸 수 없어" in answer.text
    assert "김영순" in visitor.page(f"/homes/{home.household}").text
    (moved.data / "away").rename(journal(moved))
    assert erase(visitor, home.household).status_code == 200


def confirms(person: Person) -> None:
    person.prove()
    fields = {"csrf": person.page("/keeping").tokens[-1], "what": "journal"}
    assert person.client.post("/keeping", data=fields).status_code == 303


def missing_in_figures(district: MovedDistrict) -> float:
    return figures_in(district.client().get("/metrics").text, PREFIX)["journal_missing"]


def test_a_restored_app_has_no_journal_and_watches_its_homes_all_the_same(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again
) -> None:
    """Nobody was ever erased, and nobody can lay a file into an app."""
    home.beat()
    restored_app(moved)
    district = again()
    home.client = district.client()
    assert home.beat().status_code == 200
    district.pass_time(minutes=15)
    person = at_console(district)
    assert [case.family for case in person.board()] == ["silent"]
    assert "삭제 대장이 없었습니다" in person.page("/board").text
    assert "이 데이터베이스에는 지운 기록이 하나도 없습니다" in person.page("/keeping").text


def test_who_was_erased_after_the_backup_may_be_here_again_and_an_administrator_sees_to_it(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again, tmp_path: Path
) -> None:
    first = installed(moved, visitor)
    erased(moved, visitor, first)
    lived_in(moved, visitor, home)
    leave(moved, visitor, home)
    backup = tmp_path / "night.sqlite"
    back_up(moved.data / "district.sqlite", backup)
    erase(visitor, home.household)
    restored(moved, backup)
    restored_app(moved)
    district = again()
    person = at_console(district)
    assert missing_in_figures(district) == 1
    assert "뒤에 지운 분의 기록이 되살아났을 수 있습니다" in person.page("/keeping").text
    refused = erase(person, home.household)
    assert refused.status_code == 409
    assert "시작할 때 삭제 대장이 없었습니다" in refused.text
    assert rows_with(district, home.household)["residents"] == 1
    # it does not go by itself
    district = again()
    person = at_console(district)
    assert "삭제 대장이 없었습니다" in person.page("/board").text
    confirms(person)
    assert "삭제 대장이 없었습니다" not in person.page("/board").text
    assert missing_in_figures(district) == 0
    assert "삭제 대장 없음 확인" in person.page("/audit").text
    assert erase(person, home.household).status_code == 200
    # who the database knew to be erased is in the journal that was begun anew
    assert len(journal(moved).read_bytes().splitlines()) == 3
    first.client = again().client()
    assert first.send(first.alert("quiet"))[0].reason == "erased_kit"


def test_its_newest_copy_laid_back_erases_again_who_was_here_again(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again, tmp_path: Path
) -> None:
    backup = tmp_path / "night.sqlite"
    lived_in(moved, visitor, home)
    back_up(moved.data / "district.sqlite", backup)
    leave(moved, visitor, home)
    erase(visitor, home.household)
    newest = journal(moved).read_bytes()
    restored(moved, backup)
    restored_app(moved)
    district = again()
    assert rows_with(district, home.household)["residents"] == 1
    # while it is here again it is missed: that is the district's own word, and no life
    district.pass_time(hours=3)
    journal(moved).write_bytes(newest)
    assert rows_with(again(), home.household, "김영순") == {"consents": 1}


def test_who_may_not_confirm_is_shown_nothing_on_the_board(
    moved: MovedDistrict, visitor: Person, again: Again
) -> None:
    password = new_member(moved, visitor)
    restored_app(moved)
    person = Person(client=again().client())
    person.log_in("center", password)
    assert "삭제 대장이 없었습니다" not in person.page("/board").text


def test_the_command_line_says_it_in_one_sentence_and_begins_a_damaged_journal_anew(
    make: Make, opened_once: Path
) -> None:
    district = make()
    district.write_options()
    shutil.copytree(opened_once, district.data)
    path = district.data / "erasures.journal"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"nonsense\n" + path.read_bytes())
    ended = district.ended()
    assert ended.returncode == 2
    assert "is damaged" in ended.stderr.strip().splitlines()[-1]
    begun = district.ended("new-journal")
    assert begun.returncode == 0, begun.stderr
    assert "It knows of 0 erasures" in begun.stdout
    assert district.ended("enrol").returncode == 0


def test_a_journal_begun_anew_knows_what_the_database_knows(
    moved: MovedDistrict, visitor: Person, home: Kit, again: Again
) -> None:
    from anshim_district.forgetting.eraser import begin_anew  # noqa: PLC0415 - what the command does

    erased(moved, visitor, home)
    journal(moved).write_bytes(b"nonsense\nnonsense\n")
    eraser = moved.service.eraser
    assert begin_anew(eraser.database, eraser.journal) == 1
    assert (moved.data / "erasures.unusable").exists()
    district = again()
    home.client = district.client()
    assert home.send(home.alert("quiet"))[0].reason == "erased_kit"
