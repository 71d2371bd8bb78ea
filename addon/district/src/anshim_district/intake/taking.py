"""One request of signed events, whichever way it came: read, filed in one commit, answered signed.

Called by the API (HTTPS) and by the MQTT intake.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import Connection

from ..clock import Clock, rfc3339
from ..keys import SigningKey
from ..storage.database import After, Database
from .filing import Filing, Result, is_set_apart, quarantined, set_apart
from .known_kits import KnownKits
from .lane import Lane
from .reading import UNKNOWN_KEY, Doubtful, Signed, read_signed


class EventsBody(msgspec.Struct, frozen=True, kw_only=True):
    events: Annotated[
        list[Annotated[str, Meta(max_length=32768)]], Meta(min_length=1, max_length=100)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    database: Database
    kits: KnownKits
    filing: Filing
    lane: Lane
    key: SigningKey
    clock: Clock

    async def take(self, body: EventsBody) -> dict[str, str]:
        """After the commit. The signature on each event is the authority."""
        read = [await read_signed(token, self.kits) for token in body.events]
        now = self.clock.now()
        results = await self.database.write(
            lambda connection, after: [self._keep(connection, after, one, now) for one in read]
        )
        ack = {
            "kit": _signer(read),
            "now": rfc3339(now),
            "results": [result.line for result in results],
        }
        return {"ack": self.key.sign(ack, "anshim-ack+jws")}

    def _keep(
        self, connection: Connection, after: After, read: Signed | Doubtful, now: datetime
    ) -> Result:
        if isinstance(read, Signed):
            return self.filing.keep(connection, after, read, now)
        kit = read.kit.id if read.kit else None
        if not is_set_apart(connection, read.digest) and not self.lane.admits(kit, now):
            return Result(id=read.id, digest=read.digest, status="later", reason="slow_down")
        set_apart(connection, after, read, now)
        if read.because == UNKNOWN_KEY:
            # shown, and owed: whoever sent it keeps it until the kit is known
            return Result(id=read.id, digest=read.digest, status="later", reason=UNKNOWN_KEY)
        return quarantined(read)


def _signer(read: Sequence[Signed | Doubtful]) -> str | None:
    return next((one.kit.id for one in read if one.kit), None)
