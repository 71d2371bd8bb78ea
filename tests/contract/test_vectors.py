import json
from pathlib import Path

import pytest

from .contract_files import EXAMPLES, accepted, faults, read
from .make_vectors import write_all
from .signing import KEYS, b64, compact_json, unb64
from .stranger import digest_of, verdict

SIGNING = EXAMPLES / "signing"
VECTORS = sorted(path for path in SIGNING.glob("*.json") if not path.stem.startswith("_"))
SCHEMA_OF = {
    "anshim-enrol+jws": "proof",
    "anshim-ack+jws": "ack",
    "anshim-session+jws": "session",
    "anshim-keys+jws": "keys",
    "anshim-refusal+jws": "refusal",
    "anshim-event+jws": "envelope",
    "anshim-down+jws": "envelope",
}


def test_writing_the_signing_examples_again_gives_the_same_bytes(tmp_path: Path) -> None:
    write_all(tmp_path)
    written = sorted(path for path in tmp_path.rglob("*.json"))
    assert {path.name for path in (tmp_path / "signing").iterdir()} == {
        path.name for path in SIGNING.iterdir()
    }
    for path in written:
        assert path.read_bytes() == (EXAMPLES / path.relative_to(tmp_path)).read_bytes(), path


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_a_strangers_receiver_comes_to_the_same_verdict(path: Path) -> None:
    vector = read(path)
    assert verdict(vector) == vector.get("because")
    assert vector["verdict"] == ("refused" if "because" in vector else "accepted")


def test_the_parts_shown_are_the_parts_that_were_signed() -> None:
    for vector in map(read, VECTORS):
        header, payload, _ = vector["compact"].split(".")
        assert unb64(header).decode() == vector["header"]
        assert unb64(payload).decode() == vector["payload"]
        assert digest_of(unb64(payload)) == vector["payload_sha256"]


def test_what_is_signed_fits_its_schema_so_that_only_the_signature_decides() -> None:
    for path in VECTORS:
        vector = read(path)
        schema = SCHEMA_OF[vector["expected_typ"]]
        assert faults(schema, json.loads(vector["payload"])) == set(), path.stem


@pytest.mark.parametrize("typ", SCHEMA_OF)
def test_every_signed_thing_is_shown_accepted_and_refused(typ: str) -> None:
    verdicts = {vector["verdict"] for vector in map(read, VECTORS) if vector["expected_typ"] == typ}
    assert verdicts == {"accepted", "refused"}


def test_our_thumbprint_is_the_one_that_rfc_8037_prints_for_its_key() -> None:
    assert KEYS["kit"].kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_published_keys_are_their_seeds() -> None:
    published = read(SIGNING / "_keys.json")
    assert published.keys() == KEYS.keys()
    for name, key in KEYS.items():
        assert bytes.fromhex(published[name]["seed_hex"]) == key.seed
        assert published[name]["jwk"] == {**key.public, "d": b64(key.seed)}
        assert published[name]["kid"] == digest_of(
            compact_json(dict(sorted(key.public.items()))).encode()
        )


def test_every_way_of_typing_the_code_is_the_code() -> None:
    codes = read(SIGNING / "_codes.json")
    read_as = str.maketrans("OIL", "011", "- ")
    for typed in codes["typed"]:
        assert typed.upper().translate(read_as) == codes["normalised"]
    assert digest_of(codes["normalised"].encode()) == codes["code_sha256"]


def test_the_bodies_shown_hold_signatures_of_the_vectors() -> None:
    signed = {read(path)["compact"] for path in VECTORS}
    shown = [
        text
        for example in accepted()
        for text in _texts(example.content)
        if text.count(".") == 2 and text.startswith("eyJ")
    ]
    assert shown
    assert set(shown) <= signed


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []
