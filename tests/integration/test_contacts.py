"""The resident's own people, told by Home Assistant's own messengers when nobody else has it."""

import asyncio

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest

from tests.integration.fake_phone import FakePhone
from tests.integration.family import Family
from tests.integration.house import DOMAIN, House

NOBODY_GOES = (
    "Mother: nobody answers. Somebody has to go there, and nobody has said yet that they will. "
    "Please call, or go there."
)
HELP = "Mother: help was called. Please get in touch at once. If it is urgent, call 119."


@pytest.fixture
async def family(home: House) -> Family:
    """A daughter and a son."""
    return await Family.of(home, "daughter", "son")


def alarms(family: Family) -> dict[str, list[str]]:
    """What they got beside the monthly test."""
    return {n: [m for m in got if "test" not in m] for n, got in family.got().items()}


def issues(home: House, key: str) -> list[str]:
    found = ir.async_get(home.hass).issues
    return [issue_id for domain, issue_id in found if domain == DOMAIN and key in issue_id]


async def until_visit(home: House) -> None:
    await home.wait(hours=12)
    await home.wait(minutes=15)
    await home.wait(minutes=30)
    assert home.stage == "visit"


async def minutes(home: House, number: int) -> None:
    for _ in range(number):
        await home.wait(minutes=1)


async def test_a_visit_that_nobody_takes_is_told_to_the_daughter_and_then_to_the_son(
    family: Family,
) -> None:
    await until_visit(family.home)
    assert alarms(family) == {"daughter": [], "son": []}
    await minutes(family.home, 32)
    assert alarms(family) == {"daughter": [NOBODY_GOES], "son": []}
    await minutes(family.home, 11)
    assert alarms(family) == {"daughter": [NOBODY_GOES], "son": [NOBODY_GOES]}


async def test_whoever_was_told_hears_that_it_is_over_once(family: Family) -> None:
    await until_visit(family.home)
    await minutes(family.home, 32)
    await family.home.boil_water()
    await minutes(family.home, 20)
    over = "Mother: it is over. Somebody is moving at home."
    assert alarms(family) == {"daughter": [NOBODY_GOES, over], "son": []}


async def test_nobody_is_told_while_staff_is_on_the_way(family: Family) -> None:
    await until_visit(family.home)
    await family.home.hold(family.home.relay.of("visit")[0]["data"]["episode"])
    await minutes(family.home, 28)
    assert alarms(family) == {"daughter": [], "son": []}
    # The hold dies, and nobody has it.
    await minutes(family.home, 6)
    assert alarms(family)["daughter"] == [NOBODY_GOES]


async def test_help_reaches_everybody_at_once_and_they_hear_that_it_was_taken_back(
    family: Family,
) -> None:
    await family.home.press("help")
    assert alarms(family) == {"daughter": [HELP], "son": [HELP]}
    await family.home.press("take_back")
    over = "Mother: the help button was pressed by mistake, and taken back at once."
    assert alarms(family) == {"daughter": [HELP, over], "son": [HELP, over]}
    assert family.home.stage == "calm"
    assert family.home.relay.of("resolved")[0]["data"]["by"] == "taken_back"


async def test_whoever_cannot_be_reached_is_followed_by_the_next_and_shown(
    family: Family,
) -> None:
    family.messengers["daughter"].works = False
    await until_visit(family.home)
    await minutes(family.home, 32)
    assert alarms(family) == {"daughter": [], "son": [NOBODY_GOES]}
    assert len(issues(family.home, "contact_unreached")) == 1


async def test_with_the_district_out_of_reach_they_are_told_soon(family: Family) -> None:
    await family.home.relay.stop()
    await family.home.wait(hours=12)
    await family.home.wait(minutes=15)
    assert family.home.stage == "knock"
    await minutes(family.home, 7)
    assert alarms(family)["daughter"] == [
        "Mother: nobody answers, and the district cannot be reached. Please call, or go there."
    ]


async def test_when_the_household_has_stopped_nobody_is_called_any_more(family: Family) -> None:
    """Not even when an answer was still being passed on."""
    home = family.home
    await home.press("help")
    await family.messengers["son"].slow.acquire()
    answered = asyncio.create_task(
        home.hass.services.async_call(
            DOMAIN, "contact_answered", {"contact": "daughter", "answer": "coming"}, blocking=True
        )
    )
    home.scripts_wait = True
    await home.until(lambda: family.messengers["son"].tried == 2)
    await home.stop()
    family.messengers["son"].slow.release()
    await answered
    home.scripts_wait = False
    told = alarms(family)
    await minutes(home, 90)
    assert alarms(family) == told
    await home.start()
    await minutes(home, 3)
    assert {name: len(got) - len(told[name]) for name, got in alarms(family).items()} == {
        "daughter": 1,
        "son": 1,
    }


async def test_a_restart_does_not_begin_anew_to_count_how_long_the_district_is_out_of_reach(
    family: Family,
) -> None:
    await family.home.wait(hours=12)
    await family.home.wait(minutes=15)
    assert family.home.stage == "knock"
    await family.home.relay.stop()
    await minutes(family.home, 4)
    assert alarms(family)["daughter"] == []
    await family.home.restart()
    await minutes(family.home, 3)
    assert len(alarms(family)["daughter"]) == 1


async def test_a_line_that_was_mended_while_home_assistant_was_down_alarms_nobody(
    family: Family,
) -> None:
    await family.home.relay.stop()
    await family.home.wait(hours=12)
    await family.home.wait(minutes=2)
    await family.home.stop()
    await family.home.relay.start()
    await family.home.wait(minutes=10)
    await family.home.start()
    await minutes(family.home, 10)
    assert alarms(family) == {"daughter": [], "son": []}


async def test_a_restart_tells_nobody_twice_and_forgets_nobody(family: Family) -> None:
    await until_visit(family.home)
    await minutes(family.home, 32)
    await family.home.restart()
    await minutes(family.home, 2)
    assert alarms(family) == {"daughter": [NOBODY_GOES], "son": []}
    await family.home.stop()
    await family.home.wait(minutes=30)
    await family.home.start()
    await minutes(family.home, 2)
    assert alarms(family)["son"] == [NOBODY_GOES]


async def test_without_consent_nobody_but_the_district_is_told(home: House) -> None:
    family = Family(home)
    messenger = await family.add("daughter")
    await home.press("help")
    assert messenger.got == []
    assert home.relay.of("emergency")


async def test_whoever_is_on_the_way_says_so_and_the_case_stays_open(family: Family) -> None:
    await family.home.press("help")
    await family.home.call("contact_answered", contact="daughter", answer="coming")
    assert alarms(family)["son"] == [HELP, "Mother: daughter is on the way."]
    assert family.home.stage == "emergency"
    note = family.home.relay.of("emergency")[-1]["data"]
    assert (note["said"], note["word"], note["word_by"]) == ("note", "coming", "guardian")


async def test_whoever_has_seen_them_puts_the_next_step_off_but_closes_nothing(
    family: Family,
) -> None:
    await until_visit(family.home)
    await minutes(family.home, 32)
    await family.home.call("contact_answered", contact="daughter", answer="seen")
    assert family.home.stage == "visit"
    assert family.home.reason == "ok_puts_off"


async def test_an_answer_of_somebody_unknown_is_refused(family: Family) -> None:
    with pytest.raises(ServiceValidationError):
        await family.home.call("contact_answered", contact="nobody", answer="seen")


async def test_a_phone_answers_by_its_buttons(family: Family) -> None:
    phone = await FakePhone(family.home.hass, "Phone").start()
    await family.add("niece", phone=phone.device_id, language="ko", who="이모", notify=[])
    await family.home.press("help")
    await family.home.until(lambda: phone.pushed)
    assert phone.newest["message"].startswith("이모: 도움을 청하셨습니다.")
    assert phone.newest["data"]["push"] == {"interruption-level": "critical"}
    phone.tap("가고 있습니다")
    await family.home.until(lambda: alarms(family)["son"][1:])
    assert alarms(family)["son"][1:] == ["Mother: niece is on the way."]
    await phone.stop()


async def test_an_answer_after_reloads_is_heard_once(family: Family) -> None:
    phone = await FakePhone(family.home.hass, "Phone").start()
    await family.add("niece", phone=phone.device_id, notify=[])
    await family.home.restart()
    await family.home.restart()
    # A household that was unloaded must hear nothing more: it would keep a ladder of its own.
    assert family.home.hass.bus.async_listeners()["mobile_app_notification_action"] == 1
    await family.home.press("help")
    await family.home.until(lambda: phone.pushed)
    phone.tap("I’m on my way")
    await family.home.until(lambda: alarms(family)["son"][1:])
    await minutes(family.home, 1)
    assert alarms(family)["son"][1:] == ["Mother: niece is on the way."]
    await phone.stop()


async def test_the_page_shows_who_was_told_and_what_they_said(family: Family) -> None:
    family.messengers["son"].works = False
    await family.home.press("help")
    await family.home.call("contact_answered", contact="daughter", answer="coming")
    shown = (await family.home.call("get_status"))["contacts"]
    assert [(c["name"], c["arrived"], c["answer"]) for c in shown] == [
        ("daughter", True, "coming"),
        ("son", False, None),
    ]


async def test_every_month_each_contact_gets_a_test_by_day_and_a_failure_shows(
    family: Family,
) -> None:
    family.messengers["son"].works = False
    for _ in range(4):
        await family.home.wait(hours=6)
        await family.home.boil_water()
    assert family.got()["daughter"] == ["Mother: this is the monthly test. All is well."]
    assert len(issues(family.home, "contact_unreached")) == 1
    family.messengers["son"].works = True
    answer = await family.home.call("test_contacts")
    assert answer == {"reached": {"daughter": True, "son": True}}
    assert issues(family.home, "contact_unreached") == []


async def test_nobody_is_tested_again_within_the_month(family: Family) -> None:
    for _ in range(12):
        await family.home.wait(hours=6)
        await family.home.boil_water()
    assert len(family.got()["daughter"]) == 1


async def test_a_phone_that_does_not_answer_the_test_is_shown(family: Family) -> None:
    phone = await FakePhone(family.home.hass, "Phone").start()
    await family.add("niece", phone=phone.device_id, notify=[])
    await family.home.call("test_contacts")
    for _ in range(13):
        await family.home.wait(hours=6)
        await family.home.boil_water()
    assert len(issues(family.home, "contact_silent")) == 1
    phone.tap("I got it")
    await family.home.until(lambda: not issues(family.home, "contact_silent"))
    await phone.stop()


async def test_with_every_messenger_failing_and_the_relay_down_it_is_kept_tried_and_seen(
    family: Family,
) -> None:
    """And when the relay is back everything arrives there once, in its order."""
    home = family.home
    for messenger in family.messengers.values():
        messenger.works = False
    await home.relay.stop()
    await until_visit(home)
    await minutes(home, 20)
    # Escalated without anybody's help, tried again and again, and visible.
    assert home.stage == "visit"
    assert all(messenger.tried >= 3 for messenger in family.messengers.values())
    assert len(issues(home, "contact_unreached")) == 2
    assert issues(home, "relay_lost")
    await home.restart()
    assert home.stage == "visit"
    await home.relay.start()
    await home.until(lambda: home.relay.of("visit"))
    firsts = [
        (e["type"].split(".")[3], e["id"])
        for e in home.relay.kept
        if e["data"].get("said") == "first"
    ]
    assert [kind for kind, _ in firsts] == ["quiet", "knock", "visit"]
    assert len({name for _, name in firsts}) == 3
    family.messengers["daughter"].works = True
    await minutes(home, 12)
    assert alarms(family)["daughter"] == [NOBODY_GOES]


async def test_an_ok_pressed_on_a_guardians_own_phone_is_no_sign_of_the_resident(
    family: Family,
) -> None:
    """However the guardian presses it: by the entity, by the action, or by taking a call back."""
    home = family.home
    phone = await FakePhone(home.hass, "Phone").start()
    await family.add("niece", phone=phone.device_id, notify=[])
    theirs = Context(user_id=phone.user_id)
    await home.wait(hours=12)
    ok = {"entity_id": home.entity_id("button", "ok")}
    await home.hass.services.async_call("button", "press", ok, blocking=True, context=theirs)
    await home.settle()
    assert (home.stage, home.reason) == ("quiet", "ok_puts_off")
    await home.hass.services.async_call(
        DOMAIN, "confirm_ok", {"by": "resident"}, blocking=True, context=theirs
    )
    await home.settle()
    assert home.stage == "quiet"
    await home.press("help")
    take_back = {"entity_id": home.entity_id("button", "take_back")}
    await home.hass.services.async_call("button", "press", take_back, blocking=True, context=theirs)
    await home.settle()
    assert home.stage == "emergency"
    # The resident's own hand still does.
    await home.press("take_back")
    assert home.stage == "calm"
    await phone.stop()
