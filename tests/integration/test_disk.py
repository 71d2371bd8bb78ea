import asyncio
from datetime import timedelta
import json
import os
from pathlib import Path
import threading
from typing import Any

from homeassistant.helpers import issue_registry as ir
import pytest

from tests.integration.house import DOMAIN, DOOR, House


def _file(home: House) -> Path:
    return Path(home.hass.config.path(".storage", f"anshim_knock.{home.entry_id}.household"))


def _issues(home: House) -> set[str | None]:
    issues = ir.async_get(home.hass).issues.values()
    return {i.translation_key for i in issues if i.domain == DOMAIN}


def _troubles(home: House) -> list[dict[str, str]]:
    return [e["data"] for e in home.relay.of("trouble")]


def _break(home: House) -> None:
    """A folder where the file should be: no rename can replace it, not even root's."""
    _file(home).unlink()
    _file(home).mkdir()
    (_file(home) / "in the way").touch()


def _mend(home: House) -> None:
    (_file(home) / "in the way").unlink()
    _file(home).rmdir()


async def test_help_is_heard_when_the_disk_takes_nothing(home: House) -> None:
    _break(home)
    await home.press("help")
    assert home.stage == "emergency"
    await home.until(lambda: home.relay.of("emergency"))
    assert "store_unwritable" in _issues(home)
    assert {"code": "store", "state": "raised"} in _troubles(home)
    _mend(home)
    await home.wait(minutes=2)
    assert "store_unwritable" not in _issues(home)
    assert _troubles(home)[-1] == {"code": "store", "state": "cleared"}
    assert json.loads(_file(home).read_text())["household"]["stage"] == "emergency"


async def test_the_ladder_goes_on_when_the_disk_takes_nothing(home: House) -> None:
    _break(home)
    await home.wait(hours=14)
    assert home.stage == "visit"
    await home.until(lambda: home.relay.of("visit"))
    assert len({e["id"] for e in home.relay.kept}) == len(home.relay.kept)


async def test_help_is_heard_when_the_disk_hangs(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    with monkeypatch.context() as dying_card:
        dying_card.setattr(os, "fsync", lambda _: let_go.wait(timeout=60))
        pressed = asyncio.create_task(home.press("help"))
        await home.meanwhile(lambda: home.relay.of("emergency"))
        assert home.stage == "emergency"
        let_go.set()
        await pressed
    await home.wait(minutes=2)
    assert json.loads(_file(home).read_text())["household"]["stage"] == "emergency"
    assert "store_unwritable" not in _issues(home)


async def test_the_heartbeat_says_that_the_disk_takes_nothing(home: House) -> None:
    _break(home)
    await home.wait(minutes=20)
    await home.wait(minutes=6)
    assert home.relay.heartbeats[-1]["data"]["home"]["store_ok"] is False


async def test_a_message_that_could_not_be_kept_is_not_acknowledged(home: House) -> None:
    _break(home)
    home.relay.send_down("command", {"command": "knock_now"})
    await home.until(lambda: home.stage == "knock")
    await home.wait(minutes=1)
    assert home.relay.acknowledged == 0
    assert len(home.relay.of("knock")) == 1
    _mend(home)
    await home.until(lambda: home.relay.acknowledged == 1)


DAMAGES = {
    "empty": "",
    "no_json": '{"household": {',
    "binary": "\x00\x01\x02",
    "other": "[]",
    "half": '{"household": {"snapshot": 1}, "heard": 0, "case": null, "why": null}',
    "newer": '{"household": {"snapshot": 99}, "heard": 0, "case": null, "why": null}',
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_state_is_kept_aside_and_never_becomes_a_fresh_calm_home(
    home: House, damage: str
) -> None:
    await home.wait(hours=5)
    await home.stop()
    _file(home).write_text(DAMAGES[damage])
    await home.start()
    assert _file(home).with_name(f"{_file(home).name}.damaged").read_text() == DAMAGES[damage]
    assert home.last_sign is None
    assert "state_lost" in _issues(home)
    assert {"code": "restored", "state": "raised"} in _troubles(home)
    # The district is told under numbers that it has not seen yet.
    assert len({e["id"] for e in home.relay.kept}) == len(home.relay.kept)


async def test_with_the_next_sign_of_life_the_home_knows_again(home: House) -> None:
    await home.stop()
    _file(home).write_text("")
    await home.start()
    await home.wait(minutes=1)
    await home.use_door()
    assert home.last_sign is not None
    assert "state_lost" not in _issues(home)
    assert _troubles(home)[-1] == {"code": "restored", "state": "cleared"}


async def test_a_state_that_has_vanished_is_no_fresh_start_either(home: House) -> None:
    await home.wait(hours=5)
    await home.stop()
    _file(home).unlink()
    await home.start()
    assert "state_lost" in _issues(home)
    await home.restart()
    assert "state_lost" in _issues(home)


async def test_a_household_without_a_past_is_still_asked_before_the_ceiling(home: House) -> None:
    await home.wait(hours=5)
    await home.stop()
    _file(home).write_text("")
    await home.start()
    await home.wait(hours=24)
    assert home.stage != "calm"


async def test_what_was_learnt_of_the_sensors_may_be_lost(
    hass_storage: dict[str, Any], home: House
) -> None:
    last_sign = home.last_sign
    await home.stop()
    assert len(hass_storage.pop(f"anshim_knock.{home.entry_id}.sources")["data"]) == 3
    await home.start()
    # The walk test's proof lies with the entry, and Home Assistant knows when each last reported.
    assert home.sensor("watch") == "seeing"
    assert home.stage == "calm"
    assert home.last_sign == last_sign
    await home.wait(minutes=1)
    await home.use_door()
    assert home.source(DOOR, "liveness") == "live"
    assert home.last_sign != last_sign


async def test_an_hour_without_change_costs_the_card_a_handful_of_writes(home: House) -> None:
    await home.wait(minutes=30)
    writes = 0
    for _ in range(12):
        before = _file(home).stat().st_ino
        home.freezer.tick(timedelta(minutes=5))
        await home.show("sensor.kettle_power", f"0.{_}")
        await home.wait(seconds=1)
        writes += _file(home).stat().st_ino != before
    assert 2 <= writes <= 5
