from datetime import timedelta
import json
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

from aiohttp import web
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, Event, EventStateChangedData, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.storage import Store
import pytest

from tests.integration.house import DOOR, House

STAGES = {"calm": 1, "quiet": 12, "knock": 12.3, "visit": 14, "owned": 14, "emergency": 1}


async def _reach(home: House, stage: str) -> None:
    hours = STAGES[stage]
    await home.wait(hours=int(hours))
    await home.wait(hours=hours - int(hours))
    if stage == "owned":
        await home.hold(home.relay.of("quiet")[0]["data"]["episode"])
    if stage == "emergency":
        await home.press("help")


@pytest.mark.parametrize("stage", STAGES)
async def test_a_restart_loses_no_stage_and_says_nothing_twice(home: House, stage: str) -> None:
    await _reach(home, stage)
    seen = _seen(home)
    told = list(home.relay.kept)
    await home.restart()
    assert _seen(home) == seen
    assert home.relay.kept == told


@pytest.mark.parametrize("stage", STAGES)
async def test_a_power_cut_loses_no_stage_and_makes_no_second_case(home: House, stage: str) -> None:
    await _reach(home, stage)
    seen, cases = _seen(home)[:3], _episodes(home)
    at_the_cut = _file(home).read_text()
    await home.stop()
    _file(home).write_text(at_the_cut)
    await home.start()
    assert _seen(home)[:3] == seen
    assert _episodes(home) == cases


async def test_nothing_is_said_before_it_is_on_the_disk(home: House) -> None:
    told: dict[str, str] = {}

    def _on_disk() -> str:
        stage: str = json.loads(_file(home).read_text())["household"]["stage"]
        return stage

    def _told_relay(request: web.Request) -> None:
        if request.path == "/v1/events":
            told.setdefault("relay", _on_disk())

    @callback
    def _told_home(_: Event[EventStateChangedData]) -> None:
        told.setdefault("home", _on_disk())

    home.relay.misbehaves = _told_relay
    async_track_state_change_event(home.hass, home.entity_id("event", "said"), _told_home)
    await home.press("help")
    assert told == {"home": "emergency", "relay": "emergency"}


@pytest.mark.parametrize("stage", ["quiet", "knock", "owned", "emergency"])
async def test_what_fell_due_during_a_restart_is_done_after_it_in_the_same_case(
    home: House, stage: str
) -> None:
    await _reach(home, stage)
    cases = _episodes(home)
    await home.stop()
    home.freezer.tick(timedelta(hours=1))
    before = len(home.relay.kept)
    await home.start()
    await home.until(lambda: len(home.relay.kept) > before)
    assert _episodes(home) == cases
    assert home.relay.kept[-1]["data"]["said"] == {"owned": "again", "emergency": "again"}.get(
        stage, "first"
    )


async def test_an_alert_that_the_relay_has_not_got_is_sent_after_the_restart(home: House) -> None:
    await home.relay.stop()
    await home.press("help")
    assert home.stage == "emergency"
    await home.stop()
    await home.relay.start()
    await home.start()
    await home.until(lambda: home.relay.of("emergency"))
    assert len(home.relay.of("emergency")) == 1


async def test_an_alert_of_which_only_the_mark_was_lost_is_known_as_a_repeat(home: House) -> None:
    """Power was cut between the relay's answer and our note of it."""
    files = _file(home)
    await home.relay.stop()
    await home.press("help")
    unsent = files.read_text()
    await home.relay.start()
    await home.until(lambda: home.relay.of("emergency"))
    await home.stop()
    files.write_text(unsent)
    await home.start()
    await home.wait(minutes=1)
    assert len(home.relay.of("emergency")) == 1
    assert home.stage == "emergency"


async def test_a_state_from_a_backup_goes_on_above_what_the_relay_knows(home: House) -> None:
    await home.wait(minutes=30)
    await home.stop()
    backup = _file(home).read_text()
    await home.start()
    await home.press("help")
    await home.handled(home.relay.of("emergency")[0]["data"]["episode"])
    assert home.stage == "calm"
    newest = home.relay.highwater
    await home.stop()
    _file(home).write_text(backup)
    await home.start()
    await home.press("help")
    await home.until(lambda: len(home.relay.of("emergency")) == 2)
    assert home.relay.of("emergency")[1]["householdversion"] > newest
    assert {"code": "restored", "state": "raised"} in [e["data"] for e in home.relay.of("trouble")]


async def test_another_boot_of_the_machine_is_a_gap_and_no_life(home: House) -> None:
    await home.wait(hours=3)
    before = home.last_sign
    watched = float(home.sensor("watched_time"))
    await home.stop()
    _rewrite(home, lambda state: state["household"]["clock"].update(boot="another-boot"))
    home.freezer.tick(timedelta(hours=4))
    await home.start()
    assert home.last_sign == before
    assert float(home.sensor("watched_time")) == pytest.approx(watched, abs=0.1)


async def test_when_home_assistant_stops_the_last_sign_is_on_the_disk(home: House) -> None:
    await home.wait(hours=1)
    await home.use_door()
    home.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await home.settle()
    assert home.last_sign is not None
    state = json.loads(_file(home).read_text())
    assert state["household"]["last_sign"] == home.last_sign.isoformat()


async def test_life_is_on_the_disk_after_a_quarter_of_an_hour(home: House) -> None:
    await home.wait(hours=1)
    await home.use_door()
    assert home.last_sign is not None
    await home.wait(minutes=15)
    state = json.loads(_file(home).read_text())
    assert state["household"]["last_sign"] == home.last_sign.isoformat()


async def test_what_is_said_while_home_assistant_starts_is_announced_when_somebody_listens(
    home: House,
) -> None:
    await home.stop()
    home.hass.set_state(CoreState.starting)
    await home.start()
    await home.press("help")
    assert home.state("event", "said").attributes["event_type"] != "emergency"
    await home.until(lambda: home.relay.of("emergency"))
    home.hass.set_state(CoreState.running)
    home.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await home.settle()
    assert home.state("event", "said").attributes["event_type"] == "emergency"


async def test_a_household_that_is_removed_leaves_nothing_behind(home: House) -> None:
    path = _file(home)
    assert path.exists()
    assert await home.hass.config_entries.async_remove(home.entry_id)
    await home.hass.async_block_till_done()
    assert [p for p in path.parent.iterdir() if "anshim_knock" in p.name] == []


async def test_a_sensor_that_was_learnt_is_known_after_a_restart(home: House) -> None:
    await home.restart()
    assert home.sensor("watch") == "seeing"
    assert home.source(DOOR, "liveness") == "live"


def _file(home: House) -> Path:
    return Path(home.hass.config.path(".storage", f"anshim_knock.{home.entry_id}.household"))


def _rewrite(home: House, change: Any) -> None:
    state = json.loads(_file(home).read_text())
    change(state)
    _file(home).write_text(json.dumps(state))


def _episodes(home: House) -> set[int]:
    return {e["data"]["episode"] for e in home.relay.kept if "episode" in e["data"]}


def _seen(home: House) -> tuple[object, ...]:
    return (
        home.stage,
        home.reason,
        home.inactivity,
        home.last_sign,
        home.sensor("next_deadline"),
        home.sensor("receipt"),
        home.state("sensor", "stage").attributes["owned"],
        home.state("sensor", "stage").attributes["episode"],
    )


@pytest.mark.parametrize("error", [OSError("the card is worn"), HomeAssistantError("too new")])
async def test_what_cannot_be_read_beside_the_state_keeps_no_help_from_being_called(
    home: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    await home.stop()
    # Of the sources, the contacts and the rhythm.
    monkeypatch.setattr(Store, "async_load", AsyncMock(side_effect=error))
    await home.start()
    await home.press("help")
    assert home.stage == "emergency"
