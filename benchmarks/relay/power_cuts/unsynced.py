"""The relay with its one promise broken: commits are not synced. The control of the experiment.

If cutting the power of this one loses nothing, the cuts prove nothing about the other.
"""

from collections.abc import Sequence
from typing import Any

from anshim_relay import program
from anshim_relay.outbox import database
from anshim_relay.outbox.database import Connection

NORMAL = 1
_pragma = Connection.pragma


def pragma(self: Connection, text: str) -> Any:
    return _pragma(self, text.replace("synchronous = FULL", "synchronous = NORMAL"))


def main(arguments: Sequence[str]) -> int:
    Connection.pragma = pragma  # type: ignore[method-assign]  # sabotage is the purpose
    database.FULL_SYNC = NORMAL
    return program.main(arguments)
