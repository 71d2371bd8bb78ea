"""A home whose limit is learned: from its journal, in Home Assistant, over restarts."""

from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.anshim_knock.const import DOMAIN
from custom_components.anshim_knock.journal_files import JournalFiles, journal_path
from custom_components.anshim_knock.logic.diary import Diary
from custom_components.anshim_knock.logic.journal import HOUSEHOLD as HOME, Block, Entry, Mark
from tests.integration.flows import (
    CONSENT,
    TIMES,
    begin,
    go_on,
    household_entry,
)
from tests.integration.house import DOOR, HOUSEHOLD, KETTLE, START, TOKEN, House

LEARNED = {"limit_mode": "learned", "limit_hours": 12}
# In Seoul it is nine in the morning.
MIDNIGHT = START - timedelta(hours=9)
DAYS = 40


def usual_life(kettle: str, door: str) -> Iterator[Entry]:
    """Up at half past six, to bed at eleven, something about every hour and a quarter."""
    for day in range(-DAYS, 0):
        morning = MIDNIGHT + timedelta(days=day)
        minute, number = 390, 0
        while minute < 23 * 60:
            yield Entry(
                at=morning + timedelta(minutes=minute),
                source=(kettle, door)[number % 2],
                mark=Mark.ACTIVITY,
            )
            number += 1
            minute += 60 + (day * 7 + number * 13) % 30


def write_past(house: House, **sources: str) -> None:
    """The journal as the household would have left it a minute ago."""
    begun = MIDNIGHT - timedelta(days=DAYS)
    started = [Entry(at=begun, source=HOME, mark=Mark.STARTED)]
    live = [Entry(at=begun, source=source, mark=Mark.LIVE) for source in sources.values()]
    files = JournalFiles(journal_path(house.hass, house.entry_id))
    entries = [*started, *live, *usual_life(**sources)]
    for day in range(-DAYS, 1):
        end = MIDNIGHT + timedelta(days=day + 1)
        until = min(end, START - timedelta(minutes=1))
        of_day = tuple(e for e in entries if end - timedelta(days=1) <= e.at < end)
        files.append(Block(until=until, entries=of_day))


@pytest.fixture
async def learned_home(house: House) -> House:
    """Forty days of life are in the journal; this morning somebody was at the fridge."""
    await house.hass.config.async_set_time_zone("Asia/Seoul")
    await house.show(DOOR, "off", device_class="door")
    await house.show(KETTLE, "0.4", device_class="power")
    entry = household_entry(house.relay, door=DOOR, plug=KETTLE)
    await _set_up(house, entry, {**entry.data, **LEARNED})
    house.reporting = {DOOR, KETTLE}
    await house.wait(minutes=1)
    await house.show(KETTLE, "0.5")
    await house.use_door()
    return house


async def _set_up(house: House, entry: Any, data: dict[str, Any]) -> None:
    entry.add_to_hass(house.hass)
    house.entry_id = entry.entry_id
    house.hass.config_entries.async_update_entry(entry, data=data)
    write_past(house, kettle=house.source_of(KETTLE), door=house.source_of(DOOR))
    await house.start()


def limit_hours(house: House) -> float:
    return float(house.state("sensor", "limit").state)


def why(house: House) -> str:
    reason: str = house.state("sensor", "limit").attributes["reason"]
    return reason


async def test_a_home_with_a_past_is_asked_by_its_own_rhythm(learned_home: House) -> None:
    home = learned_home
    assert why(home) in {"learned", "shortest"}
    hours = limit_hours(home)
    assert 3 <= hours < 12
    last_sign = home.last_sign
    assert last_sign is not None
    await home.wait(hours=hours - 0.5)
    assert home.stage == "calm"
    await home.wait(hours=1)
    assert home.stage == "quiet"
    quiet = home.relay.of("quiet")[0]["data"]
    assert quiet["limit_h"] == pytest.approx(hours, abs=0.1)
    # The call has a budget of its own, and the district is told when it is due.
    assert quiet["rungs"]["knock_in_s"] >= 15 * 60


async def test_a_sign_of_life_ends_the_quiet_of_a_learned_home(learned_home: House) -> None:
    await learned_home.wait(hours=limit_hours(learned_home) + 0.5)
    assert learned_home.stage == "quiet"
    await learned_home.use_door()
    assert learned_home.stage == "calm"


async def test_what_was_learnt_is_there_after_a_restart_and_the_restart_is_no_life(
    learned_home: House,
) -> None:
    before, last_sign = limit_hours(learned_home), learned_home.last_sign
    await learned_home.restart()
    await learned_home.wait(minutes=2)
    assert limit_hours(learned_home) == pytest.approx(before, abs=0.3)
    assert learned_home.last_sign == last_sign


async def test_a_rhythm_that_was_damaged_is_learnt_again_from_the_journal(
    learned_home: House, hass_storage: dict[str, Any]
) -> None:
    before = limit_hours(learned_home)
    await learned_home.stop()
    kept = hass_storage[f"anshim_knock.{learned_home.entry_id}.rhythm"]["data"]["diary"]["rhythm"]
    del kept["asked"]
    await learned_home.start()
    await learned_home.wait(minutes=2)
    assert limit_hours(learned_home) == pytest.approx(before, abs=0.3)


async def test_a_power_cut_costs_nothing_of_what_was_learnt_since_it_was_last_written(
    learned_home: House, hass_storage: dict[str, Any]
) -> None:
    name = f"anshim_knock.{learned_home.entry_id}.rhythm"
    await learned_home.restart()
    written = deepcopy(hass_storage[name])
    for _ in range(5):
        await learned_home.use_door()
        await learned_home.wait(minutes=61)
    assert hass_storage[name] == written
    before = limit_hours(learned_home)
    await learned_home.stop()
    learnt = hass_storage[name]["data"]["diary"]["rhythm"]
    hass_storage[name] = written
    await learned_home.start()
    await learned_home.wait(minutes=2)
    assert limit_hours(learned_home) == pytest.approx(before, abs=0.3)
    await learned_home.stop()
    again = hass_storage[name]["data"]["diary"]["rhythm"]
    assert (again["asked"], again["voices"]) == (learnt["asked"], learnt["voices"])


async def test_days_that_became_quieter_are_usual_once_a_person_says_so(
    learned_home: House, hass_storage: dict[str, Any]
) -> None:
    def accepted() -> list[float]:
        kept = hass_storage[f"anshim_knock.{learned_home.entry_id}.rhythm"]["data"]
        limits: list[float] = kept["diary"]["rhythm"]["accepted"]
        return limits

    await learned_home.restart()
    assert len(accepted()) == 24
    await learned_home.hass.services.async_call(DOMAIN, "accept_rhythm", {}, blocking=True)
    # It is on disk at once; what is usual from now on is seen tomorrow.
    assert accepted() == []
    await learned_home.wait(minutes=1)
    await learned_home.stop()
    # Whatever becomes of what was learnt: the journal knows that a person said so.
    del hass_storage[f"anshim_knock.{learned_home.entry_id}.rhythm"]
    await learned_home.start()
    await learned_home.wait(minutes=2)
    await learned_home.stop()
    assert accepted() == []


async def test_a_home_with_fixed_hours_has_no_rhythm_to_accept(house: House) -> None:
    await house.show(DOOR, "off", device_class="door")
    entry = household_entry(house.relay, door=DOOR)
    await house.hass.config_entries.async_add(entry)
    with pytest.raises(ServiceValidationError, match="not learned"):
        await house.hass.services.async_call(DOMAIN, "accept_rhythm", {}, blocking=True)


async def test_a_new_home_says_that_it_does_not_know_its_rhythm_yet(house: House) -> None:
    await house.show(DOOR, "off", device_class="door")
    entry = household_entry(house.relay, door=DOOR)
    await house.hass.config_entries.async_add(entry)
    house.entry_id = entry.entry_id
    house.hass.config_entries.async_update_entry(entry, data={**entry.data, **LEARNED})
    await house.settle()
    house.reporting = {DOOR}
    await house.wait(minutes=1)
    await house.use_door()
    assert why(house) == "cold"
    assert 12 <= limit_hours(house) <= 14
    assert house.state("sensor", "limit").attributes["learning_days_left"] > 0


async def test_of_a_risk_score_only_the_limit_is_kept(house: House) -> None:
    result = await begin(house.hass)
    result = await go_on(house.hass, result, CONSENT)
    result = await go_on(house.hass, result, {"url": house.relay.url, "token": TOKEN})
    risk = {"risk_items": ["ill", "frail", "isolated"]}
    answers = {"household": HOUSEHOLD, **TIMES, "limit_mode": "risk", "risk": risk}
    result = await go_on(house.hass, result, answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    data = result["result"].data
    assert data["limit_hours"] == 48
    assert "ill" not in str(data)
    await house.settle()


async def test_an_alert_is_explained_at_home_and_by_source_nowhere_else(
    learned_home: House,
) -> None:
    home = learned_home
    assert "limit_reason" not in home.state("binary_sensor", "inactivity").attributes
    hours = limit_hours(home)
    await home.wait(hours=hours + 0.5)
    explained = home.state("binary_sensor", "inactivity").attributes
    assert explained["limit_reason"] in {"learned", "shortest"}
    # Somebody is about every hour and a quarter.
    assert 1 <= explained["usual_silence_hours"] <= hours
    assert explained["watched_hours"] == pytest.approx(hours, abs=0.2)
    assert explained["last_source"] == "Fridge door"
    status = await home.call("get_status")
    assert status["explanation"]["last_source"] == "Fridge door"
    assert status["explanation"]["limit_hours"] == pytest.approx(hours, abs=0.1)
    quiet = home.relay.of("quiet")[0]["data"]
    assert quiet["watched_h"] == pytest.approx(hours, abs=0.2)
    assert "Fridge" not in str(quiet)
    assert "usual" not in str(quiet)


async def test_a_live_source_that_nobody_proved_is_no_eye_of_the_rhythm(house: House) -> None:
    """While the proved ones are gone its reports must neither accuse nor teach."""
    hass = house.hass
    await hass.config.async_set_time_zone("Asia/Seoul")
    await house.show(DOOR, "off", device_class="door")
    await house.show(KETTLE, "0.4", device_class="power")
    entry: Any = household_entry(house.relay, door=DOOR, plug=KETTLE)
    entry.add_to_hass(hass)
    house.entry_id = entry.entry_id
    kettle = entry.subentries[house.source_of(KETTLE)]
    unproved = {k: v for k, v in kettle.data.items() if not k.startswith("tested")}
    hass.config_entries.async_update_subentry(entry, kettle, data=unproved)
    hass.config_entries.async_update_entry(entry, data={**entry.data, **LEARNED})
    write_past(house, kettle=house.source_of(KETTLE), door=house.source_of(DOOR))
    await house.start()
    house.reporting = {DOOR, KETTLE}
    await house.wait(minutes=1)
    await house.use_door()
    assert why(house) != "ceiling"
    house.reporting = {KETTLE}
    await house.show(DOOR, "unavailable")
    await house.wait(minutes=1)
    assert house.sensor("watch") == "blind"
    assert why(house) == "ceiling"


async def test_a_restart_asks_nobody_while_the_rhythm_would_wait(learned_home: House) -> None:
    home = learned_home
    # What the technician had fixed before is shorter than what this home has shown.
    home.hass.config_entries.async_update_entry(
        home.entry, data={**home.entry.data, "limit_hours": 2}
    )
    await home.settle()
    await home.wait(hours=2.5)
    assert home.stage == "calm"
    await home.restart()
    await home.wait(minutes=20)
    assert home.stage == "calm"


async def _a_torn_line(home: House) -> None:
    day = max(journal_path(home.hass, home.entry_id).glob("*.log"))
    day.write_bytes(day.read_bytes() + b"\ntorn")
    day.with_suffix(".damaged").symlink_to("/nowhere/at/all")


async def _a_day_that_cannot_be_read(home: House) -> None:
    day = max(journal_path(home.hass, home.entry_id).glob("*.log"))
    day.unlink()
    day.mkdir()


@pytest.mark.parametrize("damage", [_a_torn_line, _a_day_that_cannot_be_read])
async def test_a_journal_that_cannot_be_read_or_put_aside_keeps_no_help_from_being_called(
    learned_home: House, damage: Callable[[House], Awaitable[None]]
) -> None:
    home = learned_home
    await home.stop()
    await damage(home)
    await home.start()
    await home.press("help")
    assert home.stage == "emergency"


async def test_a_rhythm_that_cannot_answer_keeps_no_help_from_being_called(
    learned_home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Diary, "expected", None)
    await learned_home.press("help")
    assert learned_home.stage == "emergency"


async def test_a_rhythm_that_cannot_learn_keeps_no_sign_of_life_from_being_seen(
    learned_home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = learned_home
    await home.wait(minutes=30)
    monkeypatch.setattr(Diary, "note", None)
    await home.use_door()
    assert home.last_sign == home.now
    await home.call("set_away", hours=5)
    assert home.state("switch", "away").state == "on"


async def _goes_on(home: House, plug: str, name: str) -> None:
    """For 41 hours, day and night: it is known for a ghost after 36."""
    await home.show(plug, "2.0", device_class="power")
    await home.follow("plug", plug, name=name)
    await home.wait(minutes=2)
    for _ in range(62):
        await home.show(plug, "90.0")
        await home.wait(minutes=15)
        await home.show(plug, "2.0")
        await home.wait(minutes=25)


async def test_a_fridge_that_is_found_out_is_not_the_last_that_spoke_before_an_alert(
    home: House, hass_storage: dict[str, Any]
) -> None:
    """Until then it is taken for life; afterwards nothing that was learnt of it stays."""
    await _goes_on(home, "sensor.fridge_power", "Fridge plug")
    assert home.stage == "calm"
    kept = hass_storage[f"anshim_knock.{home.entry_id}.rhythm"]["data"]["diary"]["rhythm"]
    assert home.source_of("sensor.fridge_power") not in kept["voices"]
    await home.wait(hours=12)
    assert home.stage != "calm"
    assert home.state("binary_sensor", "inactivity").attributes["last_source"] == "Front door"


async def test_a_technician_who_overrules_brings_back_what_was_learnt_of_it(home: House) -> None:
    blanket = "sensor.blanket_power"
    await _goes_on(home, blanket, "Blanket")
    home.reporting.add(blanket)
    subentry = home.entry.subentries[home.source_of(blanket)]
    data = {**subentry.data, "overruled": True}
    home.hass.config_entries.async_update_subentry(home.entry, subentry, data=data)
    await home.wait(hours=13)
    assert home.stage != "calm"
    assert home.state("binary_sensor", "inactivity").attributes["last_source"] == "Blanket"
