from datetime import timedelta
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from tests.integration.house import House


async def test_the_answer_of_a_person_is_shown_with_its_case(home: House) -> None:
    await home.press("help")
    episode = home.relay.of("emergency")[0]["data"]["episode"]
    await home.receive("case", {"state": "opened", "kind": "emergency", "episode": episode})
    await home.hold(episode)
    receipt = home.state("sensor", "receipt")
    assert receipt.state == "hold"
    assert receipt.attributes["case"] == "c-20261122-0007"
    assert (receipt.attributes["case_state"], receipt.attributes["by"]) == ("opened", "dong")
    await home.handled(episode, "nobody_opened")
    assert (home.stage, home.reason) == ("emergency", "not_seen")
    assert home.state("sensor", "receipt").attributes["outcome"] == "nobody_opened"


async def test_an_answer_to_another_episode_closes_nothing(home: House) -> None:
    await home.press("help")
    await home.handled(1)
    assert home.stage == "emergency"
    await home.handled(None)
    assert home.stage == "emergency"


async def test_an_answered_call_is_life_at_its_own_time(home: House) -> None:
    await home.wait(hours=12)
    at = home.now - timedelta(minutes=3)
    await home.receive("life", {"evidence": "answered_call", "at": at.isoformat()})
    assert home.stage == "calm"
    assert home.last_sign == at
    assert home.relay.of("resolved")[0]["data"]["by"] == "elsewhere"


async def test_what_came_of_the_districts_call_is_shown_and_moves_nothing(home: House) -> None:
    await home.wait(hours=12)
    await home.wait(minutes=15)
    before = (home.stage, home.reason, home.sensor("next_deadline"), home.last_sign)
    said = len(home.relay.kept)
    for result in ("no_answer", "bad_number", "answered_ok", "word_of_2031"):
        await home.receive("call", {"result": result, "try": 1})
        attributes = home.state("sensor", "receipt").attributes
        assert (attributes["call"], attributes["call_by"]) == (result, "district")
        assert attributes["call_at"] == home.now
        event = home.state("event", "said").attributes
        assert (event["event_type"], event["result"]) == ("call", result)
    assert (home.stage, home.reason, home.sensor("next_deadline"), home.last_sign) == before
    assert len(home.relay.kept) == said


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("call", {"try": 1}),
        ("life", {"evidence": "a_hunch", "at": "2026-11-22T12:00:00Z"}),
        ("life", {"evidence": "seen", "at": "2026-11-22T12:00:00"}),
        ("receipt", {"answers": {"episode": 2}, "answer": "perhaps", "by": "dong"}),
        ("receipt", {"answer": "handled", "outcome": "seen_well", "by": "dong"}),
        ("command", {"command": "be_calm"}),
        ("command", {"command": "shorten_limit", "limit_h": -3}),
        ("greeting", {}),
    ],
)
async def test_what_the_home_does_not_know_closes_calms_and_counts_as_nothing(
    home: House, kind: str, data: dict[str, Any]
) -> None:
    await home.wait(hours=12)
    before = (home.stage, home.last_sign)
    await home.receive(kind, data)
    assert (home.stage, home.last_sign) == before == ("quiet", home.last_sign)


async def test_a_message_for_another_household_is_not_heeded(home: House) -> None:
    await home.wait(hours=12)
    home.relay.send_down("command", {"command": "knock_now"}, subject="h-anotherone1")
    await home.until(lambda: home.relay.acknowledged == 1)
    assert home.stage == "quiet"


async def test_the_district_can_ask_for_more_care(home: House) -> None:
    await home.receive("command", {"command": "shorten_limit", "limit_h": 6})
    await home.wait(hours=6)
    assert home.stage == "quiet"
    await home.receive("command", {"command": "knock_now"})
    assert (home.stage, home.reason) == ("knock", "district_asks")


async def test_the_district_can_ask_for_more_care_for_some_hours(home: House) -> None:
    until = dt_util.utcnow() + timedelta(hours=5)
    data = {"command": "shorten_limit", "limit_h": 6, "until": until.isoformat()}
    await home.receive("command", data)
    await home.restart()
    await home.wait(hours=7)
    assert home.stage == "calm"
    await home.wait(hours=5)
    assert home.stage == "quiet"


async def test_the_district_can_ask_for_a_report(home: House) -> None:
    await home.wait(minutes=1)
    before = len(home.relay.heartbeats)
    await home.receive("command", {"command": "report"})
    assert len(home.relay.heartbeats) == before + 1


async def test_a_message_counts_once_even_when_it_comes_twice(home: House) -> None:
    await home.receive("command", {"command": "knock_now"})
    await home.handled(home.relay.of("knock")[0]["data"]["episode"])
    assert home.stage == "calm"
    await home.restart()
    await home.wait(minutes=2)
    assert home.stage == "calm"
    assert len(home.relay.of("knock")) == 1


@pytest.mark.parametrize(
    ("more", "presence"),
    [({"seen_at": "home"}, "off"), ({}, "on"), ({"seen_at": "hospital"}, "on")],
)
async def test_who_called_from_somewhere_and_was_met_at_home_is_not_away_any_more(
    home: House, more: dict[str, str], presence: str
) -> None:
    await home.turn("away", on=True)
    await home.call("request_help", cause="phone")
    (alarm,) = home.relay.of("emergency")
    await home.handled(alarm["data"]["episode"], **more)
    assert home.stage == "calm"
    assert home.state("switch", "away").state == presence
