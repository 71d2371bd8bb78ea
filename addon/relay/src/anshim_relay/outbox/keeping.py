"""Keeping events: repeats, conflicts, numbers, signatures. Run inside one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
import secrets

import orjson

from anshim_relay import jws
from anshim_relay.clock import Reading
from anshim_relay.envelope import Event
from anshim_relay.outbox.database import Connection
from anshim_relay.problems import Code, Refused
from anshim_relay.seal import Seal

SIGN_AT_ONCE = 256
# The destination that counts our numbers, and misses what does not come.
DISTRICT = "district"


class Status(StrEnum):
    KEPT = "kept"
    REPEAT = "repeat"
    NOTED = "noted"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When something is kept: the clocks, and the time if anybody knows it."""

    reading: Reading
    now: datetime | None

    @property
    def seconds(self) -> float | None:
        return None if self.now is None else self.now.timestamp()


def keep(
    connection: Connection, events: Sequence[Event], seal: Seal | None, moment: Moment
) -> list[Status]:
    """All of them or none. A conflict undoes the whole request."""
    count = Count(epoch=connection.fact("epoch") or "", seq=connection.number("seq"))
    statuses = [keep_one(connection, event, seal, moment, count) for event in events]
    kept = [e for e, s in zip(events, statuses, strict=True) if s is Status.KEPT]
    if kept:
        connection.set_fact("seq", count.seq)
    for subject, version in newest_versions(kept).items():
        connection.run("raise_household", {"subject": subject, "version": version})
    return statuses


@dataclass(kw_only=True)
class Count:
    """Numbers as they are given out, written down once for all of a request."""

    epoch: str
    seq: int


def newest_versions(events: Sequence[Event]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for event in events:
        if event.householdversion is not None:
            before = newest.get(event.subject, event.householdversion)
            newest[event.subject] = max(before, event.householdversion)
    return newest


def keep_one(
    connection: Connection, event: Event, seal: Seal | None, moment: Moment, count: Count
) -> Status:
    """In this order.

    1. a repeat is answered as the first time
    2. a conflict is named
    3. the rest is numbered, signed, owed.
    """
    known = connection.one("content_digest_of", {"id": event.id})
    if known == event.digest:
        return Status.REPEAT
    if known is not None:
        raise conflict(connection, event)
    count.seq += 1
    row = insert(connection, event, seal, moment, count)
    connection.run("owe", {"row": row, "rank": event.priority.rank})
    return Status.KEPT


def conflict(connection: Connection, event: Event) -> Refused:
    version = connection.one("household_version", {"subject": event.subject})
    return Refused(Code.ID_CONFLICT, householdversion=version or 0)


def insert(
    connection: Connection, event: Event, seal: Seal | None, moment: Moment, count: Count
) -> int | None:
    """Before enrolment there is no name to sign with: the content waits for `sign_waiting`."""
    epoch, seq = count.epoch, count.seq
    signed = None if seal is None else seal.stamp(event.content, epoch=epoch, seq=seq)
    cursor = connection.run(
        "keep",
        {
            "id": event.id,
            "kind": event.kind,
            "rank": event.priority.rank,
            "content_digest": event.digest,
            "epoch": epoch,
            "seq": seq,
            "kept_at": moment.seconds,
            "kept_boot": moment.reading.boot,
            "kept_uptime": moment.reading.steady,
            "content": event.content if signed is None else None,
            "kit": None if seal is None else seal.kit,
            "jws": None if signed is None else signed.jws,
            "digest": None if signed is None else signed.digest,
        },
    )
    return cursor.lastrowid


def sign_waiting(connection: Connection, seal: Seal) -> int:
    """Signs what was kept before the kit had a name; each once. Says how many there were."""
    rows = connection.run("unsigned", {"limit": SIGN_AT_ONCE}).fetchall()
    for row, epoch, seq, content in rows:
        signed = seal.stamp(content, epoch=epoch, seq=seq)
        values = {"row": row, "kit": seal.kit, "jws": signed.jws, "digest": signed.digest}
        connection.run("sign", values)
    return len(rows)


def sign_again(connection: Connection, seal: Seal, lost: Collection[str]) -> int:
    """What is owed under a lost kit's name, in a count of its own: its old numbers are not ours.

    Only what the district does not have: a number that it is never sent would be missed for ever.
    """
    if connection.fact("renewed") != seal.kit:
        connection.set_fact("epoch", secrets.token_hex(8))
        connection.set_fact("seq", 0)
        connection.set_fact("renewed", seal.kit)
    kits = orjson.dumps(list(lost)).decode()
    asked = {"kits": kits, "name": DISTRICT, "limit": SIGN_AT_ONCE}
    rows = connection.run("owed_by", asked).fetchall()
    epoch, seq = connection.fact("epoch") or "", connection.number("seq")
    for row, token in rows:
        seq += 1
        signed = seal.stamp(jws.payload_of(token), epoch=epoch, seq=seq)
        values = {"row": row, "kit": seal.kit, "jws": signed.jws, "digest": signed.digest}
        connection.run("sign_again", values | {"epoch": epoch, "seq": seq})
    connection.set_fact("seq", seq)
    return len(rows)
