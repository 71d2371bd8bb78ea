"""One request of signed events, whichever way it came: read, filed in one commit, answered signed.

Called by the API (HTTPS) and by the MQTT intake.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import itertools
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ..clock import Clock, rfc3339
from ..keys import SigningKey
from ..metrics.counted import EVENTS, Figures
from .filing import Result
from .known_kits import KnownKits
from .reading import Doubtful, Signed, read_all
from .sorting import Sent
from .together import Together

_AT_ONCE: Final = 25


class EventsBody(msgspec.Struct, frozen=True, kw_only=True):
    events: Annotated[
        list[Annotated[str, Meta(max_length=32768)]], Meta(min_length=1, max_length=100)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    kits: KnownKits
    sorting: Together[Sent, list[Result]]
    key: SigningKey
    clock: Clock
    figures: Figures

    async def take(self, body: EventsBody) -> dict[str, str]:
        """After the commit. The signature on each event is the authority.

        A few at a time: somebody else's call for help gets in between.
        """
        read: list[Signed | Doubtful] = []
        results: list[Result] = []
        now = self.clock.now()
        for some in itertools.batched(body.events, _AT_ONCE, strict=False):
            few = await read_all(some, self.kits)
            results += await self.sorting.hear(Sent(read=few, at=now))
            read += few
        self.figures.heard.update((EVENTS, *_word(result)) for result in results)
        ack = {
            "kit": _signer(read),
            "now": rfc3339(now),
            "results": [result.line for result in results],
        }
        return {"ack": self.key.sign(ack, "anshim-ack+jws")}


def _word(result: Result) -> tuple[str, str]:
    """What the ack calls durable is what an operator counts as accepted."""
    status = "accepted" if result.status == "durable" else result.status
    return status, result.reason or ""


def _signer(read: Sequence[Signed | Doubtful]) -> str | None:
    return next((one.kit.id for one in read if one.kit), None)
