"""A source counts once a real use of it was seen."""

from homeassistant.core import Context
from homeassistant.data_entry_flow import FlowResultType

from tests.integration.devices import DRAWER, a_device, a_drawer
from tests.integration.house import House
from tests.integration.technician import Technician

SOCKET = "switch.socket"


async def test_a_source_that_was_seen_in_use_is_proved_and_counts(
    home: House, technician: Technician
) -> None:
    await a_drawer(home)
    await technician.chooses_by_hand("door", DRAWER, name="Medicine drawer")
    assert technician.now["type"] is FlowResultType.SHOW_PROGRESS
    assert "Open **Medicine drawer** now" in technician.shown["ask"]
    await home.wait(seconds=7)
    await home.show(DRAWER, "on")
    await technician.looks()
    assert technician.step == "seen"
    assert technician.shown["verdict"] == "seen after 7 s"
    opened = home.now
    await technician.fills()
    assert technician.is_done
    data = home.entry.subentries[home.source_of(DRAWER)].data
    assert data["tested"] == opened.isoformat()
    assert data["tested_device"] == [DRAWER]
    assert data["test_result"] == {"delay_s": 7.0, "link": None, "battery": None}
    # The proof itself was no sign of life; what comes now is.
    await home.wait(minutes=1)
    assert home.last_sign != home.now
    await home.show(DRAWER, "off")
    assert home.last_sign == home.now


async def test_nothing_of_the_test_reaches_the_household(
    home: House, technician: Technician
) -> None:
    await a_drawer(home)
    before = home.last_sign
    await technician.chooses_by_hand("door", DRAWER)
    await home.show(DRAWER, "on")
    await technician.looks()
    assert home.last_sign == before


async def test_a_source_kept_for_later_counts_for_nothing(
    home: House, technician: Technician
) -> None:
    await a_drawer(home)
    before = home.last_sign
    await technician.chooses_by_hand("door", DRAWER)
    await home.wait(minutes=2)
    await technician.looks()
    assert technician.step == "not_seen"
    await technician.picks("later")
    assert technician.is_done
    assert "tested" not in home.entry.subentries[home.source_of(DRAWER)].data
    await home.wait(minutes=1)
    await home.use_door(DRAWER)
    assert home.last_sign == before
    # That it works is followed all the same.
    assert home.source(DRAWER, "liveness") == "live"


async def test_what_was_missed_can_be_tried_again(home: House, technician: Technician) -> None:
    await a_drawer(home)
    await technician.chooses_by_hand("door", DRAWER)
    await home.wait(minutes=2)
    await technician.looks()
    await technician.picks("again")
    await home.show(DRAWER, "on")
    await technician.looks()
    assert technician.step == "seen"


async def test_a_device_that_has_just_come_back_must_rest_first(
    home: House, technician: Technician
) -> None:
    await a_drawer(home)
    await home.show(DRAWER, "unavailable")
    await home.wait(seconds=5)
    await home.show(DRAWER, "off")
    await technician.chooses_by_hand("door", DRAWER)
    assert "has only just come back" in technician.shown["ask"]
    await home.show(DRAWER, "on")
    await technician.looks()
    assert "does not count: the device has only just come back" in technician.shown["noticed"]
    await home.wait(seconds=31)
    await technician.looks()
    assert "Open **Drawer** now" in technician.shown["ask"]
    await home.show(DRAWER, "off")
    await technician.looks()
    assert technician.step == "seen"


async def test_a_device_that_stood_there_is_believed_at_once_although_it_was_just_used(
    home: House, technician: Technician
) -> None:
    """Its battery has stood for long: so it was a hand that moved it, not the radio."""
    await a_device(
        home,
        "0x04",
        [(DRAWER, "off", "door", None), ("sensor.drawer_battery", "81", "battery", "%")],
    )
    await home.wait(minutes=1)
    await home.show(DRAWER, "on")
    await technician.chooses_by_hand("door", DRAWER)
    await home.show(DRAWER, "off")
    await technician.looks()
    assert technician.step == "seen"


async def test_coming_back_is_no_proof(home: House, technician: Technician) -> None:
    await a_drawer(home)
    await technician.chooses_by_hand("door", DRAWER)
    await home.show(DRAWER, "unavailable")
    await home.show(DRAWER, "on")
    await technician.looks()
    assert technician.now["type"] is FlowResultType.SHOW_PROGRESS
    assert "only come back" in technician.shown["noticed"]


async def test_what_home_assistant_switched_is_no_proof(
    home: House, technician: Technician
) -> None:
    await home.show(SOCKET, "off", friendly_name="Socket")
    await home.wait(minutes=1)
    await technician.chooses_by_hand("light", SOCKET)
    home.hass.states.async_set(SOCKET, "on", context=Context(user_id="a-guardian-far-away"))
    await technician.looks()
    assert technician.now["type"] is FlowResultType.SHOW_PROGRESS
    assert "Home Assistant switched" in technician.shown["noticed"]


async def test_a_plug_that_shows_neither_power_nor_a_press_is_refused(
    home: House, technician: Technician
) -> None:
    await home.show(SOCKET, "off", friendly_name="Socket")
    await home.wait(minutes=1)
    await technician.chooses_by_hand("plug", SOCKET)
    assert "Press the button of the plug" in technician.shown["ask"]
    await home.wait(minutes=2)
    await technician.looks()
    assert technician.step == "not_seen_socket"
    assert technician.now["menu_options"] == ["again", "user"]


async def test_a_plug_without_power_is_proved_by_its_own_button(
    home: House, technician: Technician
) -> None:
    await home.show(SOCKET, "off", friendly_name="Socket")
    await home.wait(minutes=1)
    await technician.chooses_by_hand("plug", SOCKET)
    await home.show(SOCKET, "on")
    await technician.looks()
    assert technician.step == "seen"


async def test_a_kettle_is_proved_by_its_start(home: House, technician: Technician) -> None:
    plug = "sensor.coffee_power"
    await home.show(plug, "0.4", device_class="power", friendly_name="Coffee")
    await home.wait(minutes=1)
    await technician.chooses_by_hand("plug", plug)
    await home.show(plug, "1.4")
    await technician.looks()
    assert technician.now["type"] is FlowResultType.SHOW_PROGRESS
    await home.show(plug, "1180")
    await technician.looks()
    assert technician.step == "seen"


async def test_a_help_button_is_tried_without_calling_anybody(
    home: House, technician: Technician
) -> None:
    button = "event.bedside"
    await home.show(button, "unknown", friendly_name="Bedside")
    await technician.chooses_by_hand("button", button, press="help")
    await home.show(button, home.now.isoformat())
    await technician.looks()
    assert technician.step == "seen"
    await technician.fills()
    assert (home.stage, home.relay.of("emergency")) == ("calm", [])
    # From here on it is a real one.
    await home.wait(seconds=10)
    await home.show(button, home.now.isoformat())
    assert home.stage == "emergency"


async def test_an_untested_help_button_calls_for_help_all_the_same(
    home: House, technician: Technician
) -> None:
    button = "event.bedside"
    await home.show(button, "unknown")
    await technician.chooses_by_hand("button", button, press="help")
    await home.wait(minutes=2)
    await technician.looks()
    await technician.picks("later")
    await home.show(button, home.now.isoformat())
    assert home.stage == "emergency"


async def test_whoever_closes_the_page_has_added_nothing(
    home: House, technician: Technician
) -> None:
    await a_drawer(home)
    before = len(home.entry.subentries)
    await technician.chooses_by_hand("door", DRAWER)
    technician.closes_the_page()
    await home.show(DRAWER, "on")
    await home.wait(minutes=3)
    assert len(home.entry.subentries) == before
