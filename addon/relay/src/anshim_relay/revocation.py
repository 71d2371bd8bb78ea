"""A kit that the district's staff reported lost: believed only under the district's pinned key.

Told by hellos and acks. Everything that is kept stays; a new code, and the new key that goes with
it, make the kit one of the household's again.
"""

from typing import Any

from anshim_relay import jws, log
from anshim_relay.carriers import REVOKED
from anshim_relay.identity import Enrolment, IdentityFile
from anshim_relay.outbox.outbox import Outbox


def is_refused(token: Any, enrolment: Enrolment, hello: str) -> bool:
    """Whether it says so itself: for this kit, in answer to this very hello."""
    try:
        said = jws.unseal(token, enrolment.pinned.keys, jws.REFUSAL)
    except jws.UntrustedError:
        return False
    if not isinstance(said, dict):
        return False
    asked = (said.get("kit"), said.get("hello"), said.get("reason"))
    return asked == (enrolment.kit, hello, REVOKED)


class Losses:
    """Remembered on the disk, so that a restart does not forget it."""

    def __init__(self, identity: IdentityFile, outbox: Outbox) -> None:
        self._identity = identity
        self._outbox = outbox

    @property
    def is_lost(self) -> bool:
        """This kit, as it is enrolled today."""
        return self._identity.identity.is_lost

    @property
    def shown(self) -> str | None:
        """What a district that has forgotten is shown."""
        return self._identity.identity.refusal if self.is_lost else None

    async def heard(self, kit: str, refusal: str | None = None) -> None:
        """Of this kit or of an earlier one here, whose events are signed again by that of today."""
        known = self._identity.identity
        if kit not in known.lost:
            log.error("kit_reported_lost", kit=kit, do="ask the district for a new code")
        if kit not in known.lost or is_newer(refusal, known.refusal):
            self._identity.lose(kit, refusal)
        seal = self._identity.identity.seal
        if seal is not None and seal.kit != kit and not self.is_lost:
            await self._outbox.adopt(seal, self._identity.identity.lost)

    def taken_again(self) -> None:
        """The district has signed a session for this kit: it has been restored, and forgot."""
        if self.is_lost:
            self._identity.find()
            log.warning("kit_taken_again")


def is_newer(refusal: str | None, known: str | None) -> bool:
    """One is enough while its key is the district's: each hello brings another."""
    if refusal is None or known is None:
        return refusal is not None
    return jws.key_id_of(refusal) != jws.key_id_of(known)
