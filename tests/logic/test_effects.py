"""What was decided is said: ids fixed for ever, kept until arrived, renumbered after a restore."""

from datetime import timedelta

import pytest

from custom_components.anshim_knock.logic.decide import effect_done
from custom_components.anshim_knock.logic.effects import PRIORITY, Effect, Target
from custom_components.anshim_knock.logic.inputs import OutrunVersion, Trouble
from custom_components.anshim_knock.logic.words import Answer, Kind, Priority, Stage

from .home import Home, a_home, a_knocked_home, a_quiet_home, an_emergency, pending


def ids(home: Home) -> list[str]:
    return [effect.id_of(home.state.id) for effect in home.state.outbox]


def the_only(home: Home) -> Effect:
    (effect,) = home.state.outbox
    return effect


def test_an_effect_waits_in_the_state_that_caused_it() -> None:
    home = a_quiet_home()
    assert home.decision.effects == home.state.outbox
    assert the_only(home).pending == (Target.HOME, Target.RELAY)


def test_the_same_decision_gives_the_same_ids() -> None:
    assert ids(a_knocked_home()) == ids(a_knocked_home())


def test_a_crash_between_saving_and_sending_repeats_the_same_id() -> None:
    home = a_quiet_home()
    before = ids(home)
    home.restart()
    assert ids(home) == before


def test_no_id_is_used_twice_in_a_long_night() -> None:
    home = a_home()
    home.wait(hours=14)
    home.help()
    home.wait(hours=1)
    home.answer(Answer.HANDLED, outcome="seen_well")
    home.wait(hours=13)
    used = [effect.id_of(home.state.id) for effect in home.said]
    assert len(set(used)) == len(used)


def test_ids_speak_the_contracts_language() -> None:
    effect = the_only(a_quiet_home())
    assert effect.id_of("h-7f3k9d2m5q") == f"h-7f3k9d2m5q.{effect.version}.quiet"


def test_an_effect_is_done_when_it_has_arrived_everywhere() -> None:
    home = a_quiet_home()
    effect = the_only(home)
    home.state = effect_done(home.state, effect, Target.HOME)
    assert the_only(home).pending == (Target.RELAY,)
    home.state = effect_done(home.state, effect, Target.HOME)
    home.state = effect_done(home.state, effect, Target.RELAY)
    assert home.state.outbox == ()


def test_an_arrival_of_something_else_is_nothing() -> None:
    home = a_quiet_home()
    other = the_only(a_quiet_home())
    stranger = Effect(
        name="quiet",
        version=other.version + 5,
        kind=Kind.QUIET,
        data={},
        at=None,
        boot="boot-1",
        uptime=1,
    )
    assert effect_done(home.state, stranger, Target.RELAY) == home.state


def test_only_the_last_word_on_a_trouble_waits() -> None:
    home = a_home()
    for raised in (True, False, True, False):
        home.give(Trouble(code="store", raised=raised))
    home.give(Trouble(code="relay", raised=True))
    assert [(e.data["code"], e.data["state"]) for e in home.state.outbox] == [
        ("store", "cleared"),
        ("relay", "raised"),
    ]


def test_a_trouble_said_twice_is_told_once() -> None:
    home = a_home()
    home.give(Trouble(code="store", raised=True))
    assert home.give(Trouble(code="store", raised=True)).effects == ()


def test_a_call_for_help_that_nobody_hears_for_a_day_waits_as_the_call_and_one_repeat() -> None:
    home = an_emergency()
    home.wait(hours=24)
    emergencies = [e for e in home.state.outbox if e.kind is Kind.EMERGENCY]
    assert [e.data["said"] for e in emergencies] == ["first", "again"]
    assert emergencies[1].version == home.state.version


def test_alerts_wait_however_long_the_relay_is_dead() -> None:
    home = a_home()
    home.wait(hours=15)
    assert pending(home) == [Kind.QUIET, Kind.KNOCK, Kind.VISIT, Kind.VISIT]


def test_every_kind_has_its_priority() -> None:
    assert set(PRIORITY) == set(Kind)
    assert PRIORITY[Kind.EMERGENCY] is Priority.EMERGENCY


def test_versions_grow_with_every_decision_that_says_something_and_only_then() -> None:
    home = a_home()
    before = home.state.version
    home.tick()
    home.life()
    assert home.state.version == before
    home.wait(hours=12)
    assert home.state.version == before + 1


def test_a_restored_home_goes_on_above_what_the_relay_knows() -> None:
    home = a_home()
    home.give(OutrunVersion(version=500))
    home.wait(hours=12)
    assert the_only(home).version == 501
    assert home.state.episode == 501


def test_a_lower_version_of_the_relay_changes_nothing() -> None:
    home = a_quiet_home()
    before = home.state.version
    home.give(OutrunVersion(version=1))
    home.give(OutrunVersion(version=1, conflict=True))
    assert home.state.version > before
    assert home.state.episode == the_only(home).version


def test_after_a_conflict_what_waits_gets_new_numbers_with_its_episode() -> None:
    home = a_knocked_home()
    home.give(OutrunVersion(version=900, conflict=True))
    quiet, knock = home.state.outbox
    assert (quiet.version, knock.version) == (901, 902)
    assert home.state.episode == 901
    assert {quiet.data["episode"], knock.data["episode"]} == {901}
    assert home.state.version == 902
    assert {e.kind for e in home.decision.effects} == {Kind.QUIET, Kind.KNOCK}


def test_after_a_conflict_no_number_of_the_homes_own_is_used_a_second_time() -> None:
    home = a_knocked_home()
    before = {effect.version for effect in home.state.outbox}
    home.give(OutrunVersion(version=1, conflict=True))
    assert before.isdisjoint(effect.version for effect in home.state.outbox)


def test_after_a_conflict_what_has_arrived_keeps_its_number() -> None:
    home = a_quiet_home()
    home.all_delivered()
    episode = home.state.episode
    home.wait_for_deadline()
    home.give(OutrunVersion(version=900, conflict=True))
    assert home.state.episode == episode
    assert the_only(home).version == 901
    assert the_only(home).data["episode"] == episode


def test_a_conflict_about_nothing_that_waits_moves_no_episode() -> None:
    home = a_quiet_home()
    home.all_delivered()
    episode = home.state.episode
    home.give(OutrunVersion(version=900, conflict=True))
    assert home.state.episode == episode
    home.answer(Answer.HANDLED, outcome="seen_well")
    assert home.stage is Stage.CALM


def test_a_receipt_for_the_renumbered_episode_closes_it() -> None:
    home = an_emergency()
    home.give(OutrunVersion(version=900, conflict=True))
    home.answer(Answer.HANDLED, outcome="seen_well", episode=901)
    assert home.stage is Stage.CALM


@pytest.mark.parametrize("gap", [timedelta(seconds=1), timedelta(days=40)])
def test_an_effect_keeps_its_time_however_late_it_is_sent(gap: timedelta) -> None:
    home = a_quiet_home()
    effect = the_only(home)
    home.later(seconds=gap.total_seconds())
    home.tick()
    assert home.state.outbox[0] == effect
