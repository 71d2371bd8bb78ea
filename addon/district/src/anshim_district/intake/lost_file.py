"""Which kits were reported lost, once more beside the keys: an older database does not undo it.

Read and made whole at the start, written after each commit that reports one. Where several workers
have folders of their own, each makes its own whole from the database they share.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection

from ..casework import Casework
from ..keys import write_private
from ..storage.database import After
from .late import erased_kit
from .revocation import Revocation, all_revocations, put_down

FILE: Final = "lost-kits.json"


class LostFileError(Exception):
    """The file cannot be read; says what to do."""


class LostFile:
    def __init__(self, data: Path) -> None:
        self._path = data / FILE

    def make_whole(
        self, connection: Connection, casework: Casework, known: list[Revocation], now: datetime
    ) -> None:
        """What either of the two knows, both know; but of an erased home, nothing."""
        for lost in known:
            if erased_kit(connection, lost.kit) is None:
                put_down(connection, After(), casework, lost, now)
        self.write(all_revocations(connection))

    def read(self) -> list[Revocation]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[Revocation])
        except FileNotFoundError:
            return []
        except msgspec.DecodeError as error:
            raise LostFileError(
                f"The file {self._path} cannot be read ({error}). Restore it from a safe copy: it "
                "says which kits were reported lost. If there is none, delete it, and mark kits "
                "that were lost since the newest backup as lost again."
            ) from error

    def write(self, lost: list[Revocation]) -> None:
        if lost != self.read():
            write_private(self._path, msgspec.json.encode(lost))
