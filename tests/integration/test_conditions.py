"""The conditions of the household, as Home Assistant's own engine evaluates them."""

from typing import Any

from homeassistant.helpers import condition
from homeassistant.helpers.condition import async_get_all_descriptions
import pytest
import voluptuous as vol

from custom_components.anshim_knock.condition import CONDITIONS
from tests.integration.house import DOMAIN, DOOR, KETTLE, OUTER_DOOR, House


async def holds(home: House, name: str, **options: Any) -> bool:
    config = {"condition": f"{DOMAIN}.{name}", "options": options}
    valid = await condition.async_validate_condition_config(home.hass, config)
    checker = await condition.async_from_config(home.hass, valid)
    result = checker.async_check()
    checker.async_unload()
    return bool(result)


async def test_a_home_is_quiet_from_the_first_question_until_it_is_calm(home: House) -> None:
    assert not await holds(home, "is_quiet")
    await home.wait(hours=12)
    assert await holds(home, "is_quiet")
    assert await holds(home, "is_quiet", config_entry_id=home.entry_id, stages=["quiet", "knock"])
    assert not await holds(home, "is_quiet", stages=["visit"])
    await home.boil_water()
    assert not await holds(home, "is_quiet")


async def test_a_home_is_away_until_somebody_moves_inside(home: House) -> None:
    await home.call("set_away", hours=3)
    assert await holds(home, "is_away")
    await home.wait(hours=1)
    await home.boil_water()
    assert not await holds(home, "is_away")


async def test_a_home_whose_sensors_are_all_dead_is_blind_and_not_quiet(home: House) -> None:
    assert not await holds(home, "is_blind")
    for entity_id in (DOOR, OUTER_DOOR, KETTLE):
        home.reporting.discard(entity_id)
        await home.show(entity_id, "unavailable")
    await home.wait(hours=1)
    assert await holds(home, "is_blind")
    assert not await holds(home, "is_quiet")


async def test_a_household_that_is_not_loaded_is_nothing(home: House) -> None:
    await home.wait(hours=12)
    await home.stop()
    assert not await holds(home, "is_quiet")
    assert not await holds(home, "is_quiet", config_entry_id="of_the_neighbours")


@pytest.mark.parametrize("options", [{"stages": ["asleep"]}, {"stages": []}, {"entity_id": DOOR}])
async def test_a_wrong_condition_is_refused(home: House, options: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        await holds(home, "is_quiet", **options)


async def test_every_condition_is_described(home: House) -> None:
    described = await async_get_all_descriptions(home.hass)
    ours = {k.partition(".")[2] for k, v in described.items() if k.startswith(f"{DOMAIN}.") and v}
    assert ours == set(CONDITIONS)
