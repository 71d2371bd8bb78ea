"""The blueprints that tell people, filled in, run by Home Assistant's own engine."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import SupportsResponse
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from tests.integration.blueprint_desk import GUARDIAN, Desk, desk_of
from tests.integration.house import House


@pytest.fixture
async def desk(home: House) -> AsyncIterator[Desk]:
    async for desk in desk_of(home):
        yield desk


async def guardians(desk: Desk, **inputs: Any) -> None:
    await desk.fill("tell_a_guardian", **{"guardians": [GUARDIAN], **inputs})


async def test_a_guardian_hears_that_nobody_answered_and_that_it_is_over(desk: Desk) -> None:
    await guardians(desk, who="어머니")
    await desk.home.wait(hours=12)
    assert desk.messages == []

    await desk.home.wait(minutes=15)
    assert desk.messages == [
        "어머니: 집에서 대답이 없어 전화로 안부를 확인합니다. 연락이 닿으시면 알려 주세요."
    ]
    assert desk.sent[0].data["entity_id"] == [GUARDIAN]

    await desk.home.boil_water()
    assert desk.messages[1:] == ["어머니: 상황이 끝났습니다. 집 안에서 움직임이 확인되었습니다."]


async def test_a_call_for_help_is_told_at_once_and_in_the_guardians_language(desk: Desk) -> None:
    await guardians(desk, who="Mother", language="en")
    await desk.home.press("help")
    assert desk.messages == ["Mother: Help was called. Please get in touch at once."]


async def test_whoever_heard_of_a_call_hears_that_it_was_taken_back(desk: Desk) -> None:
    await guardians(desk, language="en", who="Mother")
    await desk.home.press("help")
    await desk.home.press("take_back")
    assert desk.messages[1:] == [
        "Mother: It is over. The help button was pressed by mistake, and taken back at once."
    ]


@pytest.mark.parametrize("kinds", [["quiet"], ["quiet", "knock", "visit"]])
async def test_only_what_was_chosen_is_told(desk: Desk, kinds: list[str]) -> None:
    await guardians(desk, kinds=kinds)
    await desk.home.wait(hours=12)
    await desk.home.wait(minutes=15)
    await desk.home.wait(minutes=30)
    await desk.home.boil_water()
    assert len(desk.sent) == len(kinds)


async def test_who_was_not_told_of_it_is_not_told_its_end(desk: Desk) -> None:
    await guardians(desk)
    await desk.home.wait(hours=12)
    await desk.home.boil_water()
    assert (desk.home.stage, desk.messages) == ("calm", [])


async def test_a_restart_tells_nothing_twice_and_keeps_nothing_back(desk: Desk) -> None:
    await guardians(desk)
    await desk.home.wait(hours=12)
    await desk.home.wait(minutes=15)
    assert len(desk.sent) == 1
    await desk.home.stop()
    await desk.home.wait(minutes=31)
    await desk.home.start()
    assert [m.split(": ")[1] for m in desk.messages[1:]] == [
        "전화도 받지 않으십니다. 방문이 필요합니다."
    ]


async def test_nobody_answers_a_hold_dies_it_is_said_again_and_seen_in_the_end(
    desk: Desk,
) -> None:
    home = desk.home
    await guardians(desk, language="en", who="Mother")
    await home.wait(hours=12)
    await home.wait(minutes=15)
    await home.wait(minutes=30)
    assert (home.stage, len(desk.sent)) == ("visit", 2)
    episode = home.relay.of("visit")[0]["data"]["episode"]
    await home.hold(episode)
    await home.wait(minutes=30)
    # The hold has died: it is said again, to the guardian too.
    assert desk.messages[2:] == [
        "Mother: Nobody answered the call either. Somebody has to go there."
    ]
    await home.handled(episode, "nobody_opened")
    for _ in range(3):
        await home.wait(hours=1)
    assert len(desk.sent) == 3
    await home.wait(hours=1)
    assert len(desk.sent) == 4
    await home.handled(episode, "seen_well")
    assert desk.messages[4:] == ["Mother: It is over. Staff has seen or spoken to the resident."]


async def test_an_absence_that_runs_over_is_told_like_any_silence(desk: Desk) -> None:
    await guardians(desk, language="en")
    await desk.home.call("set_away", hours=2)
    await desk.home.wait(hours=2)
    await desk.home.wait(minutes=15)
    assert len(desk.messages) == 1
    assert "Nobody answered at home" in desk.messages[0]


async def test_one_messenger_that_fails_keeps_nothing_from_the_others(desk: Desk) -> None:
    failing = async_mock_service(
        desk.home.hass, "notify", "send_message", raise_exception=HomeAssistantError("no line")
    )
    await guardians(desk, guardians=[GUARDIAN, "notify.son"])
    await desk.home.press("help")
    assert [call.data["entity_id"] for call in failing] == [[GUARDIAN], ["notify.son"]]
    # The ladder knows nothing of it.
    assert desk.home.relay.of("emergency")


async def test_a_technician_can_try_the_message_by_hand(desk: Desk) -> None:
    await guardians(desk, language="en", who="Mother")
    await desk.run_by_hand("tell_a_guardian")
    assert desk.messages == [
        "Mother: This is a test. When somebody is needed, you are told like this."
    ]


async def test_a_call_of_the_homes_own_is_made_when_nobody_answers(desk: Desk) -> None:
    calls = async_mock_service(desk.home.hass, "notify", "provider_call")
    await desk.fill("call_by_provider", provider="notify.provider_call", number="010-1234-5678")
    await desk.home.wait(hours=12)
    assert calls == []
    await desk.home.wait(minutes=15)
    assert [call.data["target"] for call in calls] == [["010-1234-5678"]]
    await desk.home.press("help")
    assert len(calls) == 2


async def test_a_call_that_is_tried_by_hand_says_so(desk: Desk) -> None:
    calls = async_mock_service(desk.home.hass, "notify", "provider_call")
    await desk.fill("call_by_provider", provider="notify.provider_call", number="010-1234-5678")
    await desk.run_by_hand("call_by_provider")
    assert [call.data["message"].split(". ")[0] for call in calls] == ["시험 전화입니다"]
    await desk.home.press("help")
    assert calls[1].data["message"].startswith("안심 똑똑입니다.")


async def test_a_cut_that_is_tried_by_hand_frightens_nobody(desk: Desk) -> None:
    await desk.fill(
        "power_or_line_cut",
        connection=desk.home.entity_id("binary_sensor", "connection"),
        told=[GUARDIAN],
    )
    await desk.run_by_hand("power_or_line_cut")
    assert len(desk.messages) == 1
    assert "시험입니다. 전기나 인터넷이 끊기면 이렇게 알려 드립니다." in desk.messages[0]


@pytest.mark.parametrize("number", ["119", "112", "+82 119", "1-1-9", "911"])
async def test_emergency_numbers_are_not_dialled_not_even_by_hand(desk: Desk, number: str) -> None:
    calls = async_mock_service(desk.home.hass, "notify", "provider_call")
    await desk.fill("call_by_provider", provider="notify.provider_call", number=number)
    await desk.home.press("help")
    await desk.run_by_hand("call_by_provider")
    assert calls == []


async def called(desk: Desk, **inputs: Any) -> None:
    """Nobody answers at home, and the resident's number has just been dialled."""
    async_mock_service(desk.home.hass, "notify", "provider_call")
    number = {"provider": "notify.provider_call", "number": "+82 10-1234-5678"}
    await desk.fill("call_by_provider", **number, **inputs)
    await desk.home.wait(hours=12)
    await desk.home.wait(minutes=15)
    assert desk.home.stage == "knock"


async def ended(desk: Desk, **told: str) -> None:
    """What the provider's own callback brings into Home Assistant."""
    told = {"To": "+821012345678", **told}
    desk.home.hass.bus.async_fire("twilio_data_received", told)
    await desk.home.settle()


def last_call(desk: Desk) -> tuple[object, object]:
    attributes = desk.home.state("sensor", "receipt").attributes
    return attributes["call"], attributes["call_by"]


@pytest.mark.parametrize(
    ("told", "result"),
    [
        ({"CallStatus": "no-answer"}, "no_answer"),
        ({"CallStatus": "busy"}, "no_answer"),
        # A voice, perhaps of an assistant or a voice box, that pressed nothing.
        ({"CallStatus": "completed"}, "no_answer"),
        ({"CallStatus": "failed"}, "bad_number"),
    ],
)
async def test_a_call_that_reached_nobody_is_recorded_and_told_and_ends_nothing(
    desk: Desk, told: dict[str, str], result: str
) -> None:
    await called(desk)
    before = desk.home.sensor("next_deadline")
    await ended(desk, **told)
    assert last_call(desk) == (result, "home")
    assert (desk.home.stage, desk.home.sensor("next_deadline")) == ("knock", before)
    note = desk.home.relay.of("knock")[-1]["data"]
    assert (note["said"], note["word"], note["word_by"]) == ("note", result, "call")


async def test_a_one_that_is_pressed_is_the_residents_own_ok_by_phone(desk: Desk) -> None:
    await called(desk)
    await ended(desk, Digits="1")
    assert (desk.home.stage, desk.home.reason) == ("calm", "said_ok")
    assert desk.home.relay.of("resolved")[0]["data"]["via"] == "phone"
    # The call ends, too; what was pressed stays what came of it.
    await ended(desk, CallStatus="completed")
    assert last_call(desk) == ("answered_ok", "home")


async def test_a_two_that_is_pressed_calls_for_help(desk: Desk) -> None:
    await called(desk)
    await ended(desk, Digits="2")
    assert desk.home.stage == "emergency"
    assert desk.home.relay.of("emergency")[0]["data"]["cause"] == "phone"
    assert last_call(desk) == ("answered_help", "home")


@pytest.mark.parametrize(
    ("whose", "told"),
    [
        ("guardian", {"Digits": "1"}),
        ("resident", {"Digits": "1", "To": "+821099990000"}),
        ("resident", {"Digits": "3"}),
        ("resident", {"CallStatus": "ringing"}),
    ],
)
async def test_what_is_not_the_end_of_a_call_to_the_resident_is_not_recorded(
    desk: Desk, whose: str, told: dict[str, str]
) -> None:
    await called(desk, whose=whose)
    await ended(desk, **told)
    assert (desk.home.stage, last_call(desk)) == ("knock", (None, None))


async def test_a_caller_uses_nothing_but_notify_actions(desk: Desk) -> None:
    shell = async_mock_service(desk.home.hass, "shell_command", "dial")
    await desk.fill("call_by_provider", provider="shell_command.dial", number="010-1234-5678")
    await desk.home.press("help")
    assert shell == []


@pytest.mark.parametrize(("use", "told"), [(True, "활동이 있었습니다"), (False, "아직")])
async def test_the_morning_sign_says_whether_somebody_was_up(
    desk: Desk, *, use: bool, told: str
) -> None:
    """The house's clock begins at nine in the morning in Seoul; the next morning counts."""
    await desk.home.hass.config.async_update(time_zone="Asia/Seoul")
    await desk.fill("good_morning", guardians=[GUARDIAN])
    await desk.home.wait(hours=22)
    desk.sent.clear()
    if use:
        await desk.home.use_door()
    await desk.home.wait(hours=3)
    assert len(desk.messages) == 1
    assert told in desk.messages[0]


async def test_a_morning_away_is_told_as_such_and_no_news_can_be_left_out(desk: Desk) -> None:
    await desk.home.hass.config.async_update(time_zone="Asia/Seoul")
    await desk.fill("good_morning", guardians=[GUARDIAN], language="en")
    await desk.home.call("set_away", hours=48)
    await desk.run_by_hand("good_morning")
    assert desk.messages == ["The resident: Away from home."]


async def test_maintenance_becomes_items_that_tick_themselves_off(desk: Desk) -> None:
    hass, home = desk.home.hass, desk.home
    added = async_mock_service(hass, "todo", "add_item")
    ticked = async_mock_service(hass, "todo", "update_item")
    items: list[dict[str, str]] = []
    listed: Any = {"todo.rounds": {"items": items}}
    hass.services.async_register(
        "todo",
        "get_items",
        lambda _: listed,
        supports_response=SupportsResponse.ONLY,
    )
    await home.show("sensor.door_battery", "12", friendly_name="Fridge door battery")
    await home.show("sensor.plug_battery", "88", friendly_name="Plug battery")
    await desk.fill(
        "maintenance_list",
        list="todo.rounds",
        language="en",
        batteries=["sensor.door_battery", "sensor.plug_battery"],
    )
    await home.relay.stop()
    for _ in range(8):
        await home.wait(minutes=1)
    assert [call.data["item"] for call in added] == ["The relay does not answer"]
    items.append({"summary": "The relay does not answer"})
    await home.relay.start()
    await home.until(lambda: ticked)
    assert [(c.data["item"], c.data["status"]) for c in ticked] == [
        ("The relay does not answer", "completed")
    ]
    items.clear()
    await desk.run_by_hand("maintenance_list")
    assert [c.data["item"] for c in added[1:]] == ["Change the battery: Fridge door battery"]
    # What stands on the list already is not put there twice.
    items.append({"summary": "Change the battery: Fridge door battery"})
    await desk.run_by_hand("maintenance_list")
    assert len(added) == 2


async def test_a_cut_line_is_told_after_a_while_and_so_is_its_return(desk: Desk) -> None:
    home = desk.home
    await desk.fill(
        "power_or_line_cut",
        connection=home.entity_id("binary_sensor", "connection"),
        told=[GUARDIAN],
        language="en",
    )

    def line() -> str:
        return home.state("binary_sensor", "connection").state

    # The line is real: how soon it is noticed is not the house's clock's to say.
    await home.until(lambda: line() == "on")
    await home.relay.stop()
    await home.until(lambda: line() == "off")
    await home.wait(minutes=9)
    assert desk.messages == []
    await home.wait(minutes=2)
    await home.until(lambda: len(desk.messages) == 1)
    assert "The internet is cut" in desk.messages[0]
    await home.relay.start()
    await home.until(lambda: line() == "on")
    await home.wait(minutes=2)
    await home.until(lambda: len(desk.messages) == 2)
    assert "The internet is back." in desk.messages[1]


async def test_a_power_cut_is_said_at_home_by_day(desk: Desk) -> None:
    home = desk.home
    await home.hass.config.async_update(time_zone="Asia/Seoul")
    await home.show("binary_sensor.mains", "on")
    await desk.fill(
        "power_or_line_cut",
        connection=home.entity_id("binary_sensor", "connection"),
        mains=["binary_sensor.mains"],
        speakers=["media_player.bedroom"],
        voice="tts.local",
    )
    await home.show("binary_sensor.mains", "unavailable")
    await home.wait(minutes=11)
    assert desk.words == ["전기가 끊겼습니다. 차단기를 확인해 주세요."]
