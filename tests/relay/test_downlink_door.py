"""Nothing that comes down is believed but what the district signed for this kit, this home, now."""

from datetime import UTC, datetime, timedelta
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings, strategies as st
import pytest

from anshim_relay.downlink import NotForUsError, verified
from anshim_relay.identity import Enrolment, Pinned
from tests.relay.support.keys import sign
from tests.relay.support.stand_in_district import HOUSEHOLD, KIT, NAME

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
CURRENT, SUCCESSOR, STRANGER = (Ed25519PrivateKey.generate() for _ in range(3))
PINNED = Pinned(district=NAME, current=CURRENT.public_key(), successor=SUCCESSOR.public_key())
ENROLMENT = Enrolment(
    kit=KIT, household=HOUSEHOLD, code_sha256="x", pinned=PINNED, heartbeat_seconds=300
)
COUNTER = 7
TYP = "anshim-down+jws"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def at(after: timedelta) -> str:
    return (NOW + after).strftime("%Y-%m-%dT%H:%M:%SZ")


def life(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{NAME}.1",
        "source": f"urn:anshim:district:{NAME}",
        "subject": HOUSEHOLD,
        "type": "kr.anshim.knock.life.v1",
        "time": at(timedelta()),
        "datacontenttype": "application/json",
        "kit": KIT,
        "caseid": "c-1",
        "counter": COUNTER + 1,
        "expires": at(timedelta(hours=1)),
        "data": {"sign": at(timedelta())},
    } | changes


def is_believed(token: Any) -> bool:
    try:
        return not verified(token, ENROLMENT, COUNTER, NOW).late
    except NotForUsError:
        return False


@pytest.mark.parametrize("key", [CURRENT, SUCCESSOR], ids=["current", "successor"])
def test_what_a_pinned_key_signed_for_us_is_believed(key: Ed25519PrivateKey) -> None:
    assert is_believed(sign(life(), key, TYP))


@pytest.mark.parametrize(
    "changes",
    [
        {"kit": "k-another01"},
        {"subject": "h-another001"},
        {"counter": COUNTER},
        {"counter": True},
        {"counter": "9"},
        {"counter": 8.5},
        {"counter": 2**31},
        {"counter": 2**64 - 1},
        {"expires": at(timedelta(seconds=-1))},
        {"expires": None},
        {"expires": "soon"},
    ],
    ids=str,
)
def test_a_foreign_stale_or_endless_word_is_not(changes: dict[str, Any]) -> None:
    assert not is_believed(sign(life(**changes), CURRENT, TYP))


def test_a_strangers_word_and_a_word_of_another_sort_are_not() -> None:
    assert not is_believed(sign(life(), STRANGER, TYP))
    assert not is_believed(sign(life(), CURRENT, "anshim-ack+jws"))
    assert not is_believed(sign(life(), CURRENT, TYP, alg="none"))


GENUINE = sign(life(), CURRENT, TYP)


@settings(max_examples=500, deadline=None)
@given(at=st.integers(0, len(GENUINE) - 1), letter=st.characters(max_codepoint=0x2FF))
def test_no_single_letter_may_be_changed(at: int, letter: str) -> None:
    """The last letters of base64 hold bits that say nothing: what reads the same is the same."""
    changed = GENUINE[:at] + letter + GENUINE[at + 1 :]
    if is_believed(changed):
        assert verified(changed, ENROLMENT, COUNTER, NOW) == verified(
            GENUINE, ENROLMENT, COUNTER, NOW
        )


@settings(max_examples=500, deadline=None)
@given(token=JSON | st.text().map(lambda text: f"{text}.{text}.{text}"))
def test_nothing_unsigned_is_believed_and_nothing_breaks(token: Any) -> None:
    assert not is_believed(token)


@settings(max_examples=300, deadline=None)
@given(payload=JSON, key=st.sampled_from([CURRENT, STRANGER]))
def test_even_a_district_gone_mad_breaks_nothing(payload: Any, key: Ed25519PrivateKey) -> None:
    assert not is_believed(sign(payload, key, TYP))


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(life())), value=JSON)
def test_a_member_gone_mad_breaks_nothing(name: str, value: Any) -> None:
    token = sign(life(**{name: value}), CURRENT, TYP)
    if is_believed(token):
        event = json.loads(verified(token, ENROLMENT, COUNTER, NOW).down.event)
        assert (event["kit"], event["subject"]) == (KIT, HOUSEHOLD)
        assert event["counter"] > COUNTER
