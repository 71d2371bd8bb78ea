from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import pytest

from anshim_relay import CONTRACT
from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.keys import jwk, payload_of, sign, thumbprint
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, KIT, NAME, StandInDistrict, now_text


async def test_the_proof_shows_the_code_without_saying_it(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    [asked] = district.enrolments
    payload = payload_of(asked["proof"])
    assert asked["contract"] == CONTRACT
    assert payload["instance"] == asked["instance"]
    assert CODE not in str(payload)
    status = await relay.status()
    assert (status["kit"], status["household"]) == (KIT, district.household)


async def test_an_enrolled_kit_does_not_ask_again(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await until(lambda: district.stand.hellos)
    await relay.restart()
    await until(lambda: len(district.stand.hellos) > 1)
    assert len(district.enrolments) == 1


async def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    make: Make, district: StandInDistrict
) -> None:
    district.loses_enrolment_answers = 1
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await relay.said("enrolled")
        first, second = district.enrolments
        assert (await relay.status())["kit"] == KIT
    assert first["instance"] == second["instance"]


@pytest.mark.parametrize("lowered", [CODE.lower(), CODE.replace("-", " ")])
async def test_a_code_may_be_typed_as_people_type(
    make: Make, district: StandInDistrict, lowered: str
) -> None:
    async with make(district_url=district.url, enrolment_code=lowered) as relay:
        await relay.said("enrolled")


async def test_the_text_of_the_qr_code_is_enough(make: Make, district: StandInDistrict) -> None:
    key = thumbprint(jwk(district.current))
    async with make(enrolment_code=f"anshim:enrol?u={district.url}&c={CODE}&k={key}") as relay:
        await relay.said("enrolled")


async def test_a_district_with_another_key_than_the_paper_is_not_believed(
    make: Make, district: StandInDistrict
) -> None:
    other = thumbprint(jwk(Ed25519PrivateKey.generate()))
    async with make(district_url=district.url, enrolment_code=CODE, district_key=other) as relay:
        stopped = await relay.said("enrolment_stopped")
        assert stopped["code"] == "district-key-differs"
        status = await relay.status()
        assert status["kit"] is None
        assert status["destinations"][0]["reason"] == "enrolment-district-key-differs"


async def test_a_code_that_the_district_does_not_know_is_said_and_events_are_still_kept(
    make: Make, district: StandInDistrict
) -> None:
    district.code = None
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        assert (await relay.said("enrolment_stopped"))["code"] == "code-unknown"
        assert (await relay.post(event(1)))[0] == 202


async def test_a_new_successor_is_pinned_when_the_current_key_says_so(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    """And the old successor is believed no more."""
    await relay.end()
    later = Ed25519PrivateKey.generate()
    district.keys_document = keys(district.current, [district.current, later])
    await relay.start()
    await relay.said("keys_pinned")

    district.send_down(key=district.successor)
    good = district.send_down(key=later)
    answer = await relay.downlink()
    assert [message["event"]["id"] for message in answer["messages"]] == [good]


async def test_the_successor_takes_over_by_its_own_word(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await relay.end()
    later = Ed25519PrivateKey.generate()
    before, district.current = district.current, district.successor
    district.keys_document = keys(district.successor, [district.successor, later])
    await relay.start()
    await relay.said("keys_pinned")

    district.send_down(key=before)
    good = district.send_down(key=district.successor)
    answer = await relay.downlink()
    assert [message["event"]["id"] for message in answer["messages"]] == [good]


@pytest.mark.parametrize("liar", ["stranger", "speaks_for_another", "other_district"])
async def test_keys_that_nobody_pinned_announced_are_not_pinned(
    relay: RelayProcess, district: StandInDistrict, liar: str
) -> None:
    await relay.end()
    stranger = Ed25519PrivateKey.generate()
    district.keys_document = {
        "stranger": keys(stranger, [stranger, stranger]),
        "speaks_for_another": keys(district.current, [stranger, stranger]),
        "other_district": keys(district.current, [district.current, stranger], name="jongno"),
    }[liar]
    await relay.start()
    await relay.said("keys_not_believed")

    district.send_down(key=stranger)
    good = district.send_down()
    answer = await relay.downlink()
    assert [message["event"]["id"] for message in answer["messages"]] == [good]


def keys(signer: Ed25519PrivateKey, pair: list[Ed25519PrivateKey], name: str = NAME) -> str:
    payload = {"id": name, "keys": [jwk(key) for key in pair], "now": now_text()}
    return sign(payload, signer, "anshim-keys+jws")
