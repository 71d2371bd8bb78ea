"""What came down and waits for the home: numbered here, forgotten when acknowledged.

Run by the writer inside one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anshim_relay.outbox.database import Connection

PAGE = 100
# Of what the home has fetched; a case has a handful.
KEPT = 64


@dataclass(frozen=True, kw_only=True)
class Down:
    """A verified event from the district."""

    counter: int
    expires: datetime
    event: bytes


@dataclass(frozen=True, kw_only=True)
class Numbered:
    n: int
    expires: float
    event: bytes


def add(connection: Connection, messages: Sequence[Down], counter: int) -> int:
    """The messages and the counter up to which the district may forget, in one commit."""
    latest = connection.number("down_n")
    for n, message in enumerate(messages, start=latest + 1):
        values = {"n": n, "counter": message.counter, "event": message.event}
        connection.run("add_down", {**values, "expires": message.expires.timestamp()})
    connection.set_fact("down_n", latest + len(messages))
    connection.set_fact("down_counter", max(counter, connection.number("down_counter")))
    return latest + len(messages)


def after(connection: Connection, n: int) -> list[Numbered]:
    rows = connection.run("down_after", {"after": n, "limit": PAGE}).fetchall()
    return [Numbered(n=n, expires=expires, event=event) for n, expires, event in rows]


def drop(connection: Connection, n: int) -> None:
    """What nobody is to be given any more."""
    connection.run("forget_down", {"n": n})
    fetched(connection, n)


def fetched(connection: Connection, n: int) -> None:
    connection.set_fact("down_fetched", max(n, connection.number("down_fetched")))


def forget(connection: Connection, n: int) -> None:
    """The newest stay: a home that is restored to before it had heard them asks for them again.

    A home that acknowledges more than was given out remembers a lost outbox. Numbers go on above
    what it remembers, and nothing that waits is taken for fetched.
    """
    latest = connection.number("down_n")
    if n <= latest:
        connection.run("forget_down", {"n": n - KEPT})
        fetched(connection, n)
        return
    waiting = connection.run("down_waiting", {"n": connection.number("down_fetched")}).fetchall()
    connection.run("forget_down", {"n": latest})
    fetched(connection, n)
    for number, (counter, expires, event) in enumerate(waiting, start=n + 1):
        values = {"n": number, "counter": counter, "expires": expires, "event": event}
        connection.run("add_down", values)
    connection.set_fact("down_n", n + len(waiting))
