"""Files what was read, inside the writer's transaction.

An event once, its case with it, the doubtful in quarantine.

1. the same id and content: a repeat, nothing changes  2. the same id, other content: quarantine,
and an alarm in it is heard as new  3. otherwise kept, then decided about.
"""

from dataclasses import dataclass
from datetime import datetime
import logging
from typing import Final

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import OperationalError

from ..casework import Casework
from ..pointer import Flaw
from ..storage.database import After
from ..storage.tables import events, quarantine
from .meaning import meaning
from .reading import Doubtful, Signed

_LOG: Final = logging.getLogger(__name__)
_ALARMS: Final = frozenset({"quiet", "knock", "visit", "unknown", "emergency"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of an ack."""

    id: str | None
    digest: str
    status: str
    reason: str | None = None

    @property
    def line(self) -> dict[str, str | None]:
        line = {"id": self.id, "digest": self.digest, "status": self.status}
        return line | ({"reason": self.reason} if self.reason else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    casework: Casework

    def keep(self, connection: Connection, after: After, read: Signed, now: datetime) -> Result:
        """One event that we fail at holds no other back: a person sees it, and the log says why."""
        savepoint = connection.begin_nested()
        try:
            result = self._keep(connection, after, read, now)
        except OperationalError:
            savepoint.rollback()
            raise  # the disk, not the event: nothing may be believed to be kept
        except Exception:  # noqa: BLE001 - whatever it is, it must not stop the others
            savepoint.rollback()
            _LOG.exception("an event could not be filed", extra={"kit": read.kit.id})
            flaw = Flaw(field="", reason="value", detail="the district failed at it")
            doubtful = _doubtful(read, "internal", flaw)
            set_apart(connection, after, doubtful, now)
            return quarantined(doubtful)
        savepoint.commit()
        return result

    def _keep(self, connection: Connection, after: After, read: Signed, now: datetime) -> Result:
        event = read.event
        known = connection.scalar(select(events.c.content).where(events.c.id == event.id))
        if known == event.content:
            return Result(id=event.id, digest=read.digest, status="repeat")
        if known is not None:
            return self._conflict(connection, after, read, now)
        connection.execute(
            insert(events).values(
                id=event.id,
                content=event.content,
                kit=read.kit.id,
                household=read.household,
                kind=event.kind,
                epoch=event.epoch,
                seq=event.seq,
                received=now,
                jws=read.token,
            )
        )
        if happening := meaning(event, now):
            self.casework.happen(connection, after, read.household, happening, now)
        return Result(id=event.id, digest=read.digest, status="durable")

    def _conflict(
        self, connection: Connection, after: After, read: Signed, now: datetime
    ) -> Result:
        event = read.event
        flaw = Flaw(field="/id", reason="value", detail="the same id said something else before")
        doubtful = _doubtful(read, "id_conflict", flaw)
        is_first = set_apart(connection, after, doubtful, now)
        alarm = meaning(event, now, as_new=True) if event.kind in _ALARMS else None
        if is_first and alarm:
            self.casework.happen(connection, after, read.household, alarm, now)
        return quarantined(doubtful)


def _doubtful(read: Signed, because: str, flaw: Flaw) -> Doubtful:
    event = read.event
    return Doubtful(
        token=read.token,
        digest=read.digest,
        kit=read.kit,
        because=because,
        flaw=flaw,
        id=event.id,
        kind=event.kind,
        household=read.household,
        epoch=event.epoch,
        seq=event.seq,
    )


def quarantined(doubtful: Doubtful) -> Result:
    return Result(
        id=doubtful.id, digest=doubtful.digest, status="quarantined", reason=doubtful.because
    )


def is_set_apart(connection: Connection, digest: str) -> bool:
    return bool(connection.scalar(select(quarantine.c.n).where(quarantine.c.digest == digest)))


def set_apart(connection: Connection, after: After, doubtful: Doubtful, now: datetime) -> bool:
    """Whether it is there for the first time."""
    added = connection.execute(
        upsert(quarantine)
        .values(
            digest=doubtful.digest,
            because=doubtful.because,
            field=doubtful.flaw.field,
            detail=doubtful.flaw.detail,
            event=doubtful.id,
            kind=doubtful.kind,
            household=doubtful.household,
            kit=doubtful.kit.id if doubtful.kit else None,
            epoch=doubtful.epoch if doubtful.kit else None,
            seq=doubtful.seq if doubtful.kit else None,
            received=now,
            jws=doubtful.token,
        )
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(quarantine.c.n)
    ).first()
    after.board = after.board or added is not None
    return added is not None
