"""What staff learns of a resident before the home has said a word reaches the home as life."""

import pytest

from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person


def not_heard_for_hours(moved: MovedDistrict, home: Kit) -> None:
    home.beat()
    moved.pass_time(minutes=15)
    moved.pass_time(hours=6)


def lives(home: Kit) -> list[dict[str, object]]:
    return [m["data"] for m in home.listen() if m["type"] == "kr.anshim.knock.life.v1"]


@pytest.mark.parametrize(
    ("outcome", "evidence"),
    [("seen_well", "seen"), ("spoken_well", "spoken"), ("seen_care", "seen")],
)
def test_whoever_was_seen_behind_a_dead_relay_is_alive_for_the_home_as_well(
    moved: MovedDistrict, visitor: Person, home: Kit, outcome: str, evidence: str
) -> None:
    not_heard_for_hours(moved, home)
    (case,) = [c for c in visitor.board() if c.family == "welfare"]
    visitor.answer(case.id, "handled", outcome)
    assert lives(home) == [{"evidence": evidence, "at": now_text(moved.now)}]


@pytest.mark.parametrize("outcome", ["nobody_opened", "guardian_informed", "deceased", "technical"])
def test_whoever_was_not_seen_alive_is_no_life(
    moved: MovedDistrict, visitor: Person, home: Kit, outcome: str
) -> None:
    not_heard_for_hours(moved, home)
    (case,) = [c for c in visitor.board() if c.family == "welfare"]
    visitor.answer(case.id, "handled", outcome)
    assert lives(home) == []


def test_a_case_that_names_the_homes_episode_needs_no_more_than_the_receipt(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("quiet", attributes={"time": now_text(moved.now)}))
    (case,) = [c for c in visitor.board() if c.family == "welfare"]
    visitor.answer(case.id, "handled", "seen_well")
    assert lives(home) == []
