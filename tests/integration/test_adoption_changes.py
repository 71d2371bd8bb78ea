"""A source is proved again, renamed, swapped, overruled."""

from homeassistant.helpers import entity_registry as er

from tests.integration.devices import DRAWER, a_device, a_drawer
from tests.integration.house import DOOR, House
from tests.integration.technician import Technician


async def test_a_source_is_proved_again_while_the_household_goes_on(
    home: House, technician: Technician
) -> None:
    running = home.entry.runtime_data
    await technician.changes(DOOR)
    await technician.picks("prove")
    await home.wait(minutes=1)
    await home.show(DOOR, "on")
    await technician.looks()
    await technician.fills()
    assert technician.is_done
    data = home.entry.subentries[home.source_of(DOOR)].data
    assert data["tested"] == home.now.isoformat()
    # Nothing was set up anew: nobody could have called for help in vain.
    assert home.entry.runtime_data is running


async def test_another_name_leaves_the_proof_alone(home: House, technician: Technician) -> None:
    before = home.entry.subentries[home.source_of(DOOR)].data
    await technician.changes(DOOR)
    await technician.picks("rename")
    await technician.fills(name="Kimchi fridge")
    subentry = home.entry.subentries[home.source_of(DOOR)]
    assert (subentry.title, subentry.data) == ("Kimchi fridge", before)


async def _swaps_the_fridge_in_vain(home: House, technician: Technician) -> None:
    """Another sensor takes its place, and nobody uses it when asked."""
    await a_drawer(home)
    await technician.changes(DOOR)
    await technician.picks("swap")
    await technician.fills(entity=DRAWER)
    await technician.fills(name="New fridge")
    await home.wait(minutes=2)
    await technician.looks()


async def test_another_sensor_in_the_same_place_is_untested_until_it_is_proved(
    home: House, technician: Technician
) -> None:
    await _swaps_the_fridge_in_vain(home, technician)
    await technician.picks("later")
    assert "tested" not in home.entry.subentries[home.source_of(DRAWER)].data
    assert home.source(DRAWER, "last_activity") == "unknown"

    await technician.changes(DRAWER)
    await technician.picks("prove")
    await home.show(DRAWER, "on")
    await technician.looks()
    await technician.fills()
    await home.wait(minutes=1)
    await home.show(DRAWER, "off")
    assert home.last_sign == home.now


async def test_a_new_sensor_that_is_not_seen_can_be_given_up_and_the_old_one_still_counts(
    home: House, technician: Technician
) -> None:
    before = home.entry.subentries[home.source_of(DOOR)].data
    await _swaps_the_fridge_in_vain(home, technician)
    await technician.picks("leave")
    assert technician.now["reason"] == "left_as_it_was"
    assert home.entry.subentries[home.source_of(DOOR)].data == before
    await home.use_door()
    assert home.last_sign == home.now


async def test_a_device_that_was_changed_behind_its_entity_is_untested(
    home: House, technician: Technician
) -> None:
    drawer, *_ = await a_device(home, "0x05", [(DRAWER, "off", "door", None)])
    await home.wait(minutes=1)
    await technician.chooses_by_hand("door", DRAWER)
    await home.show(DRAWER, "on")
    await technician.looks()
    await technician.fills()
    await home.wait(minutes=1)
    await home.show(DRAWER, "off")
    assert home.last_sign == home.now

    other, *_ = await a_device(home, "0x06", [("sensor.other_battery", "90", "battery", "%")])
    er.async_get(home.hass).async_update_entity(drawer.entity_id, device_id=other.device_id)
    await home.wait(minutes=1)
    before = home.last_sign
    await home.use_door(DRAWER)
    assert home.last_sign == before


async def test_a_technician_overrules_the_ghost_detector(
    home: House, technician: Technician
) -> None:
    running = home.entry.runtime_data
    plug = "sensor.kettle_power"
    await technician.changes(plug)
    await technician.picks("overrule")
    await technician.fills(overruled=True)
    assert home.entry.subentries[home.source_of(plug)].data["overruled"] is True
    assert home.entry.runtime_data is running
    tracked = running.outfit.tracker.sources[home.source_of(plug)]
    assert tracked.source.overruled


async def test_a_technician_may_say_that_a_door_is_moved_by_a_person(
    technician: Technician,
) -> None:
    await technician.changes(DOOR)
    assert technician.now["menu_options"] == ["prove", "rename", "swap", "overrule"]
