"""Reads what can still be read of a damaged outbox: rows, and signed events in raw bytes.

Called by the rescue. Rows are read one by one, so that a bad page costs only its own rows.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
import hashlib
from pathlib import Path
import re
import sqlite3
from typing import Any

import orjson

from anshim_relay import jws
from anshim_relay.envelope import FIXED, STAMPS, Priority
from anshim_relay.outbox.database import Connection, Values, connect, is_full
from anshim_relay.seal import Seal

SIGNED = re.compile(rb"eyJ[A-Za-z0-9_-]{20,400}\.eyJ[A-Za-z0-9_-]{20,32000}\.[A-Za-z0-9_-]{86}")
COLUMNS = (
    "row", "id", "kind", "rank", "content_digest", "epoch", "seq",
    "kept_at", "kept_boot", "kept_uptime", "content", "kit", "jws", "digest",
)  # fmt: skip
LAST_ROW = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Salvaged:
    """One event and what destinations answered; without an answer it is sent again."""

    values: Values
    answers: list[Values] = field(default_factory=list)

    @property
    def event(self) -> dict[str, Any]:
        token = self.values["jws"]
        event: dict[str, Any] = orjson.loads(
            self.values["content"] if token is None else jws.payload_of(token)
        )
        return event


def opened(path: Path) -> Connection:
    """Only read: its log is left where it is, and nothing is made beside it on a full disk."""
    old = connect(path)
    old.raw.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE)
    with Readable():
        old.pragma("locking_mode = EXCLUSIVE")
        old.pragma("query_only = ON")
    return old


class Readable:
    """What cannot be read is passed over; a full disk says nothing about what can be read."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        return isinstance(error, sqlite3.Error) and not is_full(error)


def rows_of(old: Connection) -> Iterator[Salvaged]:
    for row in range(1, last_row(old) + 1):
        with Readable():
            values = old.run("rescue_event", {"row": row}).fetchone()
            if values is not None:
                named = dict(zip(COLUMNS, values, strict=True))
                yield Salvaged(values=named, answers=answers_of(old, row))


def last_row(old: Connection) -> int:
    """Numbers are handed out one by one, so the highest one bounds the search."""
    for statement in ("SELECT max(seq) FROM sqlite_sequence", "SELECT max(row) FROM event"):
        with Readable():
            found = old.raw.execute(statement).fetchone()
            if found and found[0]:
                return min(int(found[0]), LAST_ROW)
    return 0


def answers_of(old: Connection, row: int) -> list[Values]:
    with Readable():
        answers = old.run("rescue_deliveries", {"row": row}).fetchall()
        return [{"name": name, "answer": answer, "at": at} for name, answer, at in answers]
    return []


def table_of(old: Connection, statement: str) -> list[tuple[Any, ...]]:
    with Readable():
        return old.run(statement).fetchall()
    return []


def number_of(old: Connection, fact: str) -> int:
    with Readable(), suppress(ValueError):
        return old.number(fact)
    return 0


def signed_in(raw: bytes, seal: Seal | None) -> Iterator[Salvaged]:
    """A good signature proves that an event is ours and whole, wherever its bytes were found."""
    if seal is None:
        return
    keys = {jws.thumbprint(seal.public): seal.public}
    for match in SIGNED.finditer(raw):
        token = match.group().decode()
        with suppress(jws.UntrustedError):
            yield Salvaged(values=values_from(jws.unseal(token, keys, jws.EVENT), token, seal))


def values_from(event: dict[str, Any], token: str, seal: Seal) -> Values:
    content = {name: value for name, value in event.items() if name not in STAMPS}
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    kind = event["type"]
    return {
        "id": event["id"],
        "kind": kind,
        "rank": FIXED.get(kind, Priority(event["priority"])).rank,
        "content_digest": hashlib.sha256(canonical).digest(),
        "epoch": event["epoch"],
        "seq": event["seq"],
        "kept_at": None,
        "kept_boot": "rescued",
        "kept_uptime": 0.0,
        "content": None,
        "kit": seal.kit,
        "jws": token,
        "digest": jws.digest(jws.payload_of(token)),
    }


def bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
