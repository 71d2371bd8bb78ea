"""What is told late is as old as it can be: it never makes a silence shorter."""

from datetime import timedelta

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState
from homeassistant.helpers import entity_registry as er
import pytest

from tests.integration.house import DOOR, KETTLE, House


@pytest.fixture
async def steps(home: House) -> str:
    """The resident's phone, which has counted ten steps a moment ago."""
    hub = home.hass.config_entries.async_entries()[0]
    entity = er.async_get(home.hass).async_get_or_create(
        "sensor", "mobile_app", "phone_steps", config_entry=hub, unit_of_measurement="steps"
    )
    await home.show(entity.entity_id, "5000")
    await home.follow("phone", entity.entity_id)
    await home.wait(minutes=2)
    await home.show(entity.entity_id, "5010")
    return entity.entity_id


async def test_steps_that_a_phone_tells_when_it_wakes_are_no_younger_than_its_last_word(
    home: House, steps: str
) -> None:
    """They may have been taken just after it: a fall at one is not seen at eight."""
    before = home.now
    await home.wait(hours=9)
    await home.show(steps, "5030")
    assert home.last_sign is not None
    assert home.last_sign - before < timedelta(minutes=1)
    await home.wait(minutes=15)
    told = home.now
    await home.show(steps, "5060")
    assert told - home.last_sign <= timedelta(minutes=16)


async def test_late_steps_take_back_nothing_that_was_seen_since(home: House, steps: str) -> None:
    await home.wait(hours=6)
    await home.use_door(DOOR)
    used, silent_since = home.last_sign, home.moment("quiet_since")
    await home.wait(hours=3)
    await home.show(steps, "5030")
    assert (home.last_sign, home.moment("quiet_since")) == (used, silent_since)


async def _home_assistant_restarts(home: House, *, away: timedelta) -> None:
    """It was off for so long; the plug's integration shows what it remembers."""
    await home.stop()
    home.reporting.clear()
    home.hass.states.async_remove(KETTLE)
    home.hass.set_state(CoreState.starting)
    home.freezer.tick(away)
    home.hass.states.async_set(KETTLE, "0.4")
    await home.start()
    home.hass.set_state(CoreState.running)
    home.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await home.settle()


async def test_a_television_that_ran_while_home_assistant_was_away_was_not_switched_on_now(
    home: House,
) -> None:
    await home.wait(hours=1)
    await home.boil_water()
    before = home.last_sign
    await _home_assistant_restarts(home, away=timedelta(hours=6))
    await home.wait(minutes=5)
    await home.show(KETTLE, "95.0")
    assert home.last_sign is not None
    assert before is not None
    assert home.last_sign - before <= timedelta(minutes=5)
    await home.show(KETTLE, "0.4")
    await home.wait(minutes=10)
    await home.boil_water()
    assert home.now - home.last_sign < timedelta(minutes=5)


async def test_a_plug_that_has_said_that_it_rests_since_a_restart_shows_a_hand_at_once(
    home: House,
) -> None:
    await _home_assistant_restarts(home, away=timedelta(hours=6))
    await home.wait(minutes=5)
    home.hass.states.async_set(KETTLE, "0.4")
    await home.wait(minutes=5)
    await home.show(KETTLE, "95.0")
    assert home.last_sign == home.now


async def test_a_plug_that_was_out_of_reach_shows_no_hand_of_now_with_its_first_report(
    home: House,
) -> None:
    home.reporting.discard(KETTLE)
    await home.wait(hours=1)
    await home.boil_water()
    before = home.last_sign
    await home.show(KETTLE, "unavailable")
    await home.wait(hours=3)
    await home.show(KETTLE, "0.4")
    await home.wait(minutes=5)
    await home.show(KETTLE, "95.0")
    assert home.last_sign is not None
    assert before is not None
    assert home.last_sign - before <= timedelta(minutes=5)
