"""Homes, relays and districts that come back from a backup: numbers go back, time goes on."""

from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person


def at(moved: MovedDistrict) -> Json:
    return {"time": now_text(moved.now)}


def families(visitor: Person) -> list[str]:
    return [case.family for case in visitor.board()]


def test_help_is_called_from_a_restored_home_under_a_number_that_staff_had_ended(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.version = 10
    home.send(home.alert("visit", attributes=at(moved)))
    case = visitor.case_of(home.household)
    assert case is not None
    visitor.answer(case.id, "handled", "seen_well")
    home.version = 19
    home.send(home.resolved(11, "staff", **at(moved)))
    moved.pass_time(days=3)
    home.version, home.epoch, home.seq = 10, "restored", 0
    home.hello()
    home.send(home.emergency(attributes=at(moved)))
    assert "emergency" in families(visitor)


def test_a_call_for_help_that_comes_after_its_own_end_opens_nothing(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    called = home.emergency(attributes=at(moved))
    moved.pass_time(minutes=5)
    home.send(home.resolved(1, "taken_back", **at(moved)))
    home.send(called)
    assert families(visitor) == []
