"""What a district signs and sends down, and how it changes its keys; for make_vectors."""

from dataclasses import replace

from .contract_files import Json
from .signing import KEYS, Signed
from .vectors import (
    ACK,
    DISTRICT,
    DOWN,
    HOUSEHOLD,
    KIT,
    NOW,
    PINNED,
    ROTATION,
    Vector,
    golden,
    sign,
    tampered,
    variants,
)


def downs() -> list[Vector]:
    payload = golden("receipt/ordinary")
    good = sign("district_current", DOWN, payload)
    given = {"keys": PINNED, "kit": KIT, "household": HOUSEHOLD, "counter": 57, "now": NOW}
    row = Vector(
        name="down",
        about="A person holds the case.",
        expected_typ=DOWN,
        signed=good,
        given=given,
    )
    late = given | {"now": "2026-11-23T09:31:41Z"}
    return [
        row,
        *variants(row, _bad_downs(payload, good)),
        replace(
            row,
            name="down_replayed_counter",
            about="Seen before: its counter is not above the highest stored.",
            given=given | {"counter": payload["counter"]},
            because="counter",
        ),
        replace(
            row,
            name="down_expired",
            about="Too late: `expires` has passed.",
            given=late,
            because="expired",
        ),
        replace(
            row,
            name="down_expiry_not_judged",
            about="The relay's clock is not set: it cannot say that this is late.",
            given=given | {"now": None},
        ),
    ]


def _bad_downs(payload: Json, good: Signed) -> dict[str, tuple[str, Signed, str]]:
    return {
        "down_tampered": (
            "Held until later than the person said.",
            tampered(good, "10:01:40Z", "23:01:40Z"),
            "signature",
        ),
        "down_wrong_typ": (
            "The right words, signed as an ack.",
            sign("district_current", ACK, payload),
            "typ",
        ),
        "down_by_foreign_key": ("Not the district.", sign("foreign", DOWN, payload), "key"),
        "down_for_another_kit": (
            "For the relay next door.",
            sign("district_current", DOWN, payload | {"kit": "k-00000000zz"}),
            "kit",
        ),
        "down_for_another_household": (
            "For the person next door.",
            sign("district_current", DOWN, payload | {"subject": "h-00000000zz"}),
            "subject",
        ),
    }


def _document(current: str, successor: str, **changes: str) -> Json:
    keys = [KEYS[current].public, KEYS[successor].public]
    return {"id": DISTRICT, "keys": keys, "now": NOW, **changes}


def rotations() -> list[Vector]:
    given = {"keys": PINNED, "district": DISTRICT, "last_keys": "2026-10-01T00:00:00Z"}
    planned = _document("district_current", "district_next")
    row = Vector(
        name="keys_new_successor",
        about="The current key announces another successor.",
        expected_typ=ROTATION,
        signed=sign("district_current", ROTATION, planned),
        given=given,
    )
    taken_over = replace(
        row,
        name="keys_successor_takes_over",
        about="The pinned successor makes itself current.",
        signed=sign(
            "district_successor", ROTATION, _document("district_successor", "district_next")
        ),
    )
    return [row, taken_over, *variants(row, _bad_rotations(planned))]


def _bad_rotations(planned: Json) -> dict[str, tuple[str, Signed, str]]:
    other = _document("district_current", "district_next", id="other-gu")
    old = _document("district_current", "district_next", now="2026-09-30T23:59:59Z")
    return {
        "keys_by_foreign_key": (
            "Nobody may introduce himself.",
            sign("foreign", ROTATION, _document("foreign", "district_next")),
            "key",
        ),
        "keys_by_the_key_announced": (
            "A key that is not pinned yet cannot vouch for itself.",
            sign("district_next", ROTATION, planned),
            "key",
        ),
        "keys_speaking_for_another": (
            "The successor may make itself current, and nobody else.",
            sign("district_successor", ROTATION, planned),
            "signer",
        ),
        "keys_of_another_district": (
            "Another district.",
            sign("district_current", ROTATION, other),
            "district",
        ),
        "keys_replayed": (
            "Earlier than the last one accepted.",
            sign("district_current", ROTATION, old),
            "older",
        ),
    }
