"""What a control centre said long ago, or does not say at all, ends no debt."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
import re

import orjson
import pytest

from anshim_relay.carriers.dc09 import Dc09Carrier
from anshim_relay.centre import centre_from
from anshim_relay.dc09.frames import crc16, sealed
from anshim_relay.district import AwayError
from anshim_relay.envelope import Priority
from anshim_relay.identity import fresh
from anshim_relay.link import Link
from anshim_relay.outbox.owing import Owed
from anshim_relay.seal import Seal
from anshim_relay.timekeeper import Timekeeper
from tests.relay.conftest import Make
from tests.relay.support.control_centre import ACCOUNT, KEY, ControlCentre
from tests.relay.support.events import event
from tests.relay.support.process import until
from tests.relay.support.stand_in_district import CODE, StandInDistrict

A_DAY = timedelta(days=1)


def recorded(sent: bytes, at: datetime) -> bytes:
    """An ACK that fits this frame, made by the centre's own key at that time."""
    found = re.search(rb'"\*?[A-Z-]+"([0-9]{4})', sent)
    assert found is not None
    rest = sealed(f"]_{at:%H:%M:%S,%m-%d-%Y}", KEY.encode())
    content = f'"*ACK"{found[1].decode()}R1L0#{ACCOUNT}[{rest}'.encode()
    return b"\n%04X%04X%s\r" % (crc16(content), len(content), content)


def is_event(sent: bytes) -> bool:
    return b"SIA-DCS" in sent


@pytest.fixture
async def centre() -> AsyncIterator[ControlCentre]:
    async with ControlCentre(KEY) as centre:
        yield centre


async def test_an_ack_that_somebody_recorded_yesterday_is_no_ack(
    district: StandInDistrict, centre: ControlCentre, make: Make
) -> None:
    yesterday = datetime.now(UTC) - A_DAY
    centre.misbehave = lambda sent: recorded(sent, yesterday) if is_event(sent) else None
    async with make(district_url=district.url, enrolment_code=CODE, **centre.options) as relay:
        await relay.said("enrolled")
        await relay.post(event(1, "emergency"))
        await relay.said("dc09_stale")
        assert (await relay.status())["destinations"][1]["waiting"] == 1
        centre.misbehave = lambda _: None
        await until(lambda: "QA" in centre.codes)
        while (await relay.status())["destinations"][1]["waiting"]:
            pass


async def test_a_centre_whose_clock_is_a_day_behind_is_believed_all_the_same(
    district: StandInDistrict, centre: ControlCentre, make: Make
) -> None:
    centre.misbehave = lambda sent: recorded(sent, datetime.now(UTC) - A_DAY)
    async with make(district_url=district.url, enrolment_code=CODE, **centre.options) as relay:
        await relay.said("enrolled")
        await until(lambda: centre.frames)
        await relay.post(event(1, "emergency"))
        while (await relay.status())["destinations"][1]["waiting"]:
            pass


@pytest.fixture
def owed() -> Owed:
    content = orjson.dumps(event(1, "emergency"))
    signed = Seal(kit="k-testkit01", key=fresh().key).stamp(content, epoch="e", seq=1)
    return Owed(
        row=1, id="h-testhome1.1.emergency", priority=Priority.EMERGENCY, place=0,
        kit="k-testkit01", jws=signed.jws, digest=signed.digest,
    )  # fmt: skip


async def test_a_centre_that_says_nothing_is_not_waited_for_and_hears_the_same_number_again(
    centre: ControlCentre, owed: Owed
) -> None:
    options = centre_from(centre.options)
    assert options is not None
    carrier = Dc09Carrier(options, Link("centre"), Timekeeper(), patience_s=0.3)
    tries = count()
    # Swallowed: an answer of no bytes is none.
    centre.misbehave = lambda _: b"" if next(tries) == 0 else None
    with pytest.raises(AwayError, match="timeout"):
        await carrier.carry([owed], urgent=True)
    verdicts = await carrier.carry([owed], urgent=True)
    assert verdicts[1].delivered
    numbers = [re.search(rb'"([0-9]{4})R', sent) for sent in centre.frames]
    assert len({found[1] for found in numbers if found}) == 1
    assert len(numbers) == 2
    assert centre.codes == ["QA"]
