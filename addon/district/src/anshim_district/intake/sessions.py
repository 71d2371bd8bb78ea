"""A kit's hello → a session.

And what its hello tells about copies and restored backups (contract §6, §7).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import secrets
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from ..cases.happenings import Technical
from ..casework import Casework
from ..door import digest
from ..messages import Hello
from ..problems import Problem
from ..revoked import RevokedError
from ..storage.database import After
from ..storage.tables import epochs, hellos, kits, pulses, revocations, sessions
from ..storage.upsert import upsert
from .gaps import what_is_here
from .known_kits import KnownKit

# a hello whose answer was lost may come again; later it is somebody's recording
_REPEATABLE: Final = timedelta(minutes=2)
_FOUND: Final = (
    select(sessions.c.kit, sessions.c.expires, kits.c.household)
    .join(kits, kits.c.id == sessions.c.kit)
    .where(sessions.c.token == bindparam("mark"))
)

# what a hello needs to know, at once: thousands come in the same minute when a line is back
_KNOWN: Final = (
    select(
        kits.c.instance,
        kits.c.epoch,
        kits.c.relay_version,
        kits.c.down_counter,
        pulses.c.interval_s,
        revocations.c.since.label("revoked"),
        hellos.c.seen,
    )
    .join(pulses, pulses.c.kit == kits.c.id)
    .outerjoin(revocations, revocations.c.kit == kits.c.id)
    .outerjoin(hellos, and_(hellos.c.kit == kits.c.id, hellos.c.id == bindparam("hello")))
    .where(kits.c.id == bindparam("kit"))
)
_COUNTER: Final = select(kits.c.down_counter).where(kits.c.id == bindparam("of"))
_REMEMBER: Final = insert(hellos)
_OPEN: Final = insert(sessions)
_HEARD: Final = update(pulses).where(pulses.c.kit == bindparam("of")).values(heard=bindparam("now"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    kit: str
    household: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    token: str
    expires: datetime
    counter: int
    interval_s: int
    # by epoch: all up to this number has arrived
    have: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    casework: Casework
    lasts: timedelta

    def open_session(
        self,
        connection: Connection,
        after: After,
        kit: KnownKit,
        *,
        hello_id: str,
        hello: Hello,
        now: datetime,
    ) -> Opened:
        was = connection.execute(_KNOWN, {"kit": kit.id, "hello": hello_id}).first()
        if was is None:
            raise Problem.of("unauthorised", 401, "Its home was erased. Wipe this kit, enrol anew.")
        if was.revoked is not None:
            raise RevokedError(was.revoked)
        _refuse_recordings(connection, kit.id, hello_id, was.seen, now)
        odd = _oddities(connection, kit.id, hello, was, now)
        for code in odd:
            trouble = Technical(code=code, raised=True, version=0, happened=now, by="district")
            self.casework.happen(connection, after, kit.household, trouble, now)
        token = secrets.token_urlsafe(32)
        expires = now + self.lasts
        connection.execute(
            _OPEN, {"token": digest(token.encode()), "kit": kit.id, "expires": expires}
        )
        connection.execute(_HEARD, {"of": kit.id, "now": now})
        return Opened(
            token=token,
            expires=expires,
            # what staff is told may have been said to the home as well
            counter=_counter(connection, kit.id) if odd else was.down_counter,
            interval_s=was.interval_s,
            have=what_is_here(connection, kit.id),
        )


def _counter(connection: Connection, kit: str) -> int:
    counter: int = connection.scalars(_COUNTER, {"of": kit}).one()
    return counter


def find_session(connection: Connection, mark: str, now: datetime) -> Session | None:
    row = connection.execute(_FOUND, {"mark": mark}).first()
    if row is None or row.expires <= now:
        return None
    return Session(kit=row.kit, household=row.household, expires=row.expires)


def _refuse_recordings(
    connection: Connection, kit: str, hello: str, seen: datetime | None, now: datetime
) -> None:
    if seen is None:
        connection.execute(_REMEMBER, {"kit": kit, "id": hello, "seen": now})
    elif now - seen > _REPEATABLE:
        raise Problem.of("unauthorised", 401, "This hello was used before. Make a new one.")


def _oddities(
    connection: Connection, kit: str, hello: Hello, was: Row[Any], now: datetime
) -> list[str]:
    """A key in two installations, a database from a backup: told to staff.

    The kit is heard all the same.
    """
    is_same = (was.instance, was.epoch, was.relay_version) == (
        hello.instance,
        hello.epoch,
        hello.relay_version,
    )
    if is_same:
        return []
    is_new_epoch = connection.execute(
        upsert(connection, epochs)
        .values(kit=kit, epoch=hello.epoch, first_seen=now)
        .on_conflict_do_nothing()
        .returning(epochs.c.epoch)
    ).first()
    connection.execute(
        update(kits)
        .where(kits.c.id == kit)
        .values(instance=hello.instance, epoch=hello.epoch, relay_version=hello.relay_version)
    )
    odd = ["cloned_kit"] if was.instance != hello.instance else []
    if was.epoch is not None and was.epoch != hello.epoch:
        odd.append("restored_kit" if is_new_epoch else "epoch_went_back")
    return odd
