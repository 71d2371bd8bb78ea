"""Messages to a home (contract §8).

Signed and bound to kit, household and counter, in the transaction that caused them.

`casework` posts; the kit's long poll takes and acknowledges.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from .clock import rfc3339
from .jws import take_apart
from .keys import SigningKey
from .storage.database import After
from .storage.tables import downlink, households, kits

_KEPT_FOR: Final = timedelta(days=7)
_AT_ONCE: Final = 50
_KEPT_AT_MOST: Final = 1000

type Data = dict[str, str | int | float | dict[str, str | int | None] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a kit has not acknowledged, oldest first.

    `latest` is the highest counter ever given to it.
    """

    messages: list[str]
    latest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    district: str
    key: SigningKey

    def send(
        self,
        connection: Connection,
        after: After,
        household: str,
        *,
        kind: str,
        about: str,
        data: Data,
        at: datetime,
        now: datetime,
    ) -> None:
        """To the kit that speaks for the household now. Without one there is nobody to tell.

        `at`: when it happened, which for an answer is when the person gave it.
        """
        kit = connection.scalar(select(households.c.kit).where(households.c.id == household))
        if kit is None:
            return
        counter = _next_counter(connection, kit)
        event: dict[str, object] = {
            "specversion": "1.0",
            "id": f"{kit}.{counter}",
            "source": f"urn:anshim:district:{self.district}",
            "subject": household,
            "type": f"kr.anshim.knock.{kind}.v1",
            "time": rfc3339(at),
            "datacontenttype": "application/json",
            "kit": kit,
            "caseid": about,
            "counter": counter,
            "expires": rfc3339(now + _KEPT_FOR),
            "data": data,
        }
        jws = self.key.sign(event, "anshim-down+jws")
        connection.execute(
            insert(downlink).values(kit=kit, counter=counter, jws=jws, expires=now + _KEPT_FOR)
        )
        after.kits.add(kit)

    def say_again(self, connection: Connection, after: After, kit: str, jws: str) -> None:
        """The same word, with its own time, under the next number."""
        event: dict[str, object] = msgspec.json.decode(take_apart(jws).payload)
        expires = datetime.fromisoformat(str(event["expires"]))
        counter = _next_counter(connection, kit)
        event |= {"id": f"{kit}.{counter}", "counter": counter}
        again = self.key.sign(event, "anshim-down+jws")
        connection.execute(
            insert(downlink).values(kit=kit, counter=counter, jws=again, expires=expires)
        )
        after.kits.add(kit)


def _next_counter(connection: Connection, kit: str) -> int:
    counter: int = connection.execute(
        update(kits)
        .where(kits.c.id == kit)
        .values(down_counter=kits.c.down_counter + 1)
        .returning(kits.c.down_counter)
    ).scalar_one()
    return counter


def waiting(
    connection: Connection, kit: str, after: int, now: datetime, *, most: int = _AT_ONCE
) -> Waiting:
    messages = connection.scalars(
        select(downlink.c.jws)
        .where(downlink.c.kit == kit, downlink.c.counter > after, downlink.c.expires > now)
        .order_by(downlink.c.counter)
        .limit(most)
    )
    latest = connection.scalar(select(kits.c.down_counter).where(kits.c.id == kit))
    return Waiting(messages=list(messages), latest=latest or 0)


def acknowledge(
    connection: Connection, after: After, post: Post, kit: str, counter: int, *, now: datetime
) -> None:
    """Forgets what the kit has.

    A counter above all that were issued is from before our own restore: we go on above it, or the
    kit would take everything new for old. What waits was never seen under its number: it is said
    again under one that counts.
    """
    issued = connection.scalar(select(kits.c.down_counter).where(kits.c.id == kit)) or 0
    unseen: list[str] = []
    if counter > issued:
        unseen = waiting(connection, kit, 0, now, most=_KEPT_AT_MOST).messages
    connection.execute(delete(downlink).where(downlink.c.kit == kit, downlink.c.counter <= counter))
    connection.execute(
        update(kits)
        .where(kits.c.id == kit, kits.c.down_acknowledged < counter)
        .values(down_acknowledged=counter, down_counter=max(issued, counter))
    )
    for jws in unseen:
        post.say_again(connection, after, kit, jws)
