"""A control centre beside the district, spoken to in DC-09: a real receiver takes every frame."""

from collections.abc import AsyncIterator

import pytest

from anshim_relay.dc09.frames import crc16
from tests.relay.conftest import Make
from tests.relay.support.control_centre import KEY, ControlCentre
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict

NEVER_ON_DUTY = [{"days": "every", "from": "00:00", "to": "00:01", "kinds": "drill"}]


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
async def centre(request: pytest.FixtureRequest) -> AsyncIterator[ControlCentre]:
    async with ControlCentre(request.param) as centre:
        yield centre


@pytest.fixture
async def relay(district: StandInDistrict, centre: ControlCentre, make: Make) -> RelayProcess:
    relay = make(district_url=district.url, enrolment_code=CODE, **centre.options)
    await relay.start()
    await relay.said("enrolled")
    return relay


async def waiting(relay: RelayProcess) -> dict[str, int]:
    return {d["id"]: d["waiting"] for d in (await relay.status())["destinations"]}


async def centre_has_all(relay: RelayProcess) -> None:
    async def owed() -> int:
        return (await waiting(relay))["centre"]

    while await owed():
        pass


def reply(word: str) -> bytes:
    content = f'"{word}"0000R0L0A0[]'.encode()
    return b"\n%04X%04X%s\r" % (crc16(content), len(content), content)


async def test_both_are_told_and_each_answers_for_itself(
    relay: RelayProcess, district: StandInDistrict, centre: ControlCentre
) -> None:
    await relay.post([event(1, "knock"), event(2, "emergency"), event(3, "quiet")])
    await relay.nothing_waits()
    await centre_has_all(relay)

    assert sorted(centre.codes) == ["NA", "QA"]
    assert len(district.stand.durable) == 3


async def test_an_ack_of_the_centre_says_nothing_about_the_district(
    relay: RelayProcess, district: StandInDistrict, centre: ControlCentre
) -> None:
    await district.close()
    await relay.post(event(1, "emergency"))
    await until(lambda: "QA" in centre.codes)
    await centre_has_all(relay)
    assert list((await waiting(relay)).values()) == [1, 0]

    await district.open()
    await relay.nothing_waits()
    assert list(district.stand.durable) == [event(1, "emergency")["id"]]


async def test_a_centre_that_is_away_gets_it_when_it_is_back_with_the_time_of_sending(
    relay: RelayProcess, centre: ControlCentre
) -> None:
    await centre.close()
    await relay.post(event(1, "visit", time="2026-01-01T00:00:00Z"))
    await relay.nothing_waits()
    assert (await waiting(relay))["centre"] == 1

    await centre.open()
    await centre_has_all(relay)
    # The receiver refuses what is stamped more than seconds ago.
    assert centre.codes == ["NA"]


@pytest.mark.parametrize("word", ["NAK", "DUH"])
async def test_a_refusal_is_tried_again_and_holds_back_nothing_else(
    relay: RelayProcess, centre: ControlCentre, word: str
) -> None:
    refused: list[bytes] = []

    def refuse(sent: bytes) -> bytes | None:
        if b"NULL" in sent or len(refused) >= 2:
            return None
        refused.append(sent)
        return reply(word)

    centre.misbehave = refuse
    await relay.post(event(1, "emergency"))
    await until(lambda: len(refused) == 2)
    await centre_has_all(relay)
    assert centre.codes == ["QA"]


async def test_a_repeat_has_the_number_of_the_first(
    relay: RelayProcess, centre: ControlCentre
) -> None:
    def garble_once(sent: bytes) -> bytes | None:
        alarms = [f for f in centre.frames if b"SIA-DCS" in f]
        return b"\n0000nonsense\r" if alarms == [sent] else None

    centre.misbehave = garble_once
    await relay.post(event(1, "emergency"))
    await until(lambda: centre.codes == ["QA"])
    numbers = {f.split(b'"')[2][:4] for f in centre.frames if b"SIA-DCS" in f}
    assert len(numbers) == 1


async def test_a_receiver_that_hangs_up_after_each_answer_is_told_everything_at_once(
    relay: RelayProcess, centre: ControlCentre
) -> None:
    centre.hangs_up = True
    for version, kind in enumerate(["knock", "visit", "emergency", "resolved"], start=1):
        await relay.post(event(version, kind))
        await centre_has_all(relay)
    assert centre.codes == ["NA", "NA", "QA", "NS"]
    lost = [line for line in relay.log() if line["what"] == "not_connected"]
    assert [line["reason"] for line in lost if line["destination"] == "centre"] == []


async def test_out_of_hours_the_district_alone_is_told(
    relay: RelayProcess, centre: ControlCentre, district: StandInDistrict
) -> None:
    await relay.end()
    relay.options["centre_hours"] = NEVER_ON_DUTY
    await relay.start()
    await relay.post([event(1, "knock"), event(2, "emergency")])
    await relay.nothing_waits()
    await centre_has_all(relay)
    assert centre.codes == []
    assert len(district.stand.durable) == 2


async def test_what_was_owed_to_a_centre_that_is_taken_out_is_owed_no_more(
    relay: RelayProcess, centre: ControlCentre
) -> None:
    await centre.close()
    await relay.post(event(1, "knock"))
    await relay.nothing_waits()
    await relay.end()
    for name in centre.options:
        del relay.options[name]
    await relay.start()
    assert len((await relay.status())["destinations"]) == 1
    await relay.post(event(2, "knock"))
    await relay.nothing_waits()
    relay.options |= centre.options
    await relay.restart()
    assert (await waiting(relay))["centre"] == 0


async def test_with_another_key_nothing_counts_as_told(
    district: StandInDistrict, make: Make
) -> None:
    async with ControlCentre(KEY) as centre:
        wrong = centre.options | {"centre_key": "F" * 16}
        relay = make(district_url=district.url, enrolment_code=CODE, **wrong)
        await relay.start()
        await relay.post(event(1, "emergency"))
        await until(lambda: [f for f in centre.frames if b"SIA-DCS" in f])
        await relay.nothing_waits()
        await until(lambda: len([f for f in centre.frames if b"SIA-DCS" in f]) > 1)
        status = (await relay.status())["destinations"][1]
        assert (status["waiting"], status["connected"]) == (1, False)
        assert centre.codes == []


async def test_supervision_shows_that_the_centre_hears_us(
    relay: RelayProcess, centre: ControlCentre
) -> None:
    await until(lambda: [f for f in centre.frames if b"NULL" in f])

    async def connected() -> bool:
        found: bool = (await relay.status())["destinations"][1]["connected"]
        return found

    while not await connected():
        pass
