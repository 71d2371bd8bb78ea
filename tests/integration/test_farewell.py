"""Consent can change and be withdrawn, and a kit can go back with nothing of a resident on it."""

from collections.abc import Coroutine
from pathlib import Path

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_mock_service

from tests.integration.flows import CONSENT, set_up_household
from tests.integration.house import DOMAIN, DOOR, HOUSEHOLD, House
from tests.integration.technician import Technician


async def _withdraw(technician: Technician) -> None:
    await technician.opens_the_household()
    await technician.picks("withdraw")
    await technician.fills(recorded_by="resident")
    assert technician.now["reason"] == "consent_withdrawn"


def _kept(home: House) -> list[str]:
    """What lies on the disk of this household."""
    storage = Path(home.hass.config.path(".storage"))
    return sorted(p.name for p in storage.glob(f"{DOMAIN}.*"))


# Consent


async def test_other_items_are_told_and_the_watch_goes_on(
    home: House, technician: Technician
) -> None:
    await home.wait(hours=3)
    before = home.sensor("next_deadline")
    await technician.opens_the_household()
    await technician.picks("consent")
    assert {k for k, ticked in technician.fields.items() if ticked} == {
        "life_signs",
        "third_party",
    }
    await technician.fills(**{**CONSENT, "emergency_contact": True, "recorded_by": "guardian"})
    assert technician.now["reason"] == "consent_given"
    told = home.relay.of("consent")[-1]["data"]
    assert (told["state"], told["recorded_by"]) == ("given", "guardian")
    assert told["items"] == ["life_signs", "sensitive", "third_party", "emergency_contact"]
    assert home.entry.data["consent"]["items"] == told["items"]
    assert home.sensor("next_deadline") == before


async def test_without_life_signs_it_is_a_withdrawal_and_is_called_so(
    technician: Technician,
) -> None:
    await technician.opens_the_household()
    await technician.picks("consent")
    await technician.fills(**{**CONSENT, "life_signs": False})
    assert technician.now["errors"] == {"life_signs": "withdraw_instead"}


async def test_after_a_withdrawal_nothing_is_read_and_nothing_was_kept(
    home: House, technician: Technician
) -> None:
    await _withdraw(technician)
    await home.settle()
    assert home.relay.of("consent")[-1]["data"]["state"] == "withdrawn"
    told = len(home.relay.kept)
    await home.use_door()
    await home.wait(hours=30)
    assert len(home.relay.kept) == told
    assert home.stage == "calm"
    assert not [name for name in _kept(home) if "sources" in name]


async def test_a_restart_does_not_take_the_old_consent_up_again(
    home: House, technician: Technician
) -> None:
    await _withdraw(technician)
    await home.settle()
    await home.restart()
    assert home.relay.of("consent")[-1]["data"]["state"] == "withdrawn"
    with pytest.raises(ServiceValidationError):
        await home.press("help")


async def test_consent_can_be_given_again(home: House, technician: Technician) -> None:
    await _withdraw(technician)
    await home.settle()
    await technician.opens_the_household()
    await technician.picks("consent")
    await technician.fills(**CONSENT)
    await home.settle()
    assert home.relay.of("consent")[-1]["data"]["state"] == "given"
    assert home.relay.heartbeats[-1]["data"]["home"]["service"] == "on"
    await home.wait(minutes=1)
    await home.use_door()
    assert home.sensor("watch") == "seeing"
    await home.press("help")
    assert home.stage == "emergency"


# Return


async def _return(technician: Technician, **more: object) -> None:
    await technician.opens_the_household()
    await technician.picks("return_kit")
    given = {"household": HOUSEHOLD, "recorded_by": "technician", "untold": False, **more}
    await technician.fills(**given)


async def test_a_returned_kit_has_withdrawn_reported_and_forgotten(
    home: House, technician: Technician
) -> None:
    assert _kept(home)
    own = [
        e.entity_id
        for e in er.async_entries_for_config_entry(er.async_get(home.hass), home.entry_id)
    ]
    purged = async_mock_service(home.hass, "recorder", "purge_entities")
    await _return(technician)
    assert (technician.now["type"], technician.now["reason"]) == (
        FlowResultType.ABORT,
        "kit_returned",
    )
    assert home.relay.of("consent")[-1]["data"]["state"] == "withdrawn"
    assert home.hass.config_entries.async_entries(DOMAIN) == []
    assert _kept(home) == []
    assert not [e for e in own if er.async_get(home.hass).async_get(e)]
    # The history of what showed this resident's days goes as well.
    (call,) = purged
    assert {DOOR, *own} <= set(call.data["entity_id"])
    assert call.data["keep_days"] == 0


async def test_a_returned_kit_serves_its_next_home(home: House, technician: Technician) -> None:
    await _return(technician)
    home.entry_id = await set_up_household(home.hass, home.relay)
    await home.settle()
    assert home.entry.state is ConfigEntryState.LOADED
    assert home.last_sign is None


async def test_a_kit_is_not_wiped_by_a_slip_of_the_finger(
    home: House, technician: Technician
) -> None:
    await _return(technician, household="h-anotherone1")
    assert technician.now["errors"] == {"household": "other_household"}
    assert home.relay.of("consent")[-1]["data"]["state"] == "given"


async def test_no_kit_goes_back_while_somebody_is_in_need(
    home: House, technician: Technician
) -> None:
    await home.press("help")
    await _return(technician)
    assert technician.now["errors"] == {"base": "refused_alert_open"}
    assert home.stage == "emergency"


async def test_what_the_relay_has_not_taken_keeps_the_kit_here(
    home: House, technician: Technician
) -> None:
    await home.relay.stop()
    await _in_time(home, _return(technician))
    assert technician.now["errors"] == {"base": "return_untold"}
    # Withdrawn it is all the same, also after a restart.
    assert home.entry.data["consent"]["items"] == []
    # Whose relay will never be back returns it without.
    await _in_time(home, _return(technician, untold=True))
    assert technician.now["reason"] == "kit_returned"
    assert _kept(home) == []


async def test_the_action_says_what_keeps_it(home: House) -> None:
    await home.relay.stop()
    with pytest.raises(HomeAssistantError) as refused:
        await _in_time(home, _act(home))
    assert refused.value.translation_key == "return_untold"


async def test_it_can_be_done_by_an_action_that_names_the_household(home: House) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await _act(home, household="h-anotherone1")
    assert refused.value.translation_key == "other_household"
    await _act(home)
    assert home.hass.config_entries.async_entries(DOMAIN) == []


async def test_only_an_administrator_may_do_so(home: House, hass_read_only_user: MockUser) -> None:
    with pytest.raises(Unauthorized):
        await home.hass.services.async_call(
            DOMAIN,
            "return_kit",
            {"household": HOUSEHOLD, "recorded_by": "technician"},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert home.entry.state is ConfigEntryState.LOADED


async def _in_time(home: House, doing: Coroutine[None, None, None]) -> None:
    """Seconds pass while it waits for the relay."""
    task = home.hass.async_create_background_task(doing, "doing")
    await home.meanwhile(task.done)
    await task


async def _act(home: House, household: str = HOUSEHOLD) -> None:
    await home.hass.services.async_call(
        DOMAIN,
        "return_kit",
        {"household": household, "recorded_by": "technician"},
        blocking=True,
    )
    await home.settle()


# Removal, by whoever clicks "delete"


async def _remove(home: House) -> None:
    await _in_time(home, _removed(home))


async def _removed(home: House) -> None:
    await home.hass.config_entries.async_remove(home.entry_id)


def _issues(home: House) -> list[str | None]:
    return [
        i.translation_key for (d, _), i in ir.async_get(home.hass).issues.items() if d == DOMAIN
    ]


async def test_a_household_that_is_deleted_ends_its_consent_at_the_district(home: House) -> None:
    await _remove(home)
    last = home.relay.of("consent")[-1]["data"]
    assert (last["state"], last["recorded_by"]) == ("withdrawn", "technician")
    assert _kept(home) == []
    assert _issues(home) == []


async def test_a_call_for_help_that_was_still_untold_goes_out_with_the_household(
    home: House,
) -> None:
    await home.relay.stop()
    await home.press("help")
    await home.relay.start()
    await _remove(home)
    assert [event["type"].split(".")[3] for event in home.relay.kept[-2:]] == [
        "emergency",
        "consent",
    ]


async def test_who_deletes_a_household_that_can_tell_nobody_is_told_to_call(home: House) -> None:
    await home.relay.stop()
    await home.press("help")
    await _remove(home)
    assert _issues(home) == ["removed_untold"]
    assert _kept(home) == []
