"""The blueprints that call for help and say aloud what became of it, run by HA's own engine."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.setup import async_setup_component
import pytest

from tests.integration.blueprint_desk import Desk, desk_of
from tests.integration.house import House

SPEAKER = "media_player.bedroom"
CANNOT_YET = (
    "지금은 도움을 요청하지 못했습니다. 계속 다시 해 보겠습니다. 급하시면 119에 전화해 주세요."
)
STILL_SENDING = (
    "It has not reached the district yet. The home keeps trying. If it is urgent, please dial 119."
)


@pytest.fixture
async def desk(home: House) -> AsyncIterator[Desk]:
    async for desk in desk_of(home):
        yield desk


async def the_district_has_it(desk: Desk) -> None:
    await desk.home.until(lambda: desk.home.relay.of("emergency"))
    episode = desk.home.relay.of("emergency")[0]["data"]["episode"]
    await desk.home.receive("case", {"state": "opened", "kind": "emergency", "episode": episode})


async def test_any_button_calls_for_help_and_the_home_says_so(desk: Desk) -> None:
    press = {"trigger": "event", "event_type": "zha_event", "event_data": {"command": "toggle"}}
    await desk.fill("help_button", press=[press], speakers=[SPEAKER], voice="tts.local")
    desk.home.hass.bus.async_fire("zha_event", {"command": "toggle"})
    await desk.home.settle()
    assert desk.home.stage == "emergency"
    assert desk.words == ["도움을 요청했습니다. 곧 연락드리겠습니다."]


async def test_a_button_that_cannot_call_says_that_too(desk: Desk) -> None:
    press = {"trigger": "event", "event_type": "zha_event"}
    await desk.fill("help_button", press=[press], speakers=[SPEAKER], voice="tts.local")
    await desk.home.stop()
    desk.home.hass.bus.async_fire("zha_event", {})
    await desk.home.settle()
    assert desk.words == [CANNOT_YET]
    # Whoever pressed may not be able to press again.
    await desk.home.start()
    await desk.home.wait(seconds=12)
    assert desk.home.stage == "emergency"
    assert desk.words[1:] == ["도움을 요청했습니다. 곧 연락드리겠습니다."]


@pytest.mark.parametrize(
    ("language", "says"), [("ko", "시험입니다."), ("en", "This is a test. No help was called.")]
)
async def test_a_technician_who_tries_the_voice_by_hand_calls_nobody(
    desk: Desk, language: str, says: str
) -> None:
    await desk.fill(
        "help_button", press=[], speakers=[SPEAKER], voice="tts.local", language=language
    )
    await desk.run_by_hand("help_button")
    assert [words.startswith(says) for words in desk.words] == [True]
    assert desk.home.stage == "calm"
    assert desk.home.relay.of("emergency") == []


async def test_a_household_that_is_set_up_anew_meanwhile_still_says_that_it_keeps_trying(
    desk: Desk,
) -> None:
    press = {"trigger": "event", "event_type": "zha_event"}
    await desk.fill(
        "help_button", press=[press], speakers=[SPEAKER], voice="tts.local", language="en"
    )
    await desk.home.relay.stop()
    desk.home.hass.bus.async_fire("zha_event", {})
    await desk.home.settle()
    await desk.home.stop()
    await desk.home.wait(seconds=25)
    await desk.home.start()
    await desk.home.wait(seconds=12)
    assert desk.words[1:] == [STILL_SENDING]


async def test_a_press_with_no_line_says_so_aloud_and_says_when_it_has_arrived(
    desk: Desk,
) -> None:
    press = {"trigger": "event", "event_type": "zha_event"}
    await desk.fill("help_button", press=[press], speakers=[SPEAKER], voice="tts.local")
    await desk.home.relay.stop()
    desk.home.hass.bus.async_fire("zha_event", {})
    await desk.home.settle()
    await desk.home.wait(seconds=25)
    assert desk.words == [
        "도움을 요청했습니다. 곧 연락드리겠습니다.",
        (
            "아직 담당 기관에 전해지지 않았습니다. 계속 보내고 있습니다. "
            "급하시면 119에 전화해 주세요."
        ),
    ]
    await desk.home.relay.start()
    await the_district_has_it(desk)
    await desk.home.wait(seconds=12)
    assert desk.words[2:] == ["이제 담당 기관에 전해졌습니다. 곧 연락드리겠습니다."]


async def test_help_called_by_the_homes_own_button_is_said_aloud_once(desk: Desk) -> None:
    await desk.fill("help_button", press=[], speakers=[SPEAKER], voice="tts.local", language="en")
    await desk.home.press("help")
    await the_district_has_it(desk)
    for _ in range(14):
        await desk.home.wait(seconds=25)
    assert desk.words == ["Help has been called. Somebody will be in touch."]


async def spoken(desk: Desk, sentence: str) -> str:
    """What Home Assistant answers."""
    answer = await desk.home.hass.services.async_call(
        "conversation",
        "process",
        {"text": sentence, "language": "ko"},
        blocking=True,
        return_response=True,
    )
    await desk.home.settle()
    assert answer is not None
    response: Any = answer["response"]
    reply: str = response["speech"]["plain"]["speech"]
    return reply


@pytest.mark.parametrize(
    ("sentence", "stage", "reply"),
    [
        ("도와줘", "emergency", "도움을 요청했습니다. 곧 연락드리겠습니다."),
        ("나 좀 도와 주세요", "emergency", "도움을 요청했습니다. 곧 연락드리겠습니다."),
        ("살려줘", "emergency", "도움을 요청했습니다. 곧 연락드리겠습니다."),
        ("help me", "emergency", "도움을 요청했습니다. 곧 연락드리겠습니다."),
        ("나 괜찮아", "calm", "알겠습니다. 괜찮으시다고 전했습니다."),
        ("저는 괜찮아요", "calm", "알겠습니다. 괜찮으시다고 전했습니다."),
    ],
)
async def test_what_the_resident_says_is_understood_and_answered(
    desk: Desk, sentence: str, stage: str, reply: str
) -> None:
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(desk.home.hass, component, {})
    await desk.fill("spoken_words")
    await desk.home.wait(hours=12)
    assert await spoken(desk, sentence) == reply
    assert desk.home.stage == stage


async def test_a_spoken_call_is_taken_back_by_voice_within_seconds(desk: Desk) -> None:
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(desk.home.hass, component, {})
    await desk.fill("spoken_words")
    assert await spoken(desk, "도와줘") == "도움을 요청했습니다. 곧 연락드리겠습니다."
    reply = await spoken(desk, "잘못 말했어요")
    assert reply == "알겠습니다. 잘못 말씀하셨다고 알리겠습니다."
    assert desk.home.stage == "calm"
    assert desk.home.relay.of("resolved")[0]["data"]["by"] == "taken_back"
    await spoken(desk, "도와줘")
    await desk.home.wait(seconds=40)
    assert (await spoken(desk, "도움 취소해 줘")).startswith("이미 도움을 요청한 뒤라")
    assert desk.home.stage == "emergency"


async def test_spoken_help_that_cannot_be_called_yet_is_called_once_the_home_can(
    desk: Desk,
) -> None:
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(desk.home.hass, component, {})
    await desk.fill("spoken_words")
    await desk.home.stop()
    # The answer comes at once, while it is still being tried.
    assert await spoken(desk, "도와줘") == CANNOT_YET
    await desk.home.wait(seconds=12)
    await desk.home.start()
    await desk.home.wait(seconds=12)
    assert desk.home.stage == "emergency"
    assert len(desk.home.relay.of("emergency")) == 1
