"""The disk does not give the household's state out at the start. The file is whole all the same."""

from collections.abc import Callable
import errno
import json
from pathlib import Path
from typing import Any

from homeassistant.helpers import issue_registry as ir
import pytest

from tests.integration.house import DOMAIN, House

type Disk = Callable[[int], None]


@pytest.fixture
def refuses(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """How often from now on a state file is not given out, as with too many files open."""
    real, left = Path.read_text, 0

    def read_text(path: Path, *args: Any, **more: Any) -> str:
        nonlocal left
        if ".household" in path.name and left > 0:
            left -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return real(path, *args, **more)

    def refuses(times: int) -> None:
        nonlocal left
        left = times

    monkeypatch.setattr(Path, "read_text", read_text)
    return refuses


FOR_MINUTES = 1_000_000


def _files(home: House) -> set[str]:
    """By the ends of their names."""
    folder = Path(home.hass.config.path(".storage"))
    name = f"{DOMAIN}.{home.entry_id}.household"
    return {path.name.removeprefix(name) for path in folder.glob(f"{name}*")}


def _lost(home: House) -> bool:
    issues = ir.async_get(home.hass).issues.values()
    return any(i.translation_key == "state_lost" for i in issues if i.domain == DOMAIN)


async def _starts_without_its_state(home: House, disk: Disk) -> None:
    await home.stop()
    disk(FOR_MINUTES)
    await home.start()
    assert home.stage == "calm"
    assert _lost(home)
    assert _files(home) == {"", ".unread-1"}


async def test_what_is_given_out_at_the_second_try_is_all_there(home: House, refuses: Disk) -> None:
    await home.press("help")
    await home.stop()
    refuses(1)
    await home.start()
    assert home.stage == "emergency"
    assert _files(home) == {""}
    assert not _lost(home)


async def test_an_open_call_for_help_is_open_again_once_the_file_is_read(
    home: House, refuses: Disk
) -> None:
    await home.press("help")
    (called,) = home.relay.of("emergency")
    await _starts_without_its_state(home, refuses)
    refuses(0)
    await home.wait(minutes=2)
    assert (home.stage, home.reason) == ("emergency", "help_called")
    assert (_files(home), _lost(home)) == ({""}, False)
    assert {e["data"]["episode"] for e in home.relay.of("emergency")} == {called["data"]["episode"]}
    await home.handled(called["data"]["episode"])
    assert home.stage == "calm"


async def test_help_is_heard_while_the_file_is_not_read_and_both_calls_stay_open(
    home: House, refuses: Disk
) -> None:
    await home.wait(hours=12)
    silence = home.relay.of("quiet")[-1]["data"]["episode"]
    await _starts_without_its_state(home, refuses)
    await home.press("help")
    assert home.stage == "emergency"
    await home.until(lambda: home.relay.of("emergency"))
    refuses(0)
    await home.wait(minutes=2)
    assert home.stage == "emergency"
    assert len({e["id"] for e in home.relay.kept}) == len(home.relay.kept)
    call = home.relay.of("emergency")[-1]["data"]["episode"]
    await home.handled(call)
    assert home.stage == "calm"
    assert {e["data"]["episode"] for e in home.relay.of("resolved")} == {silence, call}


async def test_a_silence_goes_on_where_it_was(home: House, refuses: Disk) -> None:
    await home.wait(hours=12)
    before, last = home.relay.of("quiet")[-1]["data"]["episode"], home.last_sign
    await _starts_without_its_state(home, refuses)
    refuses(0)
    await home.wait(minutes=2)
    assert (home.stage, home.last_sign) == ("quiet", last)
    await home.wait(minutes=15)
    assert home.stage == "knock"
    assert home.relay.of("knock")[-1]["data"]["episode"] == before


@pytest.mark.parametrize("sign", ["ok", "door"])
async def test_who_is_well_meanwhile_is_not_knocked_for_afterwards(
    home: House, refuses: Disk, sign: str
) -> None:
    await home.wait(hours=12)
    await _starts_without_its_state(home, refuses)
    await home.wait(minutes=20)
    await (home.press("ok") if sign == "ok" else home.use_door())
    seen = home.last_sign
    refuses(0)
    await home.wait(minutes=2)
    assert (home.stage, home.last_sign) == ("calm", seen)
    assert home.relay.of("knock") == []
    assert len(home.relay.of("resolved")) == 1


async def test_a_power_cut_meanwhile_loses_neither_of_the_two(home: House, refuses: Disk) -> None:
    await home.wait(hours=12)
    silence = home.relay.of("quiet")[-1]["data"]["episode"]
    await _starts_without_its_state(home, refuses)
    await home.press("help")
    await home.stop()
    await home.start()
    assert _files(home) == {"", ".unread-1", ".unread-2"}
    refuses(0)
    await home.wait(minutes=4)
    assert home.stage == "emergency"
    assert _files(home) == {""}
    folder = Path(home.hass.config.path(".storage"))
    kept = json.loads((folder / f"{DOMAIN}.{home.entry_id}.household").read_text())
    assert silence in kept["household"]["episodes"]
    assert len(kept["household"]["episodes"]) == 2


async def test_a_file_that_turns_out_to_be_damaged_is_set_aside_in_the_end(
    home: House, refuses: Disk
) -> None:
    await _starts_without_its_state(home, refuses)
    folder = Path(home.hass.config.path(".storage"))
    (folder / f"{DOMAIN}.{home.entry_id}.household.unread-1").write_text("[]")
    refuses(0)
    await home.wait(minutes=2)
    assert _files(home) == {"", ".damaged"}
    assert _lost(home)


async def test_who_came_home_and_called_for_help_meanwhile_is_not_away_afterwards(
    home: House, refuses: Disk
) -> None:
    await home.call("set_away", hours=72)
    await _starts_without_its_state(home, refuses)
    await home.wait(minutes=20)
    await home.use_door()
    await home.press("help")
    await home.until(lambda: home.relay.of("emergency"))
    refuses(0)
    await home.wait(minutes=2)
    await home.handled(home.relay.of("emergency")[-1]["data"]["episode"])
    assert home.stage == "calm"
    await home.wait(hours=12)
    assert home.stage == "quiet"


async def test_who_said_meanwhile_that_they_are_back_is_not_away_afterwards(
    home: House, refuses: Disk
) -> None:
    await home.call("set_away", hours=72)
    await _starts_without_its_state(home, refuses)
    await home.call("end_away")
    refuses(0)
    await home.wait(minutes=2)
    await home.wait(hours=12)
    assert home.stage == "quiet"
