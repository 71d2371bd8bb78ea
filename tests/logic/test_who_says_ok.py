"""Who said that all is well is kept and told; only the resident's own word ends anything."""

from custom_components.anshim_knock.logic.inputs import Coming, Ok, Person
from custom_components.anshim_knock.logic.words import Kind, Said, Stage

from .home import Home, a_home, a_knocked_home, a_quiet_home, a_visited_home, an_owned_visit


def notes(home: Home) -> list[tuple[object, object]]:
    return [(e.data["word"], e.data["word_by"]) for e in home.said if "word" in e.data]


def test_the_resident_at_home_and_by_phone_are_told_apart() -> None:
    home = a_knocked_home()
    home.give(Ok(person=Person.RESIDENT))
    assert home.newest(Kind.RESOLVED).get("via") is None

    home = a_knocked_home()
    home.give(Ok(person=Person.PHONE))
    assert home.stage is Stage.CALM
    ended = home.newest(Kind.RESOLVED)
    assert (ended["by"], ended["via"]) == ("resident", "phone")


def test_the_newest_ok_is_kept_with_who_said_it() -> None:
    home = a_home()
    home.wait(hours=1)
    home.give(Ok(person=Person.PHONE))
    assert home.state.word is not None
    assert (home.state.word.by, home.state.word.at) == (Person.PHONE, home.machine.wall)
    home.restart()
    assert home.state.word is not None
    assert home.state.word.by == Person.PHONE


def test_a_guardians_ok_is_put_on_the_case_at_every_rung() -> None:
    for home in (a_quiet_home(), a_knocked_home(), a_visited_home()):
        stage = home.stage
        home.give(Ok(person=Person.GUARDIAN))
        assert home.stage is stage
        assert notes(home) == [("ok", "guardian")]
        assert home.newest(home.said[-1].kind)["said"] == Said.NOTE


def test_a_guardian_on_the_way_is_told_and_puts_nothing_off() -> None:
    home = a_visited_home()
    due = home.due
    home.give(Coming())
    assert notes(home) == [("coming", "guardian")]
    assert (home.stage, home.due, home.state.owned) == (Stage.VISIT, due, False)


def test_what_is_said_again_and_again_is_told_once() -> None:
    home = a_visited_home()
    for _ in range(5):
        home.give(Coming())
        home.wait(seconds=20)
    assert notes(home) == [("coming", "guardian")]
    home.wait(minutes=6)
    home.give(Coming())
    assert len(notes(home)) == 2


def test_the_residents_word_reaches_whoever_has_the_case_although_something_moved_before() -> None:
    home = an_owned_visit()
    home.life()
    home.give(Ok(person=Person.RESIDENT))
    assert home.stage is Stage.VISIT
    assert notes(home) == [("ok", "resident")]
