"""Which key belongs to which kit. Read through from the database, so that several workers agree."""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, bindparam, literal, select

from ..jws import PublicJwk, public_key
from ..storage.database import Database
from ..storage.erasure_tables import erased_kits
from ..storage.tables import kits

_MOST: Final = 20_000
_FOUND: Final = select(kits.c.id, kits.c.household, kits.c.x).where(kits.c.kid == bindparam("kid"))


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
        known = self._by_kid.get(kid)
        if known is None and kid:
            known = await self._database.read(lambda connection: _find(connection, kid))
            if known is not None:
                self._remember(kid, known)
        return known

    def in_memory(self, kid: str) -> KnownKit | None:
        """Asks nobody: for whoever may not be kept waiting by what strangers write."""
        return self._by_kid.get(kid)

    def _remember(self, kid: str, kit: KnownKit) -> None:
        if len(self._by_kid) >= _MOST:
            self._by_kid.clear()
        self._by_kid[kid] = kit


def _find(connection: Connection, kid: str) -> KnownKit | None:
    row = connection.execute(_FOUND, {"kid": kid}).first()
    if row is None:
        row = connection.execute(
            select(
                erased_kits.c.kit.label("id"), literal("").label("household"), erased_kits.c.x
            ).where(erased_kits.c.kid == kid)
        ).first()
    if row is None:
        return None
    jwk = PublicJwk(kty="OKP", crv="Ed25519", x=row.x)
    return KnownKit(id=row.id, household=row.household, key=public_key(jwk), kid=kid)
