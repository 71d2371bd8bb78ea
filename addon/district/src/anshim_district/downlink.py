"""Messages to a home (contract §8).

Signed and bound to kit, household and counter, in the transaction that caused them.

`casework` posts; the kit's long poll takes and acknowledges.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from .clock import rfc3339
from .jws import take_apart
from .keys import SigningKey
from .revoked import check_not_gone
from .storage.database import After
from .storage.tables import downlink, kits

_KEPT_FOR: Final = timedelta(days=7)
_KEPT_AFTER: Final = timedelta(days=1)
# half of all numbers: a word a second for thirty years
_FARTHEST: Final = 2**30
_AT_ONCE: Final = 50
_KEPT_AT_MOST: Final = 1000

# a message's row, once its addressee and its number are known
type Letter = Callable[[str, int], dict[str, object]]
type Data = dict[str, str | int | float | dict[str, str | int | None] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a kit has not acknowledged, oldest first.

    `latest` is the highest counter ever given to it.
    """

    messages: list[str]
    latest: int
    # the highest counter among the messages
    highest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    district: str
    key: SigningKey

    def letter(
        self,
        household: str,
        *,
        kind: str,
        about: str | None,
        data: Data,
        at: datetime,
        now: datetime,
    ) -> Letter:
        """Written when it is known which kit speaks for the household, and its number.

        `at`: when it happened, which for an answer is when the person gave it.
        """

        def addressed(kit: str, counter: int) -> dict[str, object]:
            event: dict[str, object] = {
                "specversion": "1.0",
                "id": f"{kit}.{counter}",
                "source": f"urn:anshim:district:{self.district}",
                "subject": household,
                "type": f"kr.anshim.knock.{kind}.v1",
                "time": rfc3339(at),
                "datacontenttype": "application/json",
                "kit": kit,
                "counter": counter,
                "expires": rfc3339(now + _KEPT_FOR),
                "data": data,
            }
            if about is not None:
                event["caseid"] = about
            jws = self.key.sign(event, "anshim-down+jws")
            return {"kit": kit, "counter": counter, "jws": jws, "expires": now + _KEPT_FOR}

        return addressed

    def say_again(self, connection: Connection, after: After, kit: str, jws: str) -> None:
        """The same word, with its own time, under the kit's next number."""
        event: dict[str, object] = msgspec.json.decode(take_apart(jws).payload)
        expires = datetime.fromisoformat(str(event["expires"]))
        counter = _next_counter(connection, kit)
        event |= {"id": f"{kit}.{counter}", "kit": kit, "counter": counter}
        again = self.key.sign(event, "anshim-down+jws")
        connection.execute(
            insert(downlink).values(kit=kit, counter=counter, jws=again, expires=expires)
        )
        after.kits.add(kit)

    def hand_over(
        self, connection: Connection, after: After, household: str, to: str, now: datetime
    ) -> None:
        """What a household's kits before this one never took is said to the one that speaks now."""
        left = connection.execute(
            select(downlink.c.kit, downlink.c.counter, downlink.c.jws)
            .join(kits, kits.c.id == downlink.c.kit)
            .where(
                kits.c.household == household,
                kits.c.id != to,
                downlink.c.counter > kits.c.down_acknowledged,
                downlink.c.expires > now,
            )
            .order_by(downlink.c.expires, downlink.c.counter)
        ).all()
        for row in left:
            self.say_again(connection, after, to, row.jws)
            connection.execute(
                delete(downlink).where(downlink.c.kit == row.kit, downlink.c.counter == row.counter)
            )


class NeverSentError(Exception):
    """No district ever came to such a number: following it would leave none for what is to come."""


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
    check_not_gone(connection, kit)
    rows = connection.execute(
        select(downlink.c.jws, downlink.c.counter)
        .where(downlink.c.kit == kit, downlink.c.counter > after, downlink.c.expires > now)
        .order_by(downlink.c.counter)
        .limit(most)
    ).all()
    latest = connection.scalar(select(kits.c.down_counter).where(kits.c.id == kit))
    highest = rows[-1].counter if rows else 0
    return Waiting(messages=[row.jws for row in rows], latest=latest or 0, highest=highest)


def hand_out(connection: Connection, kit: str, counter: int) -> None:
    """Before it goes out: whoever knows a higher number has it from somebody else."""
    connection.execute(
        update(kits)
        .where(kits.c.id == kit, kits.c.down_handed < counter)
        .values(down_handed=counter)
    )


def acknowledge(
    connection: Connection, after: After, post: Post, kit: str, counter: int, *, now: datetime
) -> None:
    """What the kit has is kept for a day: it may itself be restored, or have a copy.

    A counter above all that were handed out is from before our own restore, or from a copy of us:
    we go on above it, or the kit would take everything new for old. What waits was never seen under
    its number: it is said again under one that counts. Raises `NeverSentError`.
    """
    check_not_gone(connection, kit)
    was = connection.execute(
        select(kits.c.down_counter, kits.c.down_handed, kits.c.down_acknowledged).where(
            kits.c.id == kit
        )
    ).first()
    if was is None:
        return  # its home was erased since its session began
    if counter > max(was.down_handed, _FARTHEST):
        raise NeverSentError
    unseen: list[str] = []
    if counter > was.down_handed:
        taken = was.down_acknowledged
        unseen = waiting(connection, kit, taken, now, most=_KEPT_AT_MOST).messages
        connection.execute(
            delete(downlink).where(downlink.c.kit == kit, downlink.c.counter > taken)
        )
    old = downlink.c.expires <= now + _KEPT_FOR - _KEPT_AFTER
    connection.execute(
        delete(downlink).where(downlink.c.kit == kit, downlink.c.counter <= counter, old)
    )
    connection.execute(
        update(kits)
        .where(kits.c.id == kit, kits.c.down_acknowledged < counter)
        .values(
            down_acknowledged=counter,
            down_handed=max(was.down_handed, counter),
            down_counter=max(was.down_counter, counter),
        )
    )
    for jws in unseen:
        post.say_again(connection, after, kit, jws)
