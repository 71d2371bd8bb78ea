"""What Prometheus reads of a relay: figures in its text format, and nobody's name."""

import asyncio

import aiohttp
import pytest

from tests.prometheus import KIND, figures_in
from tests.relay.conftest import Make
from tests.relay.support.control_centre import ControlCentre
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess
from tests.relay.support.stand_in_district import CODE, KIT, NAME, StandInDistrict

PREFIX = "anshim_relay_"


async def scraped(relay: RelayProcess, token: str | None = None) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as http:
        headers = {"Authorization": f"Bearer {token or relay.token}"}
        url = f"http://127.0.0.1:{relay.port}/metrics"
        async with http.get(url, headers=headers) as answer:
            return answer.status, answer.headers["Content-Type"], await answer.text()


async def figures(relay: RelayProcess) -> dict[str, float]:
    status, kind, text = await scraped(relay)
    assert (status, kind) == (200, KIND)
    return figures_in(text, PREFIX)


async def test_what_waits_and_what_arrived_is_counted_by_destination_kind_and_way(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await relay.post(event(1, "knock"))
    await relay.nothing_waits()
    before = await figures(relay)
    way = '{destination="district",carrier="https"}'
    assert before[f"delivered_total{way}"] == 1
    assert before[f"connected{way}"] == 1
    assert before['queue_events{destination="district",priority="alert",kind=""}'] == 0
    assert before['queue_oldest_seconds{destination="district"}'] == 0
    assert before["heartbeats_answered_total"] >= 1
    assert before['home_state{state="alive"}'] == 1

    await district.close()
    await relay.post([event(2, "visit"), event(3, "visit"), event(4, "emergency")])
    await relay.post(event(5, type="kr.anshim.knock.weather.v2"))
    async with asyncio.timeout(20):
        after = await figures(relay)
        while not after[f"failures_total{way}"]:
            await asyncio.sleep(0.05)
            after = await figures(relay)
    waiting = {k: v for k, v in after.items() if k.startswith("queue_events") and v}
    assert waiting == {
        'queue_events{destination="district",priority="emergency",kind="emergency"}': 1,
        'queue_events{destination="district",priority="alert",kind="visit"}': 2,
        'queue_events{destination="district",priority="alert",kind="weather.v2"}': 1,
    }
    assert after[f"connected{way}"] == 0


async def test_each_commit_of_the_disk_is_in_the_histogram(relay: RelayProcess) -> None:
    before = await figures(relay)
    await relay.post(event(1))
    await relay.nothing_waits()
    after = await figures(relay)
    # Kept, and marked as delivered; what only reads is none.
    assert after["commit_seconds_count"] >= before["commit_seconds_count"] + 2
    assert (await figures(relay))["commit_seconds_count"] == after["commit_seconds_count"]
    buckets = [value for key, value in after.items() if key.startswith("commit_seconds_bucket")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == after["commit_seconds_count"]
    assert after["commit_seconds_sum"] > before["commit_seconds_sum"]


async def test_nobodys_name_is_in_it(district: StandInDistrict, make: Make) -> None:
    async with ControlCentre(None) as centre:
        options = centre.options
        async with make(district_url=district.url, enrolment_code=CODE, **options) as relay:
            await relay.said("enrolled")
            await relay.post(event(1, "emergency"))
            await relay.nothing_waits()
            _, _, text = await scraped(relay)
    assert 'destination="centre",carrier="dc09"' in text
    for name in (KIT, district.household, NAME, "12AB", "h-", "k-"):
        assert name not in text


@pytest.mark.parametrize("token", ["wrong-token", "x"])
async def test_without_the_token_nothing_is_told(relay: RelayProcess, token: str) -> None:
    assert (await scraped(relay, token))[0] == 401
