"""By which numbers a receiver knows homes and signals: made once, the same ever after.

Called inside the write that tells it.
"""

from typing import Final

from sqlalchemy import Connection, Table, insert, select

from ...storage.duty_tables import centre_homes, centre_signals
from ...storage.given import give

# of a frame; they come round
NUMBERS: Final = 9999
_LONGEST: Final = 9


def number_of_home(connection: Connection, household: str) -> int:
    return _number(connection, centre_homes, "household", household)


def known_number(connection: Connection, household: str) -> int | None:
    """Of a home that a receiver was ever told of."""
    n: int | None = connection.scalar(
        select(centre_homes.c.n).where(centre_homes.c.household == household)
    )
    return n


def homes_by(connection: Connection, typed: str) -> set[str]:
    """Whom the control centre means by the number on its screen."""
    if not typed.isascii() or not typed.isdigit() or len(typed) > _LONGEST:
        return set()
    return set(
        connection.scalars(select(centre_homes.c.household).where(centre_homes.c.n == int(typed)))
    )


def number_of_signal(connection: Connection, reference: str) -> int:
    return _number(connection, centre_signals, "reference", reference) % NUMBERS + 1


def _number(connection: Connection, table: Table, column: str, value: str) -> int:
    """Looks first: there is one writer, and each number is given once."""
    known = select(table.c.n).where(table.c[column] == value)
    if connection.scalar(known) is None:
        connection.execute(insert(table).values({column: value, "n": give(connection, table)}))
    number: int = connection.execute(known).scalar_one()
    return number
