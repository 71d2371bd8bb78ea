"""A kit's hello → a session.

And what its hello tells about copies and restored backups (contract §6, §7).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import secrets
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ..cases.happenings import Technical
from ..casework import Casework
from ..door import digest
from ..messages import Hello
from ..problems import Problem
from ..revoked import check_not_revoked
from ..storage.database import After
from ..storage.tables import epochs, hellos, kits, pulses, sessions
from ..storage.upsert import upsert
from .gaps import what_is_here
from .known_kits import KnownKit

# a hello whose answer was lost may come again; later it is somebody's recording
_REPEATABLE: Final = timedelta(minutes=2)
_REMEMBERED: Final = timedelta(days=90)
_FOUND: Final = (
    select(sessions.c.kit, sessions.c.expires, kits.c.household)
    .join(kits, kits.c.id == sessions.c.kit)
    .where(sessions.c.token == bindparam("mark"))
)


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
        if connection.scalar(select(kits.c.id).where(kits.c.id == kit.id)) is None:
            raise Problem.of("unauthorised", 401, "Its home was erased. Wipe this kit, enrol anew.")
        check_not_revoked(connection, kit.id)
        _refuse_recordings(connection, kit.id, hello_id, now)
        for code in _oddities(connection, kit.id, hello, now):
            trouble = Technical(code=code, raised=True, version=0, happened=now, by="district")
            self.casework.happen(connection, after, kit.household, trouble, now)
        token = secrets.token_urlsafe(32)
        expires = now + self.lasts
        connection.execute(delete(sessions).where(sessions.c.expires <= now))
        connection.execute(
            insert(sessions).values(token=digest(token.encode()), kit=kit.id, expires=expires)
        )
        connection.execute(update(pulses).where(pulses.c.kit == kit.id).values(heard=now))
        counter, interval = connection.execute(
            select(kits.c.down_counter, pulses.c.interval_s)
            .join(pulses, pulses.c.kit == kits.c.id)
            .where(kits.c.id == kit.id)
        ).one()
        return Opened(
            token=token,
            expires=expires,
            counter=counter,
            interval_s=interval,
            have=what_is_here(connection, kit.id),
        )


def find_session(connection: Connection, mark: str, now: datetime) -> Session | None:
    row = connection.execute(_FOUND, {"mark": mark}).first()
    if row is None or row.expires <= now:
        return None
    return Session(kit=row.kit, household=row.household, expires=row.expires)


def _refuse_recordings(connection: Connection, kit: str, hello: str, now: datetime) -> None:
    connection.execute(delete(hellos).where(hellos.c.seen < now - _REMEMBERED))
    seen = connection.scalar(select(hellos.c.seen).where(hellos.c.kit == kit, hellos.c.id == hello))
    if seen is None:
        connection.execute(insert(hellos).values(kit=kit, id=hello, seen=now))
    elif now - seen > _REPEATABLE:
        raise Problem.of("unauthorised", 401, "This hello was used before. Make a new one.")


def _oddities(connection: Connection, kit: str, hello: Hello, now: datetime) -> list[str]:
    """A key in two installations, a database from a backup: told to staff.

    The kit is heard all the same.
    """
    was = connection.execute(select(kits.c.instance, kits.c.epoch).where(kits.c.id == kit)).one()
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
