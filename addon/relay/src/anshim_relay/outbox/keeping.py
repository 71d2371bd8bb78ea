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
from anshim_relay.outbox.database import Connection, Values
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
    """All of them or none: a conflict undoes the whole request.

    1. a repeat is answered as the first time, a conflict is named; 2. the rest is numbered and
       signed; 3. and owed to every destination. Each statement costs both threads a turn, so a
       request has one of a kind.
    """
    new, statuses = sorted_out(connection, events)
    if new:
        before = connection.one("newest_row")
        rows = numbered(connection, new, seal, moment)
        connection.run_each("keep", rows)
        connection.run("owe", {"after": before})
    for subject, version in newest_versions(events).items():
        connection.run("raise_household", {"subject": subject, "version": version})
    return statuses


def sorted_out(connection: Connection, events: Sequence[Event]) -> tuple[list[Event], list[Status]]:
    """What is new, and the answer to each."""
    ids = orjson.dumps([event.id for event in events]).decode()
    known = dict(connection.run("content_digests", {"ids": ids}))
    new, statuses = [], []
    for event in events:
        if event.id not in known:
            known[event.id] = event.digest
            new.append(event)
            statuses.append(Status.KEPT)
        elif known[event.id] == event.digest:
            statuses.append(Status.REPEAT)
        else:
            raise conflict(connection, event)
    return new, statuses


def conflict(connection: Connection, event: Event) -> Refused:
    version = connection.one("household_version", {"subject": event.subject})
    return Refused(Code.ID_CONFLICT, householdversion=version or 0)


def newest_versions(events: Sequence[Event]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for event in events:
        if event.householdversion is not None:
            before = newest.get(event.subject, event.householdversion)
            newest[event.subject] = max(before, event.householdversion)
    return newest


def numbered(
    connection: Connection, events: Sequence[Event], seal: Seal | None, moment: Moment
) -> list[Values]:
    """As they are written down, each signed once."""
    epoch, before = connection.fact("epoch") or "", connection.number("seq")
    connection.set_fact("seq", before + len(events))
    return [
        row_of(event, seal, moment, epoch=epoch, seq=seq)
        for seq, event in enumerate(events, before + 1)
    ]


def row_of(event: Event, seal: Seal | None, moment: Moment, *, epoch: str, seq: int) -> Values:
    """Before enrolment there is no name to sign with: the content waits for `sign_waiting`."""
    signed = None if seal is None else seal.stamp(event.content, epoch=epoch, seq=seq)
    return {
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
    }


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
