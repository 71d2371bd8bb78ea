"""Keeping events: repeats, conflicts, numbers, signatures. Run inside one transaction."""

from collections.abc import Collection, Mapping, Sequence
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


type Row = dict[str, str | int | None]


@dataclass(frozen=True, kw_only=True)
class Stamped:
    """Events as they go into the outbox: signed, if there is a name, under numbers from `first`."""

    seal: Seal | None
    epoch: str
    first: int
    rows: Sequence[Row]
    packed: str

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What became of a request. `new` has the place of each new row; `last` is the last number."""

    statuses: list[Status]
    new: Mapping[int, Row]
    kit: str | None
    epoch: str
    last: int


def keep(
    connection: Connection,
    events: Sequence[Event],
    seal: Seal | None,
    moment: Moment,
    ahead: Stamped | None = None,
) -> Kept:
    """All of them or none, by the same few statements however many they are.

    1. a repeat is answered as the first time
    2. a conflict is named
    3. the rest is numbered, signed, owed. What was signed ahead is taken if its numbers came true.
    """
    new = new_among(connection, events)
    epoch, last = connection.fact("epoch") or "", connection.number("seq")
    rows: Mapping[int, Row] = {}
    if new:
        if ahead is None or not is_true(ahead, new, seal, epoch=epoch, first=last + 1):
            ahead = stamped(list(new.values()), seal, epoch=epoch, first=last + 1)
        rows = keep_new(connection, list(new.values()), ahead, moment)
        last = ahead.last
    statuses = [Status.KEPT if new.get(one.id) is one else Status.REPEAT for one in events]
    kit = None if seal is None else seal.kit
    return Kept(statuses=statuses, new=rows, kit=kit, epoch=epoch, last=last)


def is_true(
    ahead: Stamped, new: Mapping[str, Event], seal: Seal | None, *, epoch: str, first: int
) -> bool:
    """Whether all are new, and get the name and the numbers under which they were signed."""
    asked = (ahead.seal, ahead.epoch, ahead.first, len(ahead.rows))
    return asked == (seal, epoch, first, len(new))


def new_among(connection: Connection, events: Sequence[Event]) -> dict[str, Event]:
    """By id, in their order; a second one of the same request is a repeat of the first."""
    asked = {"ids": ids_of(events)}
    known = dict[str, bytes](connection.run("content_digests_of", asked).fetchall())
    new: dict[str, Event] = {}
    for event in events:
        before = known.get(event.id)
        if before is None:
            known[event.id] = event.digest
            new[event.id] = event
        elif before != event.digest:
            raise conflict(connection, event)
    return new


def ids_of(events: Sequence[Event]) -> str:
    return orjson.dumps([event.id for event in events]).decode()


def conflict(connection: Connection, event: Event) -> Refused:
    version = connection.one("household_version", {"subject": event.subject})
    return Refused(Code.ID_CONFLICT, householdversion=version or 0)


def keep_new(
    connection: Connection, events: Sequence[Event], these: Stamped, moment: Moment
) -> Mapping[int, Row]:
    values = {
        "rows": these.packed,
        "kept_at": moment.seconds,
        "kept_boot": moment.reading.boot,
        "kept_uptime": moment.reading.steady,
        "kit": None if these.seal is None else these.seal.kit,
    }
    # One statement by the only writer: they lie side by side.
    newest = connection.run("keep_all", values).lastrowid or 0
    oldest = newest - len(these.rows) + 1
    connection.run("owe_all", {"oldest": oldest, "newest": newest})
    connection.set_fact("seq", these.last)
    for subject, version in newest_versions(events).items():
        connection.run("raise_household", {"subject": subject, "version": version})
    return dict(enumerate(these.rows, start=oldest))


def stamped(events: Sequence[Event], seal: Seal | None, *, epoch: str, first: int) -> Stamped:
    rows = [row_of(e, seal, epoch=epoch, seq=n) for n, e in enumerate(events, start=first)]
    packed = orjson.dumps(rows).decode()
    return Stamped(seal=seal, epoch=epoch, first=first, rows=rows, packed=packed)


def row_of(event: Event, seal: Seal | None, *, epoch: str, seq: int) -> Row:
    """Before enrolment there is no name to sign with: the content waits for `sign_waiting`."""
    signed = None if seal is None else seal.stamp(event.content, epoch=epoch, seq=seq)
    return {
        "id": event.id,
        "kind": event.kind,
        "rank": event.priority.rank,
        "content_digest": event.digest.hex(),
        "epoch": epoch,
        "seq": seq,
        "content": event.content.decode() if signed is None else None,
        "jws": None if signed is None else signed.jws,
        "digest": None if signed is None else signed.digest,
    }


def newest_versions(events: Sequence[Event]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for event in events:
        if event.householdversion is not None:
            before = newest.get(event.subject, event.householdversion)
            newest[event.subject] = max(before, event.householdversion)
    return newest


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
