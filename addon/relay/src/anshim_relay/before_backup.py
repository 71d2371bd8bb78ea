"""`python -m anshim_relay.before_backup`: Home Assistant calls it before it copies a running relay.

What the write-ahead log holds goes into the database. From then on only the log grows, so that
the files of one copy fit together, whenever each of them is read.
"""

from collections.abc import Sequence
import sqlite3
import sys

from anshim_relay.arguments import parser
from anshim_relay.outbox.database import connect
from anshim_relay.outbox.opening import FILE


def main(argv: Sequence[str] | None = None) -> int:
    """Never a failure: a copy that may have to be rescued is better than none."""
    name = "anshim-relay-before-backup"
    data = parser(name, "Makes a running relay ready to be copied.").parse_args(argv).data
    try:
        if (data / FILE).exists():
            connection = connect(data / FILE)
            connection.pragma("wal_checkpoint(TRUNCATE)")
            connection.close()
    except sqlite3.Error as error:
        sys.stderr.write(f"{name}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
