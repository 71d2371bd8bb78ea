"""Lamps that something moves together are never a sign of life: who adopts them is told."""

from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.devices import lamp_of
from tests.integration.house import House
from tests.integration.technician import Technician


@pytest.fixture
async def bed(home: House, hub: MockConfigEntry) -> str:
    """A lamp that is a source."""
    return await lamp_of(home, hub, "bed")


@pytest.fixture
async def hall(home: House, hub: MockConfigEntry) -> str:
    """A lamp that is none yet, and has been there for a while."""
    lamp = await lamp_of(home, hub, "hall", followed=False)
    await home.wait(minutes=2)
    return lamp


async def test_who_adopts_a_second_lamp_is_warned_of_switches_that_move_both(
    technician: Technician, bed: str, hall: str
) -> None:
    await technician.reaches_about("light", hall)
    assert "follow that switch, or only one of its lamps" in technician.shown["warnings"]


async def test_nobody_is_warned_of_the_first_lamp(technician: Technician, hall: str) -> None:
    await technician.reaches_about("light", hall)
    assert "only one of its lamps" not in technician.shown["warnings"]


async def test_nobody_is_warned_of_the_second_rocker_of_one_switch(
    home: House, technician: Technician, hub: MockConfigEntry
) -> None:
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=hub.entry_id, identifiers={("zha", "rockers")}
    )
    one, two = [
        er.async_get(home.hass)
        .async_get_or_create("switch", "zha", f"rocker-{n}", config_entry=hub, device_id=device.id)
        .entity_id
        for n in (1, 2)
    ]
    await home.show(one, "off")
    await home.show(two, "off")
    await home.follow("light", one)
    await technician.reaches_about("light", two)
    assert "only one of its lamps" not in technician.shown["warnings"]


@pytest.mark.parametrize("adopted_is_first", [True, False])
async def test_a_lamp_that_goes_on_with_another_one_is_not_proved_and_the_page_says_why(
    home: House, technician: Technician, bed: str, hall: str, *, adopted_is_first: bool
) -> None:
    await technician.chooses_by_hand("light", hall, name="Hall")
    for lamp in (hall, bed) if adopted_is_first else (bed, hall):
        await home.show(lamp, "on")
        await home.wait(seconds=1)
    await technician.looks()
    assert technician.step == "walk"
    assert "another lamp did the same in that moment" in technician.shown["noticed"]
    await home.wait(minutes=2)
    await technician.looks()
    assert technician.step == "not_seen"
    assert "follow that switch" in technician.shown["noticed"]


async def test_a_lamp_that_a_hand_switches_alone_is_proved_for_the_moment_of_the_hand(
    home: House, technician: Technician, bed: str, hall: str
) -> None:
    await technician.chooses_by_hand("light", hall, name="Hall")
    await home.wait(seconds=4)
    await home.show(hall, "on")
    await home.wait(seconds=6)
    await technician.looks()
    assert technician.step == "seen"
    assert technician.shown["verdict"] == "seen after 4 s"


async def test_the_walk_through_the_home_ticks_no_lamps_that_go_on_together(
    home: House, technician: Technician, hub: MockConfigEntry, bed: str
) -> None:
    bath = await lamp_of(home, hub, "bath")
    await home.wait(hours=1)
    await technician.opens_the_household()
    await technician.picks("walk_test")
    await home.show(bed, "on")
    await home.show(bath, "on")
    await home.wait(seconds=10)
    await technician.looks()
    assert "●" not in technician.shown["list"]
    assert "another lamp did the same" in technician.shown["noticed"]
    await home.show(bath, "off")
    await home.wait(seconds=10)
    await technician.looks()
    assert technician.shown["list"].count("●") == 1
