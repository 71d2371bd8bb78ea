"""The blueprints that ask the resident and hear the answer, run by Home Assistant's own engine."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.integration.bedroom import Bedroom
from tests.integration.blueprint_desk import Desk, desk_of
from tests.integration.fake_phone import FakePhone
from tests.integration.house import House

LAMP = "light.bedroom"
CANNOT_YET = (
    "지금은 도움을 요청하지 못했습니다. 계속 다시 해 보겠습니다. 급하시면 119에 전화해 주세요."
)
SPEAKER = "media_player.bedroom"


@pytest.fixture
async def desk(home: House) -> AsyncIterator[Desk]:
    async for desk in desk_of(home):
        yield desk


@pytest.fixture
async def phone(desk: Desk) -> AsyncIterator[FakePhone]:
    phone = await FakePhone(desk.home.hass, "Phone").start()
    # The app has brought the real messengers with it.
    await desk.devices()
    yield phone
    await phone.stop()


@pytest.fixture
async def bedroom(desk: Desk) -> Bedroom:
    await desk.home.show(LAMP, "off")
    await desk.home.show(SPEAKER, "idle", volume_level=0.2)
    return Bedroom(desk.home.hass)


async def ask_at_home(desk: Desk, **inputs: Any) -> None:
    chosen = {"lights": [LAMP], "speakers": [SPEAKER], "voice": "tts.local", **inputs}
    await desk.fill("ask_at_home", **chosen)


async def test_by_day_light_and_voice_ask_together_and_the_kettle_ends_it(
    desk: Desk, bedroom: Bedroom
) -> None:
    await desk.home.hass.config.async_update(time_zone="Asia/Seoul")
    await ask_at_home(desk, night_begins="23:00:00")
    # Nine in the morning and half a day: nine in the evening.
    await desk.home.wait(hours=12)
    assert [call.data["brightness_pct"] for call in bedroom.lit] == [100]
    assert len(desk.words) == 1
    assert desk.words[0].startswith("안녕하세요.")
    assert [call.data["volume_level"] for call in bedroom.volumes] == [0.6]
    await desk.home.wait(minutes=3)
    assert len(desk.words) == 2
    await desk.home.boil_water()
    assert desk.home.stage == "calm"
    # Everything is as it was, and nothing more is said.
    assert bedroom.volumes[-1].data["volume_level"] == 0.2
    assert bedroom.put_out == [LAMP]
    await desk.home.wait(minutes=10)
    assert len(desk.words) == 2


async def test_at_night_the_light_comes_first(desk: Desk, bedroom: Bedroom) -> None:
    await desk.home.hass.config.async_update(time_zone="Asia/Seoul")
    await ask_at_home(desk, night_begins="20:00:00", light_first=4, words="어머니, 괜찮으세요?")
    await desk.home.wait(hours=12)
    assert [call.data["brightness_pct"] for call in bedroom.lit] == [40]
    assert desk.words == []
    await desk.home.wait(minutes=4)
    assert desk.words == ["어머니, 괜찮으세요?"]


async def test_whoever_answers_the_light_at_night_hears_no_voice(
    desk: Desk, bedroom: Bedroom
) -> None:
    await desk.home.hass.config.async_update(time_zone="Asia/Seoul")
    await ask_at_home(desk, night_begins="20:00:00")
    await desk.home.wait(hours=12)
    await desk.home.press("ok")
    await desk.home.wait(minutes=10)
    assert desk.words == []
    assert bedroom.put_out == [LAMP]


async def test_the_voice_asks_again_when_the_call_begins_and_is_silent_at_the_visit(
    desk: Desk, bedroom: Bedroom
) -> None:
    await ask_at_home(desk, times=2, pause=1, night_begins="00:00:00", night_ends="00:00:00")
    await desk.home.wait(hours=12)
    for _ in range(5):
        await desk.home.wait(minutes=1)
    assert len(desk.words) == 2
    await desk.home.wait(minutes=10)
    assert desk.home.stage == "knock"
    for _ in range(5):
        await desk.home.wait(minutes=1)
    assert len(desk.words) == 4
    await desk.home.wait(minutes=30)
    assert desk.home.stage == "visit"
    assert len(desk.words) == 4


async def test_speakers_and_lights_that_fail_do_not_hold_up_the_ladder(desk: Desk) -> None:
    hass = desk.home.hass
    for domain, service in (("tts", "speak"), ("light", "turn_on"), ("media_player", "volume_set")):
        async_mock_service(hass, domain, service, raise_exception=HomeAssistantError("broken"))
    await ask_at_home(desk)
    await desk.home.wait(hours=12)
    await desk.home.wait(minutes=15)
    await desk.home.wait(minutes=30)
    assert desk.home.stage == "visit"
    assert [k for k in desk.home.relay.kinds() if k in {"quiet", "knock", "visit"}] == [
        "quiet",
        "knock",
        "visit",
    ]


async def test_a_technician_can_try_it_by_hand(desk: Desk, bedroom: Bedroom) -> None:
    await ask_at_home(desk)
    running = desk.home.hass.async_create_task(desk.run_by_hand("ask_at_home"))
    await desk.home.wait(seconds=1)
    await desk.home.wait(seconds=20)
    await running
    assert len(desk.words) == 1
    assert desk.words[0].startswith("시험입니다.")
    assert bedroom.put_out == [LAMP]


async def test_two_rooms_are_asked_at_once_and_each_lamp_is_put_back(
    desk: Desk, bedroom: Bedroom
) -> None:
    silent: dict[str, Any] = {"speakers": [], "voice": "", "night_ends": "22:00:00"}
    await desk.home.show("light.kitchen", "on", brightness=20)
    await desk.fill_all(
        "ask_at_home",
        {
            "ask_in_the_bedroom": {"lights": [LAMP], **silent},
            "ask_in_the_kitchen": {"lights": ["light.kitchen"], **silent},
        },
    )
    await desk.home.wait(hours=12)
    assert bedroom.brightness(LAMP) == bedroom.brightness("light.kitchen") == 255
    await desk.home.boil_water()
    await desk.home.wait(minutes=11)
    assert bedroom.put_out == [LAMP]
    assert bedroom.brightness("light.kitchen") == 20


async def asked_by_phone(desk: Desk, phone: FakePhone) -> None:
    """Nobody has moved for long, and the phone shows the question."""
    await desk.fill("ask_by_phone", phone=phone.device_id)
    await desk.home.wait(hours=12)
    await desk.home.until(lambda: phone.pushed)


async def test_ok_on_the_phone_ends_the_silence_and_the_message_goes(
    desk: Desk, phone: FakePhone
) -> None:
    await asked_by_phone(desk, phone)
    assert phone.newest["title"] == "괜찮으세요?"
    assert [a["title"] for a in phone.newest["data"]["actions"]] == ["괜찮아요", "도와주세요"]
    assert phone.newest["data"]["push"]["sound"]["critical"] == 0
    phone.tap("괜찮아요")
    await desk.home.until(lambda: desk.home.stage == "calm")
    ended = desk.home.relay.of("resolved")[0]["data"]
    assert (ended["by"], ended["via"]) == ("resident", "phone")
    await desk.home.until(lambda: phone.newest["message"] == "clear_notification")


async def test_the_phone_is_loud_once_the_call_begins(desk: Desk, phone: FakePhone) -> None:
    await desk.fill("ask_by_phone", phone=phone.device_id, language="en")
    await desk.home.wait(hours=12)
    await desk.home.wait(minutes=15)
    await desk.home.until(lambda: len(phone.pushed) == 2)
    assert phone.newest["data"]["channel"] == "alarm_stream"
    assert phone.newest["data"]["push"]["interruption-level"] == "critical"


async def test_help_on_the_phone_is_heard_after_a_restart_and_puts_119_one_tap_away(
    desk: Desk, phone: FakePhone
) -> None:
    await asked_by_phone(desk, phone)
    await desk.home.restart()
    phone.tap("도와주세요")
    await desk.home.until(lambda: desk.home.stage == "emergency")
    assert desk.home.relay.of("emergency")[0]["data"]["cause"] == "phone"
    await desk.home.until(lambda: len(phone.pushed) == 2)
    assert phone.newest["data"]["actions"][0]["uri"] == "tel:119"


async def test_help_from_a_button_puts_119_one_tap_away_on_the_phone_too(
    desk: Desk, phone: FakePhone
) -> None:
    await desk.fill("ask_by_phone", phone=phone.device_id, language="en")
    await desk.home.press("help")
    await desk.home.until(lambda: phone.pushed)
    assert [a.get("uri") for a in phone.newest["data"]["actions"]] == ["tel:119", None]
    assert "Help has been called" in phone.newest["message"]


async def test_help_that_cannot_be_called_on_the_phone_says_so_with_119(
    desk: Desk, phone: FakePhone
) -> None:
    await asked_by_phone(desk, phone)
    await desk.home.stop()
    phone.tap("도와주세요")
    await desk.home.until(lambda: len(phone.pushed) == 2)
    assert phone.newest["message"] == CANNOT_YET
    assert desk.home.stage != "emergency"
    assert phone.newest["data"]["actions"][0]["uri"] == "tel:119"
    await desk.home.start()
    await desk.home.until(lambda: desk.home.relay.of("emergency"))
    await desk.home.until(lambda: phone.newest["message"].startswith("도움을 요청했습니다."))


async def test_a_question_on_the_phone_that_is_tried_by_hand_says_so(
    desk: Desk, phone: FakePhone
) -> None:
    await desk.fill("ask_by_phone", phone=phone.device_id)
    await desk.run_by_hand("ask_by_phone")
    await desk.home.until(lambda: phone.pushed)
    assert phone.newest["message"].startswith("시험입니다. 한동안")


async def test_help_that_was_pressed_on_the_phone_by_mistake_is_taken_back_there(
    desk: Desk, phone: FakePhone
) -> None:
    await asked_by_phone(desk, phone)
    phone.tap("도와주세요")
    await desk.home.until(lambda: len(phone.pushed) == 2)
    phone.tap("잘못 눌렀어요")
    await desk.home.until(lambda: desk.home.stage == "calm")
    assert desk.home.relay.of("resolved")[-1]["data"]["by"] == "taken_back"
    # The message that offers it goes with it.
    await desk.home.until(lambda: phone.newest["message"] == "clear_notification")


async def test_a_help_that_is_taken_back_too_late_on_the_phone_stays_open(
    desk: Desk, phone: FakePhone
) -> None:
    await asked_by_phone(desk, phone)
    phone.tap("도와주세요")
    await desk.home.until(lambda: len(phone.pushed) == 2)
    await desk.home.wait(minutes=1)
    phone.tap("잘못 눌렀어요")
    await desk.home.until(lambda: desk.home.reason == "ok_noted")
    assert desk.home.stage == "emergency"


async def test_a_guardian_who_has_seen_them_puts_the_visit_off_and_tells_the_others(
    desk: Desk, phone: FakePhone
) -> None:
    await desk.fill(
        "ask_a_guardian",
        phone=phone.device_id,
        guardian="딸",
        others=["notify.son"],
        who="어머니",
    )
    await desk.home.wait(hours=12)
    assert phone.pushed == []
    await desk.home.wait(minutes=15)
    await desk.home.until(lambda: phone.pushed)
    phone.tap("가고 있습니다")
    await desk.home.until(lambda: desk.messages)
    # Staff reads it on the case, and nothing else changes.
    note = desk.home.relay.of("knock")[-1]["data"]
    assert (note["said"], note["word"], note["word_by"]) == ("note", "coming", "guardian")
    await desk.home.wait(minutes=5)
    before = desk.home.moment("next_deadline")
    phone.tap("만났습니다")
    await desk.home.until(lambda: len(desk.messages) == 2)
    assert desk.home.stage == "knock"
    assert desk.home.moment("next_deadline") > before
    assert desk.messages[0] == "어머니: 딸님이 가고 있습니다."
    assert desk.messages[1].startswith("어머니: 딸님이 만났다고 알렸습니다.")
    # She is there, and it may be she who makes tea.
    await desk.home.boil_water()
    assert desk.home.stage == "knock"
    await desk.home.press("ok")
    await desk.home.until(lambda: phone.newest["message"] == "어머니: 상황이 끝났습니다.")


async def test_a_guardians_phone_shows_nothing_of_what_ended_at_home(
    desk: Desk, phone: FakePhone
) -> None:
    await desk.fill("ask_a_guardian", phone=phone.device_id, guardian="딸")
    await desk.home.wait(hours=12)
    await desk.home.boil_water()
    assert phone.pushed == []


def a_satellite_hears(desk: Desk, answer: str | None) -> list[ServiceCall]:
    """`None`: words that it does not understand."""
    heard: dict[str, Any] = {"id": answer, "sentence": "…", "slots": {}}
    asked: list[ServiceCall] = async_mock_service(
        desk.home.hass, "assist_satellite", "ask_question", response=heard
    )
    return asked


@pytest.mark.parametrize(("answer", "stage"), [("ok", "calm"), ("help", "emergency")])
async def test_a_satellite_asks_and_understands(desk: Desk, answer: str, stage: str) -> None:
    asked = a_satellite_hears(desk, answer)
    await desk.fill("ask_on_satellite", satellite="assist_satellite.bedroom", language="en")
    await desk.home.wait(hours=12)
    assert len(asked) == 1
    assert asked[0].data["question"] == "It has been quiet for a long time. Are you well?"
    assert {a["id"] for a in asked[0].data["answers"]} == {"ok", "help"}
    assert desk.home.stage == stage


async def test_a_satellite_that_is_tried_by_hand_says_so(desk: Desk) -> None:
    asked = a_satellite_hears(desk, None)
    await desk.fill("ask_on_satellite", satellite="assist_satellite.bedroom", question="잘 계세요?")
    await desk.run_by_hand("ask_on_satellite")
    assert asked[0].data["question"] == "시험입니다. 잘 계세요?"
    assert desk.home.stage == "calm"


async def test_help_that_a_satellite_heard_too_early_is_called_once_the_home_can(
    desk: Desk,
) -> None:
    a_satellite_hears(desk, "help")
    await desk.fill("ask_on_satellite", satellite="assist_satellite.bedroom")
    await desk.home.stop()
    asking = desk.home.hass.async_create_task(desk.run_by_hand("ask_on_satellite"))
    await desk.home.wait(seconds=1)
    await desk.home.start()
    await desk.home.wait(seconds=12)
    assert desk.home.stage == "emergency"
    # Help ends the question, and with it the run.
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_satellite_that_hears_nothing_changes_nothing(desk: Desk) -> None:
    async_mock_service(
        desk.home.hass,
        "assist_satellite",
        "ask_question",
        response={},
        raise_exception=HomeAssistantError("no answer"),
    )
    await desk.fill("ask_on_satellite", satellite="assist_satellite.bedroom")
    await desk.home.wait(hours=12)
    await desk.home.wait(minutes=15)
    assert desk.home.stage == "knock"


async def test_a_question_that_hangs_ends_with_the_silence(desk: Desk) -> None:
    ended: list[str] = []

    async def hang(_call: ServiceCall) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    desk.home.hass.services.async_register(
        "assist_satellite", "ask_question", hang, supports_response=SupportsResponse.ONLY
    )
    await desk.fill("ask_on_satellite", satellite="assist_satellite.bedroom")
    desk.home.freezer.tick(12 * 3600)
    await desk.home.meanwhile(lambda: desk.home.stage == "quiet")
    assert ended == []
    desk.home.hass.states.async_set("sensor.kettle_power", "1850.0", {"device_class": "power"})
    await desk.home.meanwhile(lambda: ended)
    assert desk.home.stage == "calm"
