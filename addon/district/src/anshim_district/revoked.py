"""Whether a kit was reported lost: asked inside the commit that hears it or tells it something.

Never remembered between two commits, so that what one worker was told all workers know at once.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from .storage.among import among
from .storage.tables import revocations

_AMONG: Final = select(revocations.c.kit).where(among(revocations.c.kit, "kits"))


class GoneError(Exception):
    """The kit is not known any more, or was reported lost: no session of it is good."""


class RevokedError(Exception):
    """This kit was reported lost."""

    def __init__(self, since: datetime) -> None:
        super().__init__("reported lost")
        self.since = since


def revoked_among(connection: Connection, asked: Collection[str]) -> frozenset[str]:
    """Which of these kits are reported lost."""
    if not asked:
        return frozenset()
    return frozenset(connection.scalars(_AMONG, {"kits": list(asked)}))


def is_revoked(connection: Connection, kit: str) -> bool:
    return bool(revoked_among(connection, [kit]))


def check_not_gone(connection: Connection, kit: str) -> None:
    """Whoever has a lost kit is told nothing, and takes nothing as heard for the home."""
    if is_revoked(connection, kit):
        raise GoneError(kit)
