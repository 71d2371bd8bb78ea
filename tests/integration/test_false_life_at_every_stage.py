"""What is taken for the resident and is not, at every rung: nothing closes that should not."""

from collections.abc import Awaitable, Callable

from homeassistant.core import Context
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from tests.integration.fake_phone import FakePhone
from tests.integration.family import Family
from tests.integration.house import DOMAIN, DOOR, KETTLE, OUTER_DOOR, House

type Step = Callable[[House], Awaitable[None]]
CALL, LOCK, SCREEN = "call_state", "device_locked", "interactive"


@pytest.fixture
async def at_home(home: House) -> House:
    """The resident's phone is followed as well: its calls and its lock."""
    entry = home.hass.config_entries.async_entries()[0]
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "1")}, name="Mother's phone"
    )
    for domain, key, state in (
        ("sensor", CALL, "idle"),
        ("binary_sensor", LOCK, "on"),
        ("binary_sensor", SCREEN, "off"),
    ):
        sensor = er.async_get(home.hass).async_get_or_create(
            domain,
            "mobile_app",
            f"1f0a3b5c_{key}",
            config_entry=entry,
            device_id=device.id,
            suggested_object_id=f"phone_{key}",
        )
        await home.show(sensor.entity_id, state)
        if key != SCREEN:
            await home.follow("phone", sensor.entity_id)
    await home.wait(minutes=1)
    await home.boil_water()
    return home


async def quiet(home: House) -> None:
    await home.wait(hours=12)


async def knock(home: House) -> None:
    await quiet(home)
    await home.wait(minutes=15)


async def visit(home: House) -> None:
    await knock(home)
    await home.wait(minutes=30)


async def taken(home: House) -> None:
    await visit(home)
    await home.hold(home.state("sensor", "stage").attributes["episode"])


async def hold_over(home: House) -> None:
    await taken(home)
    await home.wait(minutes=31)


async def emergency(home: House) -> None:
    await home.press("help")
    await home.wait(minutes=2)


async def taken_emergency(home: House) -> None:
    await home.press("help")
    await home.hold(home.state("sensor", "stage").attributes["episode"])


async def an_officers_door(home: House) -> None:
    await home.use_door(OUTER_DOOR)


async def our_call_rings(home: House) -> None:
    await home.show(f"sensor.phone_{CALL}", "ringing")
    await home.wait(seconds=40)
    await home.show(f"sensor.phone_{CALL}", "idle")


async def our_push_lights_the_screen(home: House) -> None:
    await home.show(f"binary_sensor.phone_{SCREEN}", "on")
    await home.wait(seconds=20)
    await home.show(f"binary_sensor.phone_{SCREEN}", "off")


async def the_power_comes_back(home: House) -> None:
    for entity_id in (DOOR, OUTER_DOOR, KETTLE):
        await home.show(entity_id, "unavailable")
    await home.wait(minutes=1)
    await home.show(DOOR, "on")
    await home.show(OUTER_DOOR, "on")
    await home.show(KETTLE, "1850")
    await home.wait(seconds=3)
    await home.show(DOOR, "off")


async def everything_restarts(home: House) -> None:
    await home.stop()
    for entity_id in (DOOR, OUTER_DOOR, KETTLE):
        home.hass.states.async_remove(entity_id)
    await home.start()
    await home.show(KETTLE, "1850")
    await home.show(DOOR, "on")
    await home.show(OUTER_DOOR, "off")
    await home.wait(seconds=3)
    await home.show(DOOR, "off")


async def a_guardian_says_ok(home: House) -> None:
    await home.call("confirm_ok", by="guardian")


async def a_guardian_presses_the_residents_button_on_their_own_phone(home: House) -> None:
    family = Family(home)
    await family.agree()
    phone = await FakePhone(home.hass, "Phone").start()
    await family.add("daughter", phone=phone.device_id, notify=[])
    theirs = Context(user_id=phone.user_id)
    ok = {"entity_id": home.entity_id("button", "ok")}
    await home.hass.services.async_call("button", "press", ok, blocking=True, context=theirs)
    await home.settle()
    await phone.stop()


FALSE = (
    our_call_rings,
    our_push_lights_the_screen,
    the_power_comes_back,
    everything_restarts,
    a_guardian_says_ok,
    a_guardian_presses_the_residents_button_on_their_own_phone,
)
STAGES = (quiet, knock, visit, taken, hold_over, emergency, taken_emergency)
# Before the knock nobody else has a reason to come.
AFTER_THE_KNOCK = tuple(stage for stage in STAGES if stage is not quiet)


def name(step: Step) -> str:
    return step.__name__


async def closes_nothing(home: House, stage: Step, false: Step) -> None:
    await stage(home)
    before, last_sign = home.stage, home.last_sign
    assert before != "calm"
    await false(home)
    assert (home.stage, home.last_sign) == (before, last_sign)
    assert home.relay.of("resolved") == []


@pytest.mark.parametrize("stage", STAGES, ids=name)
@pytest.mark.parametrize("false", FALSE, ids=name)
async def test_what_is_not_the_resident_closes_nothing(
    at_home: House, stage: Step, false: Step
) -> None:
    await closes_nothing(at_home, stage, false)


@pytest.mark.parametrize("stage", AFTER_THE_KNOCK, ids=name)
async def test_an_outer_door_alone_closes_nothing_once_somebody_may_come(
    at_home: House, stage: Step
) -> None:
    await closes_nothing(at_home, stage, an_officers_door)


@pytest.mark.parametrize("stage", [quiet, knock, visit], ids=name)
async def test_unlocking_the_phone_before_anybody_came_is_the_resident(
    at_home: House, stage: Step
) -> None:
    await stage(at_home)
    await at_home.show(f"binary_sensor.phone_{LOCK}", "off")
    assert at_home.stage == "calm"
    assert at_home.relay.of("resolved")[0]["data"]["by"] == "activity"


@pytest.mark.parametrize("stage", [taken, hold_over, emergency, taken_emergency], ids=name)
async def test_once_a_person_has_it_the_residents_own_ok_is_a_note(
    at_home: House, stage: Step
) -> None:
    await stage(at_home)
    before = at_home.stage
    await at_home.hass.services.async_call(DOMAIN, "confirm_ok", {"by": "resident"}, blocking=True)
    await at_home.settle()
    assert at_home.stage == before
    newest = at_home.relay.of(before)[-1]["data"]
    assert (newest["said"], newest["word"], newest["word_by"]) == ("note", "ok", "resident")
