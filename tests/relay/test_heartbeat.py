from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.relay.conftest import Make
from tests.relay.support.events import event, heartbeat
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, HOUSEHOLD, StandInDistrict, problem


async def test_a_heartbeat_of_the_home_is_noted_not_stored_and_carried_on(
    make: Make, district: StandInDistrict
) -> None:
    district.heartbeat_seconds = 1
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        status, answer = await relay.post(heartbeat(stage="quiet", near=True))
        assert (status, answer["kept"][0]["status"]) == (202, "noted")
        data = await until(lambda: newest(district, home=True))
        assert data["home"] == {"stage": "quiet", "near": True}
        assert data["home_age_s"] >= 0
        assert (await relay.status())["highwater"]["seq"] == 0


async def test_the_first_word_of_a_home_does_not_wait_for_the_relays_turn(
    make: Make, district: StandInDistrict
) -> None:
    """A kit that dies a minute after its installation is missed only if its home was heard."""
    district.heartbeat_seconds = 3600
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await until(lambda: newest(district, ha="never"))
        await relay.post(heartbeat(service="on"))
        data = await until(lambda: newest(district, home=True))
        assert data["home"]["service"] == "on"


async def test_what_a_home_says_before_its_turn_is_told_at_once_and_all_of_it_together(
    make: Make, district: StandInDistrict
) -> None:
    district.heartbeat_seconds = 3600
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await relay.post(heartbeat(service="no_consent"))
        await until(lambda: newest(district, home=True))
        told = len(district.stand.heartbeats)
        await relay.post(event(2, "consent"))
        for _ in range(50):
            await relay.post(heartbeat(service="on"))
        await until(lambda: last_service(district) == "on")
        assert len(district.stand.heartbeats) - told <= 5


async def test_a_district_that_asked_for_a_pause_gets_it_whatever_the_home_says(
    make: Make, district: StandInDistrict
) -> None:
    district.heartbeat_seconds = 1
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await until(lambda: district.stand.heartbeats)
        district.busy_for_s = 300
        await relay.said("heartbeat_missed")
        for _ in range(50):
            await relay.post(heartbeat())
        missed = [line for line in relay.log() if line["what"] == "heartbeat_missed"]
        assert len(missed) == 1


async def test_a_heartbeat_says_what_should_have_arrived(
    make: Make, district: StandInDistrict
) -> None:
    district.heartbeat_seconds = 1
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await relay.post(event(41))
        data = await until(lambda: newest(district, seq=1))
        assert data["highwater"]["householdversion"] == 41
        assert data["highwater"]["epoch"] == (await relay.status())["highwater"]["epoch"]


async def test_a_home_that_never_came_comes_and_falls_silent_is_told_apart(
    make: Make, district: StandInDistrict
) -> None:
    district.heartbeat_seconds = 1
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await until(lambda: newest(district, ha="never"))
        await relay.post(heartbeat())
        await until(lambda: newest(district, ha="alive"))
        await until(lambda: newest(district, ha="silent"))


async def test_a_heartbeat_belongs_to_the_household_and_has_no_number(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    beat = await until(lambda: next(iter(district.stand.heartbeats), None))
    assert beat["subject"] == HOUSEHOLD
    assert "seq" not in beat
    assert beat["uptime"] > 0


async def test_the_home_is_told_the_districts_pace(make: Make, district: StandInDistrict) -> None:
    district.heartbeat_seconds = 77
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await relay.said("enrolled")
        await until(lambda: district.stand.heartbeats)
        assert (await relay.post(event(1)))[1]["heartbeat_seconds"] == 77
        assert (await relay.status())["heartbeat_seconds"] == 77


async def test_a_heartbeat_follows_at_once_when_the_district_is_back(
    make: Make, district: StandInDistrict
) -> None:
    district.heartbeat_seconds = 1
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await until(lambda: district.stand.heartbeats)
        district.busy_for_s = 300
        await relay.said("heartbeat_missed")
        beats = len(district.stand.heartbeats)
        district.busy_for_s = None
        await relay.post(event(1))
        # Long before the time at which it was asked to come again.
        await until(lambda: len(district.stand.heartbeats) > beats)


async def test_the_status_says_what_the_relay_is_connected_to_and_since_when(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await until(lambda: district.stand.heartbeats)
    [destination] = (await relay.status())["destinations"]
    assert (destination["id"], destination["connected"]) == ("seodaemun", True)
    assert datetime.fromisoformat(destination["since"]).year >= 2026

    await district.close()
    await relay.post(event(1))
    await relay.said("not_connected")
    [destination] = (await relay.status())["destinations"]
    assert not destination["connected"]


async def test_a_signed_time_is_kept_beside_the_clock_and_never_sets_it(
    make: Make, district: StandInDistrict
) -> None:
    district.clock_ahead = timedelta(days=3650)
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await until(lambda: district.stand.heartbeats)
        status = await relay.status()
    assert abs(status["clock_offset_s"] - 3650 * 86400) < 60
    assert status["now"].startswith("2036")


def newest(district: StandInDistrict, **wanted: Any) -> dict[str, Any] | None:
    """The newest heartbeat's data, if it says what is wanted."""
    if not district.stand.heartbeats:
        return None
    data: dict[str, Any] = district.stand.heartbeats[-1]["data"]
    facts = data | {"seq": data["highwater"]["seq"], "home": data["home"] is not None}
    return data if all(facts[name] == value for name, value in wanted.items()) else None


def last_service(district: StandInDistrict) -> object:
    home: dict[str, Any] = district.stand.heartbeats[-1]["data"]["home"]
    return home["service"]


async def test_a_way_that_takes_heartbeats_and_no_alerts_makes_no_storm(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    tried = 0

    def takes_none(tokens: list[str]) -> web.StreamResponse:
        nonlocal tried
        tried += 1
        return problem(503, "unavailable")

    district.lie = takes_none
    await until(lambda: district.stand.heartbeats)
    await relay.post(event(1))
    await until(lambda: tried >= 3)
    assert len(district.stand.heartbeats) <= 2
