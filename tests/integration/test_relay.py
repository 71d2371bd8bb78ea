from collections.abc import Callable
from typing import cast

from aiohttp import web
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.anshim_knock.relay.client import RelayClient
from tests.integration.fake_relay import problem
from tests.integration.house import DOMAIN, House

type Misbehaviour = Callable[[web.Request], web.StreamResponse | None]


def _issues(home: House) -> set[str | None]:
    issues = ir.async_get(home.hass).issues.values()
    return {i.translation_key for i in issues if i.domain == DOMAIN}


def _only_events(answer: Callable[[], web.StreamResponse]) -> Misbehaviour:
    return lambda request: answer() if request.path == "/v1/events" else None


async def test_an_event_is_written_as_the_contract_says(home: House) -> None:
    await home.press("help")
    event = home.relay.of("emergency")[0]
    version = event["householdversion"]
    assert event["id"] == f"h-7f3k9d2m5q.{version}.emergency"
    assert event["source"] == "urn:anshim:home:h-7f3k9d2m5q"
    assert event["subject"] == "h-7f3k9d2m5q"
    assert event["priority"] == "emergency"
    assert event["time"].endswith("Z")
    assert event["data"] == {"cause": "panel", "episode": version, "said": "first"}


async def test_the_home_tells_how_it_fares_as_often_as_the_relay_wants(home: House) -> None:
    home.relay.heartbeat_seconds = 60
    await home.wait(minutes=6)
    before = len(home.relay.heartbeats)
    await home.wait(minutes=1)
    assert len(home.relay.heartbeats) == before + 1
    beat = home.relay.heartbeats[-1]
    assert beat["data"] == {
        "home": {
            "stage": "calm",
            "watch": "seeing",
            "presence": "home",
            "service": "on",
            "limit_h": 12.0,
            "householdversion": home.relay.highwater,
            "near": False,
            "clock_set": True,
            "store_ok": True,
            "sources": {"live": 3, "late": 0, "lost": 0},
        }
    }
    assert "householdversion" not in beat
    assert len({b["id"] for b in home.relay.heartbeats}) == len(home.relay.heartbeats)


async def test_an_emergency_overtakes_what_waits(home: House) -> None:
    await home.relay.stop()
    await home.call("set_away", hours=2)
    await home.call("end_away")
    await home.press("help")
    await home.relay.start()
    await home.until(lambda: home.relay.of("absence"))
    after = [k for k in home.relay.kinds() if k in {"emergency", "absence"}]
    assert after == ["emergency", "absence", "absence"]


async def test_an_emergency_is_tried_again_within_five_seconds(home: House) -> None:
    await home.relay.stop()
    await home.press("help")
    await home.wait(minutes=30)
    await home.relay.start()
    await home.wait(seconds=5)
    assert len(home.relay.of("emergency")) > 0


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=500),
        lambda: problem(503, "unavailable"),
        lambda: problem(429, "slow-down"),
        lambda: web.Response(text="<html>login</html>"),
        lambda: web.json_response([], status=202),
        lambda: web.json_response({"kept": [], "heartbeat_seconds": 300}, status=202),
        lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
        lambda: web.Response(status=404),
    ],
    ids=["500", "503", "429", "html", "list", "kept_nothing", "redirect", "404"],
)
async def test_what_the_relay_did_not_keep_is_said_again_until_it_does(
    home: House, answer: Callable[[], web.StreamResponse]
) -> None:
    home.relay.misbehaves = _only_events(answer)
    await home.press("help")
    await home.wait(minutes=1)
    assert home.relay.of("emergency") == []
    assert home.stage == "emergency"
    home.relay.misbehaves = None
    await home.until(lambda: home.relay.of("emergency"))
    assert len(home.relay.of("emergency")) == 1


async def test_one_message_that_fails_does_not_hold_back_the_others(home: House) -> None:
    await home.relay.stop()
    await home.call("set_away", hours=2)
    await home.press("help")
    await home.relay.start()
    failed: list[bytes] = []

    def _first_fails(request: web.Request) -> web.StreamResponse | None:
        if request.path != "/v1/events" or failed:
            return None
        failed.append(b"")
        return web.Response(status=500)

    home.relay.misbehaves = _first_fails
    await home.until(lambda: home.relay.of("absence") and home.relay.of("emergency"))


async def test_a_relay_that_hangs_is_not_waited_for(home: House) -> None:
    home.relay.hangs = True
    await home.call("set_away", hours=2)
    await home.press("help")
    assert home.stage == "emergency"
    home.relay.hangs = False
    # What hangs is given up after five seconds; then the emergency goes first.
    await home.wait(seconds=5)
    await home.until(lambda: home.relay.of("absence"))
    assert [k for k in home.relay.kinds() if k != "consent"][-2:] == ["emergency", "absence"]


async def test_a_full_relay_is_a_repair_until_it_has_room(home: House) -> None:
    home.relay.misbehaves = _only_events(lambda: problem(507, "storage-full"))
    await home.wait(hours=12)
    assert home.stage == "quiet"
    assert "relay_full" in _issues(home)
    home.relay.misbehaves = None
    await home.until(lambda: home.relay.of("quiet"))
    assert "relay_full" not in _issues(home)


async def test_a_message_that_is_refused_for_good_is_a_repair_and_holds_nothing_back(
    home: House,
) -> None:
    refused: list[str] = []

    def _refuses_absence(request: web.Request) -> web.StreamResponse | None:
        if request.path != "/v1/events" or refused:
            return None
        refused.append("absence")
        return problem(400, "schema")

    home.relay.misbehaves = _refuses_absence
    await home.call("set_away", hours=2)
    await home.wait(minutes=20)
    assert home.relay.of("absence") == []
    assert "relay_refuses" in _issues(home)
    await home.press("help")
    await home.until(lambda: home.relay.of("emergency"))
    # A restart, perhaps with a newer relay, tries once more.
    await home.restart()
    await home.until(lambda: home.relay.of("absence"))
    assert "relay_refuses" not in _issues(home)


@pytest.mark.parametrize(
    ("reason", "issue"), [("kit-not-accepted", "kit_unknown"), ("kit-revoked", "kit_revoked")]
)
async def test_a_relay_that_the_district_does_not_take_for_its_own_is_a_repair_until_it_does(
    home: House, reason: str, issue: str
) -> None:
    """It does not know it, or its staff has reported it lost."""
    home.relay.connected, home.relay.reason = False, reason
    await home.wait(minutes=6)
    assert issue in _issues(home)
    home.relay.connected, home.relay.reason = True, None
    await home.wait(minutes=6)
    assert issue not in _issues(home)


async def test_a_relay_that_serves_another_household_is_a_repair_until_it_is_put_right(
    home: House,
) -> None:
    home.relay.household = "h-anotherone1"
    await home.press("help")
    await home.until(lambda: "relay_refuses" in _issues(home))
    home.relay.household = "h-7f3k9d2m5q"
    await home.until(lambda: home.relay.of("emergency"))
    await home.until(lambda: "relay_refuses" not in _issues(home))


async def test_a_conflict_of_ids_is_outrun_and_said_as_new(home: House) -> None:
    conflicts: list[int] = []

    def _knows_more(request: web.Request) -> web.StreamResponse | None:
        if request.path != "/v1/events" or conflicts:
            return None
        conflicts.append(900)
        return problem(409, "id-conflict", householdversion=900)

    home.relay.misbehaves = _knows_more
    await home.press("help")
    await home.until(lambda: home.relay.of("emergency"))
    emergency = home.relay.of("emergency")[0]
    assert emergency["householdversion"] > 900
    assert emergency["data"]["episode"] == emergency["householdversion"]
    assert home.state("sensor", "stage").attributes["episode"] == emergency["householdversion"]
    await home.handled(emergency["data"]["episode"])
    assert home.stage == "calm"


async def test_a_relay_that_always_claims_a_conflict_stops_nothing(home: House) -> None:
    home.relay.misbehaves = _only_events(lambda: problem(409, "id-conflict", householdversion=1))
    await home.press("help")
    await home.wait(minutes=3)
    assert home.stage == "emergency"
    home.relay.misbehaves = None
    await home.until(lambda: home.relay.of("emergency"))


async def test_a_relay_that_is_away_for_five_minutes_is_a_repair_and_a_trouble(
    home: House,
) -> None:
    await home.relay.stop()
    for _ in range(4):
        await home.wait(minutes=1)
    assert "relay_lost" not in _issues(home)
    for _ in range(4):
        await home.wait(minutes=1)
    assert "relay_lost" in _issues(home)
    await home.relay.start()
    await home.until(lambda: "relay_lost" not in _issues(home))
    await home.until(lambda: home.relay.of("trouble"))
    assert home.relay.of("trouble")[-1]["data"] == {"code": "relay", "state": "cleared"}


async def test_a_restart_after_the_relay_came_back_clears_its_trouble(home: House) -> None:
    await home.relay.stop()
    for _ in range(8):
        await home.wait(minutes=1)
    await home.stop()
    await home.relay.start()
    await home.start()
    await home.until(lambda: home.relay.of("trouble"))
    assert home.relay.of("trouble")[-1]["data"] == {"code": "relay", "state": "cleared"}


async def test_a_relay_that_answers_but_takes_no_alert_is_a_repair_too(home: House) -> None:
    home.relay.takes_no_alert = True
    await home.press("help")
    for _ in range(8):
        await home.wait(minutes=1)
    assert home.relay.heartbeats
    assert "relay_lost" in _issues(home)
    home.relay.takes_no_alert = False
    await home.until(lambda: home.relay.of("emergency"))
    await home.until(lambda: "relay_lost" not in _issues(home))


async def test_an_answer_that_nobody_thought_of_ends_no_loop(home: House) -> None:
    await home.stop()
    home.relay.highwater = cast("int", float("inf"))
    await home.start()
    await home.wait(minutes=2)
    home.relay.highwater = 0
    await home.press("help")
    await home.until(lambda: home.relay.of("emergency"))


async def test_a_fault_of_our_own_ends_no_loop(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RelayClient, "post", None)
    await home.press("help")
    await home.wait(minutes=1)
    monkeypatch.undo()
    await home.until(lambda: home.relay.of("emergency"))
