"""The program as a person or a container starts it, its health check, a board without a clock."""

import asyncio
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import resource
import subprocess

import pytest

from anshim_relay import health, intake_token, options
from tests.relay.conftest import Make
from tests.relay.support.authority import Authority
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict

APP = Path(__file__).parents[2] / "addon" / "relay"
HEALTH_EVERY_S = 60.0
LOST_CLOCK = {"FAKETIME": "@1970-01-01 00:02:00", "DONT_FAKE_MONOTONIC": "1"}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


async def cold(relay: RelayProcess, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    process = relay.launch_cold(environment)
    await relay.connect()
    return process


async def test_started_as_a_program_it_keeps_answers_and_stops_with_nought(make: Make) -> None:
    relay = make()
    process = await cold(relay, {})
    assert (await relay.post(event(1)))[0] == 202
    relay.ask_to_end()
    assert await asyncio.to_thread(process.wait, 10) == 0


async def test_the_health_check_tells_a_living_relay_from_a_dead_one(make: Make) -> None:
    relay = make(intake_token="")
    await relay.start()
    relay.options["listen_port"] = relay.port
    assert await asyncio.to_thread(relay.check_health) == 0
    await relay.end()
    assert await asyncio.to_thread(relay.check_health) == 1


async def test_the_health_check_costs_less_than_a_relay_that_does_nothing_may(make: Make) -> None:
    """It runs once a minute for years; what the relay itself loads costs several times as much."""
    async with make(intake_token="") as relay:
        relay.options["listen_port"] = relay.port
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert await asyncio.to_thread(relay.check_health) == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert took_s <= 0.002 * HEALTH_EVERY_S


def test_the_health_check_reads_what_the_relay_reads() -> None:
    assert (health.PORT, health.TOKEN_FILE) == (options.PORT, intake_token.FILE)
    dockerfile = (APP / "Dockerfile").read_text(encoding="utf-8")
    assert f"--interval={HEALTH_EVERY_S:.0f}s" in dockerfile


async def test_a_health_check_is_no_sign_of_a_living_home(
    make: Make, district: StandInDistrict
) -> None:
    district.heartbeat_seconds = 1
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await relay.status()
        beats = len(district.stand.heartbeats)
        await until(lambda: len(district.stand.heartbeats) > beats)
    assert district.stand.heartbeats[-1]["data"]["ha"] == "never"


async def test_a_board_whose_clock_says_1970_still_delivers_over_tls(
    make: Make, authority: Authority
) -> None:
    """Its events carry no time, its certificates are not judged by date, and it learns the time."""
    district = StandInDistrict()
    await district.open(tls=authority.server())
    relay = make(district_url=district.url, enrolment_code=CODE, district_ca=str(authority.file))
    process = await cold(relay, LOST_CLOCK | {"LD_PRELOAD": os.environ["ANSHIM_FAKETIME"]})
    try:
        timeless = event(1)
        del timeless["time"]
        assert (await relay.post(timeless))[0] == 202
        await until(lambda: district.stand.durable and district.stand.heartbeats)
        assert "time" not in district.stand.hellos[0]
        assert district.stand.hellos[0]["uptime"] > 0
        status = await relay.status()
        assert not status["clock_set"]
        told = datetime.fromisoformat(status["now"])
        assert abs(datetime.now(UTC) - told) < timedelta(minutes=2)
    finally:
        relay.ask_to_end()
        await asyncio.to_thread(process.wait, 10)
        await district.close()


async def enrolled(make: Make, authority: Authority) -> tuple[StandInDistrict, RelayProcess]:
    """A kit that was enrolled while its clock was right, and is off."""
    district = StandInDistrict()
    await district.open(tls=authority.server())
    relay = make(district_url=district.url, enrolment_code=CODE, district_ca=str(authority.file))
    await relay.start()
    await relay.said("enrolled")
    await relay.end()
    return district, relay


@pytest.mark.parametrize("wrong", ["+3650d", "-250d"], ids=["ahead", "behind"])
async def test_a_clock_that_is_wrong_but_plausible_is_put_right_by_the_district(
    make: Make, authority: Authority, wrong: str
) -> None:
    """Its own certificate looks expired, or not yet good: only a signed time tells which is so."""
    district, relay = await enrolled(make, authority)
    clock = {"FAKETIME": wrong, "DONT_FAKE_MONOTONIC": "1"}
    process = await cold(relay, clock | {"LD_PRELOAD": os.environ["ANSHIM_FAKETIME"]})
    try:
        assert (await relay.post(event(1, "emergency")))[0] == 202
        await until(lambda: district.stand.durable)
        await relay.said("certificate_dates")
        told = datetime.fromisoformat((await relay.status())["now"])
        assert abs(datetime.now(UTC) - told) < timedelta(minutes=2)
    finally:
        relay.ask_to_end()
        await asyncio.to_thread(process.wait, 10)
        await district.close()


async def test_a_kit_whose_clock_has_fallen_back_ten_years_is_heard_and_told_the_time(
    make: Make, authority: Authority
) -> None:
    """Older than this program: nobody knows the time, so nothing is judged by it, or dated."""
    district, relay = await enrolled(make, authority)
    clock = {"FAKETIME": "-3650d", "DONT_FAKE_MONOTONIC": "1"}
    process = await cold(relay, clock | {"LD_PRELOAD": os.environ["ANSHIM_FAKETIME"]})
    try:
        assert (await relay.post([event(1), event(2, "emergency")]))[0] == 202
        await relay.nothing_waits()
        await relay.said("time_told")
        status = await relay.status()
        assert not status["clock_set"]
        told = datetime.fromisoformat(status["now"])
        assert abs(datetime.now(UTC) - told) < timedelta(minutes=2)
    finally:
        relay.ask_to_end()
        await asyncio.to_thread(process.wait, 10)
        await district.close()


async def test_a_certificate_that_has_really_expired_gets_nothing_but_a_hello(
    make: Make, tmp_path: Path
) -> None:
    sound, expired = (
        Authority(tmp_path / "a"),
        Authority(tmp_path / "b", good_for=-timedelta(days=2)),
    )
    district = StandInDistrict()
    await district.open(tls=sound.server())
    both = tmp_path / "both.pem"
    both.write_bytes(sound.file.read_bytes() + expired.file.read_bytes())
    relay = make(district_url=district.url, enrolment_code=CODE, district_ca=str(both))
    await relay.start()
    await relay.said("enrolled")
    await relay.end()
    await district.close()
    await district.open(tls=expired.server())
    hellos, beats = len(district.stand.hellos), len(district.stand.heartbeats)
    await relay.start()
    await relay.post(event(1, "emergency"))
    await relay.said("certificate_dates")
    await relay.said("heartbeat_missed")
    await district.close()
    assert len(district.stand.hellos) == hellos + 1
    assert len(district.stand.heartbeats) == beats
    assert not district.asked
    reasons = {line["reason"] for line in relay.log() if line["what"] == "heartbeat_missed"}
    assert reasons == {"certificate-dates"}


async def test_a_certificate_of_a_stranger_is_never_believed(
    make: Make, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger")
    district = StandInDistrict()
    await district.open(tls=stranger.server())
    async with make(
        district_url=district.url, enrolment_code=CODE, district_ca=str(authority.file)
    ) as relay:
        missed = await relay.said("not_connected")
    await district.close()
    assert "Certificate" in missed["reason"]
    assert not district.enrolments
