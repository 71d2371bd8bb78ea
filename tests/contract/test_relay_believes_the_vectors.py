from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import orjson
import pytest

from anshim_relay import jws
from anshim_relay.carriers.proof import verdicts
from anshim_relay.district import AwayError
from anshim_relay.downlink import NotForUsError, verified
from anshim_relay.enrolment import enrolment_from
from anshim_relay.envelope import Priority
from anshim_relay.invitation import Invitation
from anshim_relay.outbox.owing import Owed
from anshim_relay.revocation import is_refused
from anshim_relay.session import rotated_by, session_from

from .contract_files import EXAMPLES, Example, Json, read, refused
from .signing import KEYS
from .stranger import verdict
from .test_vectors import VECTORS

CODES = read(EXAMPLES / "signing" / "_codes.json")
ENROLMENT = enrolment_from(
    read(EXAMPLES / "accepted" / "enrolled" / "ordinary.json"),
    Invitation(code=CODES["typed"][0], district_key=CODES["qr_means"]["k"]),
)
REFUSALS = (AwayError, NotForUsError, jws.UntrustedError, ValueError, KeyError)


def acts_on_ack(vector: Json) -> bool:
    [sent] = vector["given"]["sent"]
    owed = Owed(row=1, priority=Priority.ALERT, place=1, kit=ENROLMENT.kit, jws="", **sent)
    return 1 in verdicts({"ack": vector["compact"]}, [owed], ENROLMENT.pinned)


def acts_on_session(vector: Json) -> bool:
    session = session_from({"session": vector["compact"]}, ENROLMENT, vector["given"]["hello"])
    return bool(session.token)


def acts_on_down(vector: Json) -> bool:
    given = vector["given"]
    now = None if given["now"] is None else datetime.fromisoformat(given["now"])
    return not verified(vector["compact"], ENROLMENT, given["counter"], now).late


def acts_on_refusal(vector: Json) -> bool:
    return is_refused(vector["compact"], ENROLMENT, vector["given"]["hello"])


def acts_on_keys(vector: Json) -> bool:
    return rotated_by(vector["compact"], ENROLMENT.pinned) != ENROLMENT.pinned


RECEIVERS: dict[str, Callable[[Json], bool]] = {
    jws.ACK: acts_on_ack,
    jws.SESSION: acts_on_session,
    jws.DOWN: acts_on_down,
    jws.KEYS: acts_on_keys,
    jws.REFUSAL: acts_on_refusal,
}
FOR_A_RELAY = [path for path in VECTORS if read(path)["expected_typ"] in RECEIVERS]


def acts_on(vector: Json) -> bool:
    try:
        return RECEIVERS[vector["expected_typ"]](vector)
    except REFUSALS:
        return False


@pytest.mark.parametrize("path", FOR_A_RELAY, ids=lambda path: path.stem)
def test_the_relay_acts_on_what_the_contract_accepts_and_on_nothing_else(path: Path) -> None:
    vector = read(path)
    assert acts_on(vector) == (vector["verdict"] == "accepted")


def test_what_the_relay_seals_a_stranger_believes_and_the_other_way_round() -> None:
    key = Ed25519PrivateKey.from_private_bytes(KEYS["kit"].seed)
    vector = read(EXAMPLES / "signing" / "event.json")
    sealed = jws.seal(vector["payload"].encode(), key, jws.EVENT)
    assert verdict({**vector, "compact": sealed}) is None
    assert jws.digest(jws.payload_of(sealed)) == vector["payload_sha256"]
    pinned = {KEYS["kit"].kid: key.public_key()}
    assert jws.unseal(vector["compact"], pinned, jws.EVENT) == orjson.loads(vector["payload"])


@pytest.mark.parametrize(
    "answer",
    [example for example in refused() if example.schema == "enrolled"],
    ids=lambda example: example.name,
)
def test_an_enrolment_that_the_contract_refuses_is_none(answer: Example) -> None:
    with pytest.raises(AwayError):
        enrolment_from(answer.content, Invitation(code=CODES["typed"][0]))


@pytest.mark.parametrize("typed", CODES["typed"])
def test_the_relay_reads_every_way_of_typing_the_code(typed: str) -> None:
    assert Invitation(code=typed).sha256 == CODES["code_sha256"]
