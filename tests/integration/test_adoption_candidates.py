"""What a technician is offered, warned of and refused."""

from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import async_get_integration
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.devices import DRAWER, a_device
from tests.integration.house import DOOR, House
from tests.integration.technician import Technician


async def test_candidates_are_ranked_with_their_reasons(
    home: House, technician: Technician
) -> None:
    await a_device(
        home,
        "0x01",
        [
            ("binary_sensor.front_gate", "off", "door", None),
            ("sensor.front_gate_battery", "81", "battery", "%"),
            ("sensor.front_gate_linkquality", "140", None, "lqi"),
        ],
    )
    await a_device(
        home,
        "0x02",
        [
            ("binary_sensor.far_cupboard", "off", "door", None),
            ("sensor.far_cupboard_battery", "9", "battery", "%"),
            ("sensor.far_cupboard_linkquality", "21", None, "lqi"),
        ],
    )
    await home.show(DRAWER, "off", device_class="door", friendly_name="Drawer")
    await technician.adds_a_source()
    await technician.picks("found")
    assert list(technician.options.values()) == [
        "Front gate – door contact, good link, battery 81 %",
        (
            "Far cupboard – door contact, weak link, battery 9 %, move it or add a repeater, "
            "change the battery"
        ),
        "Drawer – door contact, unknown device",
    ]


async def test_the_reasons_are_in_the_homes_language(home: House, technician: Technician) -> None:
    home.hass.config.language = "ko"
    await home.show(DRAWER, "off", device_class="door", friendly_name="서랍")
    await technician.adds_a_source()
    await technician.picks("found")
    assert list(technician.options.values()) == ["서랍 – 문 접점, 알 수 없는 기기"]


async def test_what_is_a_source_already_is_not_offered_again(
    home: House, technician: Technician
) -> None:
    await technician.adds_a_source()
    await technician.picks("found")
    assert technician.step == "nothing_found"
    await technician.picks("user")
    assert technician.step == "user"


@pytest.mark.parametrize(
    ("entity_id", "name", "device_class", "role"),
    [
        ("binary_sensor.one", "Medicine drawer", "door", "door"),
        ("binary_sensor.one", "Entrance", "opening", "outer_door"),
        ("binary_sensor.one", "현관문", "door", "outer_door"),
        ("binary_sensor.one", "Garage", "garage_door", "outer_door"),
        ("switch.one", "Television", "outlet", "plug"),
        ("switch.one", "Bathroom", "switch", "light"),
    ],
)
async def test_a_role_is_suggested_where_there_is_a_choice(  # noqa: PLR0917 -- a row of the table
    home: House, technician: Technician, entity_id: str, name: str, device_class: str, role: str
) -> None:
    await home.show(entity_id, "off", device_class=device_class, friendly_name=name)
    await technician.adds_a_source()
    await technician.picks("found")
    await technician.fills(entity=entity_id)
    (suggested,) = [key for key in technician.now["data_schema"].schema if key == "role"]
    assert suggested.default() == role


async def test_where_power_is_measured_the_measurement_is_offered_and_not_the_switch(
    home: House, technician: Technician
) -> None:
    await a_device(
        home,
        "0x03",
        [("switch.tv_plug", "on", None, None), ("sensor.tv_plug_power", "1.2", "power", "W")],
    )
    await technician.adds_a_source()
    await technician.picks("found")
    assert list(technician.options) == ["sensor.tv_plug_power"]


async def test_an_entity_made_of_others_is_warned_of(home: House, technician: Technician) -> None:
    template = er.async_get(home.hass).async_get_or_create(
        "binary_sensor", "group", "1", suggested_object_id="doors", original_device_class="door"
    )
    await home.show(template.entity_id, "off")
    await async_get_integration(home.hass, "group")
    await technician.reaches_about("door", template.entity_id)
    assert "made of other entities" in technician.shown["warnings"]


async def test_our_own_mirror_is_no_source(home: House, technician: Technician) -> None:
    mirror = home.entity_id("binary_sensor", f"{home.source_of(DOOR)}_door")
    with pytest.raises(InvalidData):
        await technician.chooses_by_hand("door", mirror)


@pytest.mark.parametrize(
    ("role", "entity_id"),
    [("plug", DOOR), ("motion", DOOR), ("door", "sensor.outdoor"), ("phone", "sensor.outdoor")],
)
async def test_what_cannot_show_such_a_use_is_refused(
    home: House, technician: Technician, role: str, entity_id: str
) -> None:
    await home.show("sensor.outdoor", "21")
    await technician.chooses_by_hand(role, entity_id)
    assert technician.now["errors"] == {"entity": "not_suitable"}


@pytest.mark.parametrize(
    ("key", "shown", "unit", "device_class", "suits"),
    [
        ("steps_sensor", "4012", "steps", None, True),
        ("phone_state", "idle", None, None, True),
        ("phone_state", "idle", None, "enum", True),
        ("battery_level", "81", "%", "battery", False),
        ("storage_sensor", "44.1", "%", None, False),
        ("next_alarm", "2026-11-23T07:00:00+00:00", None, "timestamp", False),
        ("volume_level_music", "7", None, None, False),
    ],
)
async def test_of_a_phone_only_steps_and_calls_show_a_person(  # noqa: PLR0917 -- a row
    home: House,
    technician: Technician,
    key: str,
    shown: str,
    unit: str | None,
    device_class: str | None,
    *,
    suits: bool,
) -> None:
    """A number that rises by itself, a battery on its charger say, must not look like steps."""
    entry = er.async_get(home.hass).async_get_or_create(
        "sensor",
        "mobile_app",
        key,
        original_device_class=device_class,
        unit_of_measurement=unit,
    )
    await home.show(entry.entity_id, shown)
    await technician.chooses_by_hand("phone", entry.entity_id)
    assert (technician.step == "walk") is suits


async def test_an_entity_is_a_source_once(technician: Technician) -> None:
    await technician.chooses_by_hand("door", DOOR)
    assert technician.now["errors"] == {"entity": "already_a_source"}


async def test_a_home_without_zigbee_is_led_into_zhas_own_flow(
    home: House, technician: Technician
) -> None:
    await technician.adds_a_source()
    await technician.picks("zigbee")
    assert (technician.now["type"], technician.now["reason"]) == (
        FlowResultType.ABORT,
        "zigbee_first",
    )
    assert technician.shown["add_zigbee"].endswith("add?domain=zha")


async def test_a_home_with_zigbee_is_not_sent_there(home: House, technician: Technician) -> None:
    MockConfigEntry(domain="zha").add_to_hass(home.hass)
    await technician.adds_a_source()
    assert technician.now["menu_options"] == ["found", "phone", "by_hand"]
