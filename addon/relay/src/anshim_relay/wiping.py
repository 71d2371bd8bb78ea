"""Makes a kit fit for another resident: its key and all that the last one's home said are gone.

Run by the program with `--wipe`, under its lock, while no relay runs.
"""

from contextlib import closing
from pathlib import Path
import shutil
import sqlite3

from anshim_relay.outbox.opening import FILE

# The Supervisor's options, and the lock that is held meanwhile.
STAY = frozenset({"options.json", "lock"})


class OwedError(Exception):
    """The message is a sentence for whoever wipes."""


def wipe(data: Path, *, even_unsent: bool) -> None:
    """An alert is not thrown away with its envelope: what is owed goes first, or is given up."""
    owed = count_owed(data / FILE)
    if owed and not even_unsent:
        raise OwedError(
            f"{owed} messages are not delivered yet. Let the relay run until none waits, or add "
            "--even-unsent to throw them away."
        )
    for path in data.iterdir():
        if path.name in STAY:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def count_owed(outbox: Path) -> int:
    """What cannot be read may be owed as well."""
    if not outbox.exists():
        return 0
    try:
        with closing(sqlite3.connect(outbox)) as connection:
            query = "SELECT count(DISTINCT row) FROM delivery WHERE answer IS NULL"
            [owed] = connection.execute(query).fetchone()
    except sqlite3.Error as error:
        raise OwedError(
            f"The outbox cannot be read ({error}). Add --even-unsent to throw it away."
        ) from error
    return int(owed)
