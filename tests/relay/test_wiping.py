"""A kit goes to another resident: nothing of the last one may go with it."""

import asyncio
import subprocess

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess
from tests.relay.support.stand_in_district import CODE, StandInDistrict


async def wiped(relay: RelayProcess, *more: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(relay.run, "--wipe", *more)


async def test_a_wiped_kit_has_another_key_and_none_of_the_old_messages(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await relay.post(event(1))
    await relay.nothing_waits()
    before = (relay.data / "identity.json").read_bytes()
    await relay.end()
    assert (await wiped(relay)).returncode == 0
    assert not (relay.data / "outbox.db").exists()
    relay.options["enrolment_code"] = ""
    await relay.start()
    assert (await relay.status())["kit"] is None
    assert (await relay.status())["highwater"]["householdversion"] == 0
    assert (relay.data / "identity.json").read_bytes() != before
    assert district.kit_key is not None


async def test_what_is_not_delivered_yet_is_not_thrown_away_unasked(make: Make) -> None:
    relay = make(enrolment_code=CODE)
    await relay.start()
    await relay.post(event(1, "emergency"))
    await relay.end()
    refused = await wiped(relay)
    assert refused.returncode == 2
    assert "1 messages are not delivered yet" in refused.stderr
    assert (relay.data / "outbox.db").exists()
    assert (await wiped(relay, "--even-unsent")).returncode == 0
    assert not (relay.data / "outbox.db").exists()
