from collections.abc import AsyncIterator
from datetime import timedelta

from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.anshim_knock.coordinator import HouseholdCoordinator
from custom_components.anshim_knock.logic.inputs import ConsentWithdrawn
from tests.integration.house import DOMAIN, OUTER_DOOR, House


async def test_the_residents_word_ends_a_silence(home: House) -> None:
    await home.wait(hours=12)
    found = await home.call("confirm_ok", by="resident")
    assert found == {"stage": "calm", "episode": None, "reason": "said_ok"}


async def test_a_guardians_word_puts_it_off(home: House) -> None:
    await home.wait(hours=12)
    before = home.sensor("next_deadline")
    found = await home.call("confirm_ok", by="guardian")
    assert (found["stage"], found["reason"]) == ("quiet", "ok_puts_off")
    assert home.sensor("next_deadline") > before


async def test_the_ok_button_of_the_screen_is_the_residents(home: House) -> None:
    await home.wait(hours=12)
    await home.press("ok")
    assert (home.stage, home.last_sign) == ("calm", home.now)


@pytest.mark.parametrize("cause", ["action", "spoken", "phone", "panel"])
async def test_help_can_be_called_in_many_ways(home: House, cause: str) -> None:
    found = await home.call("request_help", cause=cause)
    emergency = home.relay.of("emergency")[0]["data"]
    assert found["stage"] == "emergency"
    assert found["episode"] == emergency["episode"]
    assert emergency["cause"] == cause


async def test_what_came_of_a_call_is_answered_and_shown(home: House) -> None:
    await home.wait(hours=12)
    found = await home.call("record_call", result="no_answer")
    assert (found["stage"], found["reason"]) == ("quiet", "call_ended")
    status = await home.call("get_status")
    assert status["call"] == {"result": "no_answer", "by": "home", "at": home.now.isoformat()}
    with pytest.raises(vol.Invalid):
        await home.call("record_call", result="perhaps")


async def test_a_guardian_on_the_way_is_told_and_closes_nothing(home: House) -> None:
    await home.wait(hours=12)
    found = await home.call("guardian_coming")
    assert (found["stage"], found["reason"]) == ("quiet", "guardian_comes")
    assert home.relay.of("quiet")[-1]["data"]["word"] == "coming"


async def test_a_guardian_on_the_way_who_walks_in_does_not_end_the_visit(home: House) -> None:
    await home.wait(hours=12)
    await home.wait(minutes=15)
    await home.wait(minutes=30)
    assert home.stage == "visit"
    await home.call("guardian_coming")
    await home.wait(minutes=10)
    last = home.last_sign
    await home.use_door(OUTER_DOOR)
    await home.wait(seconds=30)
    await home.use_door()
    assert (home.stage, home.reason) == ("visit", "guardians_steps")
    assert home.last_sign == last
    assert home.relay.of("resolved") == []
    # The resident was only asleep, and presses.
    await home.press("ok")
    assert home.stage == "calm"


@pytest.fixture
async def neighbour(home: House) -> AsyncIterator[HouseholdCoordinator]:
    """A second household on the same Home Assistant."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="h-secondhome1",
        unique_id="h-secondhome1",
        data={**home.entry.data, "household": "h-secondhome1"},
    )
    await home.hass.config_entries.async_add(entry)
    await home.settle()
    yield entry.runtime_data
    await home.hass.config_entries.async_unload(entry.entry_id)


async def test_help_that_names_no_household_alarms_both(
    home: House, neighbour: HouseholdCoordinator
) -> None:
    found = await home.call("request_help", cause="spoken")
    assert found["stage"] == "emergency"
    assert (home.stage, neighbour.state.stage) == ("emergency", "emergency")


async def test_help_that_names_its_household_leaves_the_neighbour_in_peace(
    home: House, neighbour: HouseholdCoordinator
) -> None:
    await home.call("request_help", cause="spoken", config_entry_id=home.entry_id)
    assert (home.stage, neighbour.state.stage) == ("emergency", "calm")


async def test_a_neighbour_who_withdrew_keeps_no_call_for_help_from_being_heard(
    home: House, neighbour: HouseholdCoordinator
) -> None:
    await neighbour.decide(ConsentWithdrawn(text_version="2026-11-1", recorded_by="resident"))
    found = await home.call("request_help", cause="spoken")
    assert (found["stage"], home.stage) == ("emergency", "emergency")
    assert neighbour.state.stage == "calm"


async def test_what_is_no_call_for_help_must_say_for_whom(
    home: House, neighbour: HouseholdCoordinator
) -> None:
    with pytest.raises(ServiceValidationError):
        await home.call("confirm_ok", by="resident")
    assert neighbour.state.last_sign is None


async def test_help_is_heard_while_away_and_mid_drill(home: House) -> None:
    await home.call("set_away", hours=5)
    await home.call("start_drill")
    await home.press("help")
    assert home.stage == "emergency"
    assert home.relay.of("drill")[-1]["data"]["state"] == "cancelled"


async def test_an_absence_has_an_end_and_its_end_is_asked_about(home: House) -> None:
    found = await home.call("set_away", hours=3)
    assert found["reason"] == "went_away"
    assert home.state("switch", "away").state == "on"
    await home.wait(hours=3)
    assert (home.stage, home.reason) == ("quiet", "absence_overrun")
    assert home.state("switch", "away").state == "off"


async def test_an_absence_until_a_moment(home: House) -> None:
    until = home.now + timedelta(hours=2)
    await home.call("set_away", until=until.isoformat())
    assert home.state("switch", "away").attributes["until"] == until
    await home.call("end_away")
    assert home.state("switch", "away").state == "off"
    assert [e["data"]["state"] for e in home.relay.of("absence")] == ["started", "ended"]


@pytest.mark.parametrize("hours", [-1, 24 * 61])
async def test_an_absence_that_ends_in_the_past_or_never_is_refused(
    home: House, hours: float
) -> None:
    until = (home.now + timedelta(hours=hours)).isoformat()
    with pytest.raises(ServiceValidationError) as refused:
        await home.call("set_away", until=until)
    assert refused.value.translation_key == "away_end"


@pytest.mark.parametrize("data", [{}, {"hours": 0}, {"hours": 2, "until": "2026-11-23 10:00"}])
async def test_an_absence_without_one_end_is_refused(home: House, data: dict[str, object]) -> None:
    with pytest.raises(vol.Invalid):
        await home.call("set_away", **data)


async def test_the_switch_means_away_for_half_a_day(home: House) -> None:
    await home.turn("away", on=True)
    assert home.state("switch", "away").attributes["until"] == home.now + timedelta(hours=12)
    await home.turn("away", on=False)
    assert home.state("switch", "away").state == "off"


@pytest.mark.parametrize("says", ["switch", "button"])
async def test_whoever_goes_out_by_a_switch_or_button_cuts_no_longer_absence_short(
    home: House, says: str
) -> None:
    consent_to_reason(home)
    await home.settle()
    until = home.now + timedelta(hours=72)
    await home.call("set_away", until=until.isoformat(), reason="hospital")
    await (home.turn("away", on=True) if says == "switch" else home.press("out"))
    # as the entry door does
    await home.use_door(OUTER_DOOR)
    assert home.state("switch", "away").attributes["until"] == until
    assert (await home.call("get_status"))["presence_reason"] == "hospital"
    assert len(home.relay.of("absence")) == 1
    await home.wait(hours=59)
    await home.turn("away", on=True)
    assert home.state("switch", "away").attributes["until"] == until
    await home.wait(hours=6)
    await home.turn("away", on=True)
    assert home.state("switch", "away").attributes["until"] == home.now + timedelta(hours=12)


async def test_an_absence_that_is_switched_off_where_there_is_none_ends_no_visit_of_guests(
    home: House,
) -> None:
    await home.call("set_guests", hours=3)
    await home.turn("away", on=False)
    assert (await home.call("get_status"))["presence"] == "guest"
    await home.call("end_away")
    assert (await home.call("get_status"))["presence"] == "home"


async def test_no_absence_swallows_an_open_alert(home: House) -> None:
    await home.wait(hours=12)
    with pytest.raises(ServiceValidationError) as refused:
        await home.turn("away", on=True)
    assert refused.value.translation_key == "refused_alert_open"
    with pytest.raises(ServiceValidationError):
        await home.call("set_away", hours=3)
    assert home.stage == "quiet"


async def test_a_drill_goes_through_all_stages_and_is_no_case(home: House) -> None:
    found = await home.call("start_drill")
    for _ in range(4):
        await home.wait(seconds=30)
    drills = [e["data"] for e in home.relay.of("drill")]
    assert {d["drill"] for d in drills} == {found["drill"]}
    assert [(d["stage"], d["state"]) for d in drills] == [
        ("quiet", "running"),
        ("knock", "running"),
        ("visit", "running"),
        ("visit", "passed"),
    ]
    assert home.stage == "calm"


async def test_a_drill_waits_for_the_end_of_an_alert(home: House) -> None:
    await home.press("help")
    with pytest.raises(ServiceValidationError) as refused:
        await home.call("start_drill")
    assert refused.value.translation_key == "refused_alert_open"


async def test_the_household_can_be_named(home: House) -> None:
    found = await home.call("confirm_ok", by="resident", config_entry_id=home.entry_id)
    assert found["stage"] == "calm"
    with pytest.raises(ServiceValidationError):
        await home.call("confirm_ok", by="resident", config_entry_id="nobody")


async def test_actions_are_there_but_say_so_when_the_household_is_not(home: House) -> None:
    await home.stop()
    assert home.hass.services.has_service(DOMAIN, "request_help")
    with pytest.raises(ServiceValidationError):
        await home.call("request_help")


async def test_what_the_household_says_is_an_event_at_home(home: House) -> None:
    await home.press("help")
    said = home.state("event", "said")
    assert said.attributes["event_type"] == "emergency"
    assert said.attributes["cause"] == "panel"
    assert said.attributes["said"] == "first"


async def test_a_call_that_was_none_is_taken_back_and_told(home: House) -> None:
    await home.press("help")
    found = await home.call("take_back")
    assert (found["stage"], found["reason"]) == ("calm", "help_taken_back")
    assert [e["data"]["by"] for e in home.relay.of("resolved")] == ["taken_back"]


async def test_too_late_it_is_only_noted(home: House) -> None:
    await home.press("help")
    await home.wait(seconds=30)
    await home.call("take_back")
    assert home.stage == "emergency"
    assert home.relay.of("emergency")[-1]["data"]["word"] == "taken_back"


async def test_going_out_is_for_half_a_day_and_for_a_day_once_the_door_confirms_it(
    home: House,
) -> None:
    pressed = home.now
    await home.press("out")
    away = home.state("switch", "away")
    assert (away.state, away.attributes["until"]) == ("on", pressed + timedelta(hours=12))
    await home.wait(minutes=5)
    await home.use_door(OUTER_DOOR)
    until = home.state("switch", "away").attributes["until"]
    assert until == pressed + timedelta(hours=24)
    assert len(home.relay.of("absence")) == 2


async def test_a_door_hours_later_confirms_nothing(home: House) -> None:
    pressed = home.now
    await home.press("out")
    await home.wait(hours=2)
    await home.use_door(OUTER_DOOR)
    until = home.state("switch", "away").attributes["until"]
    assert until == pressed + timedelta(hours=12)


async def test_whoever_said_that_they_go_out_and_moves_inside_is_at_home(home: House) -> None:
    await home.press("out")
    await home.wait(minutes=20)
    await home.boil_water()
    assert home.state("switch", "away").state == "off"


async def test_guests_and_carers_have_an_end(home: House) -> None:
    await home.call("set_guests", hours=3, reason="carer")
    assert (await home.call("get_status"))["presence"] == "guest"
    started = home.relay.of("absence")[-1]["data"]
    assert (started["what"], started["state"]) == ("guest", "started")
    # Who it is stays at home without the consent to tell it.
    assert "reason" not in started
    await home.wait(hours=3)
    assert (await home.call("get_status"))["presence"] == "home"
    assert home.stage == "calm"


def consent_to_reason(home: House) -> None:
    entry = home.entry
    consent = {**entry.data["consent"], "items": ["life_signs", "third_party", "sensitive"]}
    home.hass.config_entries.async_update_entry(entry, data={**entry.data, "consent": consent})


async def test_a_hospital_is_told_only_where_the_resident_agreed(home: House) -> None:
    consent_to_reason(home)
    await home.settle()
    await home.call("set_away", hours=72, reason="hospital")
    assert home.relay.of("absence")[-1]["data"]["reason"] == "hospital"
    assert (await home.call("get_status"))["presence_reason"] == "hospital"


async def test_no_guests_swallow_an_open_alert(home: House) -> None:
    await home.wait(hours=12)
    with pytest.raises(ServiceValidationError):
        await home.call("set_guests", hours=3)
    assert home.stage == "quiet"


async def test_who_said_that_all_is_well_is_kept(home: House) -> None:
    await home.call("confirm_ok", by="phone")
    word = (await home.call("get_status"))["word"]
    assert (word["says"], word["by"]) == ("ok", "phone")
