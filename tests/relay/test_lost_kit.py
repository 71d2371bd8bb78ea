"""A relay that is said to be lost; which refusals it believes, the contract's vectors show."""

from collections.abc import AsyncIterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.keys import sign
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, KIT, StandInDistrict, now_text


@pytest.fixture
async def relay(make: Make, district: StandInDistrict) -> AsyncIterator[RelayProcess]:
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await until(lambda: district.stand.heartbeats)
        yield relay


def refusal(hello: dict[str, Any], key: Ed25519PrivateKey) -> str:
    said = {"kit": KIT, "hello": hello["id"], "reason": "kit_revoked"}
    times = {"since": now_text(), "now": now_text()}
    return sign(said | times, key, "anshim-refusal+jws")


async def refused(relay: RelayProcess) -> str | None:
    """What it says of the district once that has let none of its hellos in."""
    await relay.restart()
    await relay.said("heartbeat_missed")
    reason: str | None = (await relay.status())["destinations"][0]["reason"]
    return reason


async def test_only_the_pinned_district_takes_a_relay_out_of_service(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    stranger = Ed25519PrivateKey.generate()
    district.refuses_hello = lambda hello: refusal(hello, stranger)
    assert await refused(relay) == "kit-not-accepted"
    await relay.post(event(1))
    await relay.nothing_waits()

    district.refuses_hello = lambda hello: refusal(hello, district.current)
    assert await refused(relay) == "kit-revoked"


async def test_a_district_that_lets_a_lost_kit_in_again_has_forgotten_and_is_shown_its_word(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    """Whoever has been restored can judge it; whoever lets it in all the same is served."""
    said: list[str] = []

    def refuses(hello: dict[str, Any]) -> str:
        said.append(refusal(hello, district.current))
        return said[-1]

    district.refuses_hello = refuses
    for _ in range(2):
        assert await refused(relay) == "kit-revoked"
    district.refuses_hello = None
    greeted = len(district.stand.hellos)
    await relay.restart()
    hello = await until(lambda: district.stand.hellos[greeted:])
    # the first: another is not written down with every hello
    assert hello[0]["data"]["refusal"] == said[0]
    assert len(said) > 1
    await relay.said("kit_taken_again")
    await relay.post(event(1))
    await relay.nothing_waits()
    assert (await relay.status())["destinations"][0]["connected"]
