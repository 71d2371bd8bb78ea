"""The mark that is left of an erased pseudonym: it is known again, and leads back to nobody."""

from typing import Final

from sqlalchemy import Connection, select

from ..door import digest
from ..storage.erasure_tables import erasures
from ..storage.settings import kept

# the id of the journal that belongs to this database
JOURNAL: Final = "erasure_journal"


def mark_of(journal: str, household: str) -> str:
    return digest(f"{journal} {household}".encode())


def mark(connection: Connection, household: str) -> str:
    return mark_of(kept(connection, JOURNAL) or "", household)


def is_erased(connection: Connection, household: str) -> bool:
    """Its pseudonym is nobody's, for ever."""
    found = select(erasures.c.mark).where(erasures.c.mark == mark(connection, household))
    return connection.scalar(found) is not None


def shown(of: str) -> str:
    """A mark as people see it."""
    return f"erased-{of[:12]}"
