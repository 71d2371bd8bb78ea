from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.flows import household_entry
from tests.integration.house import DOOR, KETTLE, OUTER_DOOR, House

ALL = (DOOR, OUTER_DOOR, KETTLE)


async def _all_dead(home: House) -> None:
    home.reporting = set()
    for entity_id in ALL:
        await home.show(entity_id, "unavailable")


async def test_sensors_that_die_are_a_trouble_soon_and_a_question_before_the_ceiling(
    home: House,
) -> None:
    before = home.last_sign
    await _all_dead(home)
    assert (home.sensor("watch"), home.inactivity) == ("blind", "unknown")
    await home.wait(minutes=26)
    assert (home.stage, home.inactivity, home.sensor("watch")) == ("calm", "unknown", "blind")
    assert {"code": "blind", "state": "raised"} in [e["data"] for e in home.relay.of("trouble")]

    await home.wait(hours=22)
    assert home.stage == "calm"
    await home.wait(hours=2)
    assert home.relay.of("unknown")[0]["data"]["cause"] == "ceiling"
    assert home.reason in {"ceiling_passed", "no_answer"}
    assert home.last_sign == before


async def test_sensors_that_fall_silent_without_a_word_are_noticed(home: House) -> None:
    home.reporting = set()
    await home.wait(hours=4)
    assert home.source(KETTLE, "liveness") == "lost"
    assert home.source(DOOR, "liveness") == "live"


async def test_what_a_broker_remembers_of_a_dead_sensor_proves_nothing(home: House) -> None:
    home.reporting = set()
    await home.wait(hours=5)
    await home.stop()
    home.hass.states.async_remove(KETTLE)
    await home.start()
    await home.show(KETTLE, "0.4")
    await home.wait(minutes=2)
    assert home.source(KETTLE, "liveness") == "lost"
    await home.show(KETTLE, "0.5")
    assert home.source(KETTLE, "liveness") == "live"


async def test_a_dead_relay_stops_nothing_at_home(home: House) -> None:
    await home.relay.stop()
    await home.wait(hours=14)
    assert (home.stage, home.inactivity) == ("visit", "on")
    assert home.state("binary_sensor", "connection").state == "off"
    assert home.relay.of("quiet") == []
    await home.relay.start()
    await home.until(lambda: home.relay.of("visit"))
    assert [k for k in home.relay.kinds() if k in {"quiet", "knock", "visit"}][:3] == [
        "quiet",
        "knock",
        "visit",
    ]
    await home.until(lambda: home.state("binary_sensor", "connection").state == "on")


async def test_a_line_cut_behind_the_relay_is_shown(home: House) -> None:
    home.relay.connected = False
    await home.wait(minutes=6)
    assert home.state("binary_sensor", "connection").state == "off"


@pytest.mark.parametrize("hours", [6, 23, 40])
async def test_hours_without_home_assistant_are_not_watched_but_count_to_the_ceiling(
    home: House, hours: int
) -> None:
    before = home.last_sign
    assert before is not None
    await home.stop()
    home.freezer.tick(timedelta(hours=hours))
    await home.start()
    assert home.last_sign == before
    assert home.stage == ("quiet" if hours > 24 else "calm")
    await home.wait(hours=max(0, 24 - hours))
    assert home.stage != "calm"
    assert (home.relay.of("quiet") + home.relay.of("unknown"))[0]["data"]["cause"] in {
        "ceiling",
        "silence",
    }


async def test_a_machine_that_wakes_in_1970_asks_in_time_and_puts_its_clock_right(
    home: House,
) -> None:
    await home.wait(hours=10)
    true_now = home.now
    await home.stop()
    home.freezer.move_to(datetime(1970, 1, 1, 0, 2, tzinfo=UTC))
    await home.start()
    await home.press("help")
    emergency = home.relay.of("emergency")[0]
    assert "time" not in emergency
    assert emergency["bootid"]
    home.freezer.move_to(true_now + timedelta(minutes=5))
    await home.wait(minutes=16)
    assert home.stage == "emergency"


async def test_a_clock_that_is_not_set_does_not_put_the_question_off(home: House) -> None:
    await home.wait(hours=2)
    await home.stop()
    home.freezer.move_to(datetime(1970, 1, 1, 0, 2, tzinfo=UTC))
    await home.start()
    await home.wait(hours=23)
    assert home.stage != "calm"


async def test_a_flapping_sensor_does_not_put_the_question_off(home: House) -> None:
    await home.wait(hours=1)
    before = home.last_sign
    home.reporting = set()
    for _ in range(24):
        for entity_id in ALL:
            await home.show(entity_id, "unavailable")
        await home.wait(minutes=25)
        for entity_id in ALL:
            await home.show(entity_id, "off" if entity_id != KETTLE else "0.4")
        await home.wait(minutes=32)
    assert home.last_sign == before
    assert home.stage != "calm"


async def test_a_dim_home_is_asked_later_but_before_the_ceiling(home: House) -> None:
    for _ in range(4):
        await home.wait(minutes=10)
        await home.use_door()
    home.reporting -= {DOOR}
    await home.show(DOOR, "unavailable")
    assert home.sensor("watch") == "dim"
    await home.wait(hours=13)
    assert home.stage == "calm"
    await home.wait(hours=11)
    assert home.stage != "calm"


async def test_an_untested_sensor_is_no_eye_and_a_proved_one_is_from_its_proof_on(
    house: House,
) -> None:
    await house.show(DOOR, "off", device_class="door")
    entry = household_entry(house.relay, door=DOOR)
    await house.hass.config_entries.async_add(entry)
    house.entry_id = entry.entry_id
    (subentry,) = entry.subentries.values()
    proved, untested = dict(subentry.data), {"role": "door", "entity": DOOR}
    house.hass.config_entries.async_update_subentry(entry, subentry, data=untested)
    await house.wait(minutes=1)
    await house.use_door()
    assert (house.sensor("watch"), house.inactivity) == ("blind", "unknown")
    house.hass.config_entries.async_update_subentry(entry, subentry, data=proved)
    await house.settle()
    assert (house.sensor("watch"), house.inactivity) == ("seeing", "off")


async def test_a_home_in_which_nothing_happens_is_not_looked_at_every_minute(home: House) -> None:
    """Its watched silence grows, and is shown at each look."""
    await home.wait(hours=1)
    seen = set()
    for _ in range(120):
        await home.wait(minutes=1)
        seen.add(home.sensor("watched_time"))
    assert 6 <= len(seen) <= 12


async def test_a_home_that_has_been_dim_for_ten_minutes_says_so_then(home: House) -> None:
    home.reporting = set()
    for _ in range(3):
        await home.wait(minutes=20)
        await home.use_door()
    for entity_id in (DOOR, OUTER_DOOR):
        await home.show(entity_id, "unavailable")
    assert home.sensor("watch") == "dim"
    await home.wait(minutes=9)
    assert "dim" not in [e["data"]["code"] for e in home.relay.of("trouble")]
    await home.wait(minutes=1, seconds=1)
    assert "dim" in [e["data"]["code"] for e in home.relay.of("trouble")]
