"""Everything that names somebody is sealed with a new key, so that old backups name nobody.

Called by the command line while no server runs.
"""

from pathlib import Path

from sqlalchemy import Connection

from .. import accounts
from ..keys import KeyFileError
from . import book, consent, notes
from .vault import new_key, open_vault


def seal_all_anew(connection: Connection, key: Path) -> int:
    """In one commit. Which of the two keys counts is for the database to say, whatever crashes."""
    old = open_vault(key, connection)
    if not old.is_open:
        raise KeyFileError(f"The registry's key {key} does not open this database. Restore it.")
    new = new_key(key, connection)
    homes = book.seal_anew(connection, old, new)
    consent.seal_anew(connection, old, new)
    notes.seal_anew(connection, old, new)
    accounts.seal_anew(connection, old, new)
    return homes
