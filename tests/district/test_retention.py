"""What is too old goes by itself, in the night; what somebody still needs stays."""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import sqlite3

import pytest

from anshim_district.cli import main
from anshim_district.forgetting.sweeper import Sweeper, believe_clock
from tests.district.support.erasing import at, close_case, figures, lived_in, rows_with
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person


@pytest.fixture
def lived(moved: MovedDistrict, visitor: Person, home: Kit) -> Kit:
    lived_in(moved, visitor, home)
    assert moved.sweep() is None
    return home


def swept_after(moved: MovedDistrict, days: int) -> dict[str, int]:
    """A quiet time without homes, and the night after it, with a clock that somebody looked at."""
    moved.clock.moment += timedelta(days=days)
    moved.service.database.write_now(lambda c, _: believe_clock(c, moved.now))
    went = moved.sweep()
    assert went is not None
    return went


def kept(moved: MovedDistrict, query: str) -> int:
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        number: int = database.execute(query).fetchone()[0]
    return number


def test_messages_go_after_their_time_and_the_case_they_opened_stays(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    went = swept_after(moved, 89)
    assert went["messages"] == 0
    moved.clock.moment += timedelta(days=2)
    assert (moved.sweep() or {})["messages"] == 1
    assert kept(moved, "SELECT count(*) FROM events") == 0
    assert kept(moved, "SELECT count(*) FROM cases WHERE NOT is_open") == 1
    assert moved.sweep() is None  # once a day


def test_a_home_whose_messages_went_is_not_said_to_have_lost_any(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    lived.send(*(lived.alert("quiet", attributes=at(moved)) for _ in range(3)))
    close_case(visitor, lived)
    swept_after(moved, 91)
    assert kept(moved, "SELECT count(*) FROM events") == 0
    lived.hello()
    for _ in range(3):
        assert "have" not in lived.beat().json()
    assert lived.send(lived.alert("quiet", attributes=at(moved)))[0].status == "durable"
    assert [case.family for case in visitor.board()] == ["welfare"]


def test_a_closed_case_goes_with_its_notes_and_the_months_figures_stay(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    before = figures(visitor)
    case = lived.household.removeprefix("h-")
    assert rows_with(moved, case)["timeline"] > 3
    went = swept_after(moved, 1096)
    assert went["cases"] > 1
    assert rows_with(moved, case).keys().isdisjoint({"cases", "timeline", "errands"})
    assert figures(visitor) == before
    assert "김영순" in visitor.page(f"/homes/{lived.household}").text


def test_an_open_case_stays_whole_however_old_it_is(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    lived.send(lived.emergency(attributes=at(moved)))
    case = visitor.case_of(lived.household)
    assert case is not None
    notes = f"SELECT count(*) FROM timeline WHERE \"case\" = '{case.id}'"  # noqa: S608 - our own id
    before = kept(moved, notes)
    swept_after(moved, 3000)
    assert kept(moved, notes) == before > 0


def test_what_nobody_has_looked_at_waits_longer_than_what_was_seen(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    lived.send(*(lived.event(kind, {}) for kind in ("weather", "tide")))
    token = visitor.page("/quarantine").tokens[0]
    n = kept(moved, "SELECT min(n) FROM quarantine")
    visitor.client.post(f"/quarantine/{n}/seen", data={"csrf": token})
    swept_after(moved, 100)
    assert kept(moved, "SELECT count(*) FROM quarantine") == 1
    swept_after(moved, 300)
    assert kept(moved, "SELECT count(*) FROM quarantine") == 0


def test_a_clock_that_jumps_ahead_deletes_nothing_until_a_person_says_that_it_is_right(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    moved.clock.moment += timedelta(days=4)
    assert moved.sweep() is None
    moved.clock.moment += timedelta(days=4000)
    assert moved.sweep() is None
    assert kept(moved, "SELECT count(*) FROM events") == 1
    assert "정리가 멈춰 있습니다" in visitor.page("/keeping").text
    # it is right after all: the one who looks after the server says so
    visitor.prove()
    token = visitor.page("/keeping").tokens[-1]
    assert visitor.client.post("/keeping", data={"csrf": token}).status_code == 303
    assert (moved.sweep() or {})["messages"] == 1


def test_a_clock_that_is_put_right_again_goes_on_by_itself(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    was = moved.now
    moved.clock.moment += timedelta(days=4000)
    assert moved.sweep() is None
    moved.clock.moment = was + timedelta(days=1)
    went = moved.sweep()
    assert went is not None
    # its session has ended meanwhile, by its own time
    assert [name for name, count in went.items() if count] == ["sessions"]
    assert "정리가 멈춰 있습니다" not in visitor.page("/keeping").text
    # a clock that was never set is no time at all
    moved.clock.moment = datetime(1970, 1, 1, tzinfo=UTC)
    assert moved.sweep() is None


def test_of_two_workers_one_deletes_and_the_other_takes_over_when_it_dies(
    moved: MovedDistrict, visitor: Person, lived: Kit
) -> None:
    service = moved.service
    other = Sweeper(service.database, service.options.keep, service.eraser.zone, moved.clock)
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        query = "SELECT value FROM settings WHERE name = 'sweeping'"
        state = json.loads(database.execute(query).fetchone()[0])
        state |= {"worker": "somebody", "until": (moved.now + timedelta(minutes=5)).isoformat()}
        change = "UPDATE settings SET value = ? WHERE name = 'sweeping'"
        database.execute(change, [json.dumps(state)])
    assert moved.sweep() is None
    moved.clock.moment += timedelta(minutes=6)
    assert moved.sweep() is not None
    assert moved.sweep(other) is None


@pytest.mark.parametrize(
    ("keep", "named"),
    [
        ({"messages_days": 39}, "/keep/messages_days"),
        ({"looks_days": 365}, "/keep/looks_days"),
        ({"cases_days": 30}, "/keep/cases_days"),
        ({"cases_days": 100, "sent_days": 101}, "sent_days is at most cases_days"),
    ],
    ids=str,
)
def test_what_safety_needs_cannot_be_kept_for_less(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keep: dict[str, int], named: str
) -> None:
    path = tmp_path / "options.json"
    options = {"district": {"id": "test-gu", "name": "시험구"}, "keep": keep}
    path.write_text(json.dumps(options), encoding="utf-8")
    assert main(["--options", str(path), "--data", str(tmp_path)]) == 2
    assert named in capsys.readouterr().err


# each kind of row that has an age, and how many days it stays
ROWS = {
    "INSERT INTO timeline (household, code, by, at, received, facts) "
    "VALUES ('h-any', 'learnt_spoken', 'old', :at, :at, '{}')": 90,
    "INSERT INTO timeline (household, code, by, at, received, facts) "
    "VALUES ('h-any', 'absence', 'old', :at, :at, '{}')": 1095,
    "INSERT INTO reaches (reference, errand, way, who, at) "
    "VALUES ('old' || :at, 'old', 'text', 'control', :at)": 180,
    'INSERT INTO errands (id, kind, household, "case", urgent, round, step, failures, since) '
    "VALUES ('old' || :at, 'tell', 'h-any', 'c-any-1', 0, 1, 0, 0, :at)": 180,
    "INSERT INTO looks (at, user, what, subject) VALUES (:at, 'old', 'home', 'h-any')": 1095,
    "INSERT INTO enrolment_codes (hash, household, expires, issued_by) "
    "VALUES ('old' || :at, 'h-any', :at, 'old')": 35,
    "INSERT INTO downlink (kit, counter, jws, expires) VALUES ('k-old', :at % 1000000, '', :at)": 7,
    "INSERT INTO sessions (token, kit, expires) VALUES ('old' || :at, 'k-old', :at)": 0,
    "INSERT INTO hellos (kit, id, seen) VALUES ('k-old', 'old' || :at, :at)": 90,
}


def test_each_kind_goes_after_its_own_time_and_not_a_day_before(moved: MovedDistrict) -> None:
    assert moved.sweep() is None
    tables = [statement.split()[2] for statement in ROWS]
    before = [kept(moved, f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608
    with sqlite3.connect(moved.data / "district.sqlite") as database:
        for statement, days in ROWS.items():
            for age in (days - 1, days + 1):
                at = moved.now - timedelta(days=age)
                database.execute(statement, {"at": round(at.timestamp() * 1000)})
    went = moved.sweep()
    assert went is not None
    assert {name: count for name, count in went.items() if count} == {
        "evidence": 1,
        "cases": 1,
        "sent": 2,
        "looks": 1,
        "codes": 1,
        "downlink": 1,
        "sessions": 2,
    }
    for table, was in zip(tables, before, strict=True):
        count = kept(moved, f"SELECT count(*) FROM {table}")  # noqa: S608
        assert count == was + tables.count(table), table


def test_a_kit_that_was_replaced_is_forgotten_to_have_said_anything_of_the_home(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    assert moved.sweep() is None
    home.beat()
    newer = Kit(client=moved.client())
    newer.enrol(visitor.new_code(home.household))
    newer.hello()
    newer.beat()
    went = swept_after(moved, 36)
    assert went["conditions"] == 1
    said = "SELECT count(*) FROM pulses WHERE condition IS NOT NULL AND kit = '{}'"
    assert (kept(moved, said.format(home.id)), kept(moved, said.format(newer.id))) == (0, 1)
