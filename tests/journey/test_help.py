"""Help, from the button to a person and back."""

from stage.waiting import until
from tests.journey.day import Day


def test_help_becomes_an_emergency_that_only_a_person_ends(day: Day) -> None:
    day.home.press("help")
    day.home.until_stage("emergency")
    case = day.welfare_case("emergency")
    assert (case.family, case.standing) == ("emergency", "free")
    day.hold(case)
    assert day.home.state("receipt") == "hold"
    day.home.press("ok")
    assert day.home.stage == "emergency"
    day.handle(case)
    until(lambda: day.home.state("receipt") == "handled", "the receipt to be seen at home")
    assert day.home.attribute("receipt", "outcome") == "seen_well"
