"""Files what was read, inside the writer's transaction.

An event once, its case with it, the doubtful in quarantine.

1. the same id and content: a repeat, nothing changes  2. the same id, other content: quarantine,
and an alarm in it is heard as new  3. otherwise kept, then decided about.
"""

from dataclasses import dataclass, replace
from datetime import datetime
import logging
from typing import Final

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import OperationalError

from ..cases.happenings import Unwatched
from ..casework import Casework
from ..desk import NoSuchHouseholdError
from ..messages import Consent, Drill, Walk
from ..pointer import Flaw
from ..registry.consent import SAVES_A_LIFE, ConsentState, Content, Said, record, withdrawn_since
from ..registry.inventory import walked
from ..registry.vault import Keeper
from ..storage.database import After
from ..storage.savepoint import savepoint
from ..storage.tables import events, quarantine
from ..storage.upsert import upsert
from .gaps import FILED, Filed, filed_as
from .late import ERASED, HEARD, HELP, erased_kit, hear_nameless, without_content
from .meaning import meaning
from .reading import Doubtful, Signed
from .revocation import REVOKED

_LOG: Final = logging.getLogger(__name__)
_AGAIN: Final = "numbered_again"
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
    keeper: Keeper

    def keep(
        self,
        connection: Connection,
        after: After,
        read: Signed,
        now: datetime,
        *,
        is_lost: bool = False,
    ) -> Result:
        """One event that we fail at holds no other back: a person sees it, and the log says why.

        `is_lost`: signed by a kit that was reported lost.
        """
        keep = self._keep_lost if is_lost else self._keep
        try:
            with savepoint(connection):
                return keep(connection, after, read, now)
        except OperationalError:
            raise  # the disk, not the event: nothing may be believed to be kept
        except NoSuchHouseholdError:
            return self._keep_late(connection, after, read, now)
        except Exception:  # noqa: BLE001 - whatever it is, it must not stop the others
            return _failed_at(connection, after, read, now)

    def _keep_late(
        self, connection: Connection, after: After, read: Signed, now: datetime
    ) -> Result:
        """Of a home that was erased: no word of it is kept, and a call for help is a case."""
        kit = erased_kit(connection, read.kit.id)
        if kit is None:
            return _failed_at(connection, after, read, now)
        doubt = without_content(read)
        is_first = set_apart(connection, after, doubt, now)
        is_heard = read.event.kind in HEARD
        if is_first and is_heard:
            hear_nameless(connection, after, self.casework, read, kit=kit, now=now)
            mark_seen(connection, doubt.digest, now)
        status = "durable" if is_heard else "quarantined"
        return Result(id=read.event.id, digest=read.digest, status=status, reason=ERASED)

    def _keep(self, connection: Connection, after: After, read: Signed, now: datetime) -> Result:
        event = read.event
        is_wanted = event.kind in SAVES_A_LIFE or not withdrawn_since(connection, read.household)
        known = connection.execute(select(*FILED).where(events.c.id == event.id)).first()
        if known is not None and known.content == event.content:
            if Filed(*known) != filed_as(read):
                _number_arrived(connection, after, read, now)
            return Result(id=event.id, digest=read.digest, status="repeat")
        if known is not None:
            return self._conflict(connection, after, read, now, is_wanted=is_wanted)
        connection.execute(insert(events), event_row(read, now, is_wanted=is_wanted))
        if not is_wanted:
            return Result(
                id=event.id, digest=read.digest, status="durable", reason="consent_withdrawn"
            )
        self._tell_registry(connection, after, read, now)
        if happening := meaning(event, now):
            self.casework.happen(connection, after, read.household, happening, now)
        return Result(id=event.id, digest=read.digest, status="durable")

    def _keep_lost(
        self, connection: Connection, after: After, read: Signed, now: datetime
    ) -> Result:
        """Set apart and still owed, whatever it says: nobody knows whose hands the kit is in.

        But a call for help is heard, and said to be from there. It may be a thief's; it may be the
        resident's, whose kit was taken for lost.
        """
        event = read.event
        known = connection.scalar(select(events.c.content).where(events.c.id == event.id))
        if known == event.content:  # taken before anybody knew
            return Result(id=event.id, digest=read.digest, status="repeat")
        flaw = Flaw(field="", reason="forbidden", detail="signed by a kit that was reported lost")
        doubt = doubtful(read, REVOKED, flaw)
        is_first = set_apart(connection, after, doubt, now)
        if event.kind != HELP:
            return Result(id=event.id, digest=read.digest, status="later", reason=REVOKED)
        alarm = meaning(event, now, from_lost_kit=True)
        if is_first and alarm:
            self.casework.happen(connection, after, read.household, alarm, now)
        return quarantined(doubt)

    def _tell_registry(
        self, connection: Connection, after: After, read: Signed, now: datetime
    ) -> None:
        match read.event.body:
            case Consent() as body:
                if record(connection, self.keeper.vault, consent_said(read, body, now), now):
                    self.casework.happen(connection, after, read.household, Unwatched(), now)
            case Drill(walk=Walk(sources=list() as sources)):
                walked(connection, read.household, sources, now)
            case _:
                pass

    def _conflict(
        self,
        connection: Connection,
        after: After,
        read: Signed,
        now: datetime,
        *,
        is_wanted: bool,
    ) -> Result:
        event = read.event
        flaw = Flaw(field="/id", reason="value", detail="the same id said something else before")
        doubt = doubtful(read, "id_conflict", flaw)
        is_first = set_apart(connection, after, doubt, now)
        alarm = meaning(event, now, as_new=True) if event.kind in _ALARMS else None
        if is_first and alarm and is_wanted:
            self.casework.happen(connection, after, read.household, alarm, now)
        return quarantined(doubt)


def _number_arrived(connection: Connection, after: After, read: Signed, now: datetime) -> None:
    """What is here came once more in another count: of a kit's successor, a restored relay.

    Only its number is noted, else it would be missed for ever. No person need look at it.
    """
    flaw = Flaw(field="/seq", reason="value", detail="here already, under an earlier number")
    if set_apart(connection, after, replace(doubtful(read, _AGAIN, flaw), token=""), now):
        mark_seen(connection, read.digest, now)


def _failed_at(connection: Connection, after: After, read: Signed, now: datetime) -> Result:
    _LOG.exception("an event could not be filed", extra={"kit": read.kit.id})
    flaw = Flaw(field="", reason="value", detail="the district failed at it")
    doubt = doubtful(read, "internal", flaw)
    set_apart(connection, after, doubt, now)
    return quarantined(doubt)


def event_row(read: Signed, now: datetime, *, is_wanted: bool) -> dict[str, object]:
    event = read.event
    return {
        "id": event.id,
        "content": event.content,
        "kit": read.kit.id,
        "household": read.household,
        "kind": event.kind,
        "epoch": event.epoch,
        "seq": event.seq,
        "received": now,
        # after a withdrawal only that it came: its sender is to ask nobody else
        "jws": read.token if is_wanted else "",
    }


def consent_said(read: Signed, body: Consent, now: datetime) -> Said:
    """What was ticked at home, for the ledger."""
    return Said(
        household=read.household,
        state=ConsentState(body.state),
        at=min(datetime.fromisoformat(body.at), now) if body.at else read.event.happened(now),
        by=f"home:{body.recorded_by}"[:64],
        text_version=body.text_version or "",
        content=Content(signed_by=body.recorded_by, items=tuple(body.items or ())),
        kit=read.kit.id,
    )


def doubtful(read: Signed, because: str, flaw: Flaw) -> Doubtful:
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


def mark_seen(connection: Connection, digest: str, now: datetime) -> None:
    """What came of it is on the board: nobody need look twice."""
    connection.execute(
        update(quarantine).where(quarantine.c.digest == digest).values(seen_by="district", seen=now)
    )


def is_set_apart(connection: Connection, digest: str) -> bool:
    return bool(connection.scalar(select(quarantine.c.n).where(quarantine.c.digest == digest)))


def set_apart(connection: Connection, after: After, doubtful: Doubtful, now: datetime) -> bool:
    """Whether it is there for the first time."""
    added = connection.execute(
        upsert(connection, quarantine)
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
