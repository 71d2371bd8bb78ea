"""Which key belongs to which kit. Read through from the database, so that several workers agree."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, literal, select

from ..jws import PublicJwk, public_key
from ..storage.among import among
from ..storage.database import Database
from ..storage.erasure_tables import erased_kits
from ..storage.tables import kits

_MOST: Final = 20_000
# what is of a household now comes last, and counts
_FOUND: Final = (
    select(
        erased_kits.c.kid,
        erased_kits.c.kit.label("id"),
        literal("").label("household"),
        erased_kits.c.x,
    ).where(among(erased_kits.c.kid, "kids")),
    select(kits.c.kid, kits.c.id, kits.c.household, kits.c.x).where(among(kits.c.kid, "kids")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKit:
    id: str
    # empty where it was erased: nobody's
    household: str
    key: Ed25519PublicKey
    kid: str


class KnownKits:
    """A key never changes its kit, so what was read once stays true.

    But for a household that is erased since: then the database knows neither of them any more.
    Whether a kit was reported lost is not kept here: that is asked in each commit (`revocation`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_kid: dict[str, KnownKit] = {}

    async def find(self, kid: str) -> KnownKit | None:
        return (await self.find_all({kid})).get(kid)

    async def find_all(self, kids: Collection[str]) -> dict[str, KnownKit]:
        """By their keys' ids. The database is asked once for all that are not in memory."""
        found = {kid: self._by_kid[kid] for kid in kids if kid in self._by_kid}
        if new := [kid for kid in kids if kid and kid not in found]:
            read = await self._database.read(lambda connection: _find(connection, new))
            for kit in read:
                self._remember(kit)
                found[kit.kid] = kit
        return found

    def in_memory(self, kid: str) -> KnownKit | None:
        """Asks nobody: for whoever may not be kept waiting by what strangers write."""
        return self._by_kid.get(kid)

    def _remember(self, kit: KnownKit) -> None:
        if len(self._by_kid) >= _MOST:
            self._by_kid.clear()
        self._by_kid[kit.kid] = kit


def _find(connection: Connection, kids: Sequence[str]) -> list[KnownKit]:
    rows = {row.kid: row for found in _FOUND for row in connection.execute(found, {"kids": kids})}
    return [
        KnownKit(
            id=row.id,
            household=row.household,
            key=public_key(PublicJwk(kty="OKP", crv="Ed25519", x=row.x)),
            kid=row.kid,
        )
        for row in rows.values()
    ]
