import asyncio
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import pytest

from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import KIT, StandInDistrict, now_text

STRANGER = Ed25519PrivateKey.generate()


async def test_a_receipt_comes_down_once_and_again_to_a_home_that_was_restored(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    id_ = district.send_down()
    answer = await relay.downlink()

    [message] = answer["messages"]
    assert message["event"]["id"] == id_
    assert message["event"]["kit"] == KIT
    assert answer["latest"] == message["n"]
    assert (await relay.downlink(after=message["n"], wait=0))["messages"] == []
    assert (await relay.downlink(after=0, wait=0))["messages"] == [message]


async def test_a_waiting_home_hears_at_once(relay: RelayProcess, district: StandInDistrict) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(relay.downlink(wait=30))
        await relay.status()
        district.send_down()
    assert len(poll.result()["messages"]) == 1


async def test_what_is_not_acknowledged_survives_kill_nine(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    ids = [district.send_down(), district.send_down()]
    await until(lambda: district.acknowledged == 2)
    await relay.kill()
    await relay.start()

    answer = await relay.downlink()
    assert [message["event"]["id"] for message in answer["messages"]] == ids


async def test_the_district_hears_of_it_only_after_it_is_on_the_disk(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    district.send_down()
    await until(lambda: district.acknowledged == 1)
    assert len((await relay.downlink(wait=0))["messages"]) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"key": STRANGER},
        {"typ": "anshim-event+jws"},
        {"kit": "k-another01"},
        {"subject": "h-another01"},
        {"expires": now_text(timedelta(hours=-1))},
        {"expires": "soon"},
        {"expires": None},
        {"counter": "9"},
        {"counter": 2**63},
        {"expires": "0001-01-01T00:00:00+23:00"},
    ],
    ids="-".join,
)
async def test_what_cannot_be_verified_is_dropped_counted_and_reported(
    relay: RelayProcess, district: StandInDistrict, forged: dict[str, Any]
) -> None:
    district.send_down(**forged)
    good = district.send_down()
    answer = await relay.downlink()

    assert [message["event"]["id"] for message in answer["messages"]] == [good]
    assert (await relay.status())["refused_down"] == 1


async def test_a_replay_is_dropped(relay: RelayProcess, district: StandInDistrict) -> None:
    district.send_down()
    first = await relay.downlink()
    old = district.down[0][1]
    district.down.append((2, old))
    good = district.send_down(place=3)

    answer = await relay.downlink(after=first["latest"])
    assert [message["event"]["id"] for message in answer["messages"]] == [good]
    assert (await relay.status())["refused_down"] == 1


async def test_refusals_are_in_the_next_heartbeat_and_only_there(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    district.heartbeat_seconds = 1
    await relay.restart()
    # Behind what is good it is not asked for again, and is refused once.
    district.send_down(key=STRANGER)
    district.send_down()
    await until(lambda: any(refused(district)))
    beats = len(district.stand.heartbeats)
    await until(lambda: len(district.stand.heartbeats) >= beats + 2)
    assert [count for count in refused(district) if count] == [1]


def refused(district: StandInDistrict) -> list[int]:
    """What each heartbeat says of it."""
    return [beat["data"]["refused_down"] for beat in district.stand.heartbeats]


async def test_a_home_that_remembers_a_lost_outbox_misses_nothing(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    id_ = district.send_down()
    [message] = (await relay.downlink())["messages"]
    ahead = message["n"] + 1000

    answer = await relay.downlink(after=ahead)
    assert [m["event"]["id"] for m in answer["messages"]] == [id_]
    assert answer["messages"][0]["n"] > ahead


async def test_a_session_that_the_district_forgot_is_renewed(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await until(lambda: district.tokens)
    district.tokens.clear()
    await district.close()
    await district.open()
    district.send_down()

    assert len((await relay.downlink(wait=30))["messages"]) == 1
    assert len(district.stand.hellos) >= 2
