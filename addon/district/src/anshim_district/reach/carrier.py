"""The port to the telephone network, and its adapter for a provider's HTTP interface.

Takes `Dialable` numbers only: no emergency number has one. Called by the dispatcher. The other
adapter, by SIP, is the folder `sip`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol, override

import aiohttp

from ..duty.roster import Way
from ..registry.phones import Dialable, dialable

# what a call may be answered with: a responder takes the case, a resident is well or needs help
TO_TAKE: Final = "1"
TO_ANSWER: Final = "12"
_PATIENCE: Final = aiohttp.ClientTimeout(total=15)
_LATER: Final = frozenset({408, 425, 429})
_SERVER: Final = 500
_ERROR: Final = 400


class CarrierError(Exception):
    """Not taken. `again`: it may be another time."""

    def __init__(self, because: str, *, again: bool) -> None:
        super().__init__(because)
        self.again = again


class Carrier(Protocol):
    """`reference` names the errand: the same one twice is one text or call, and its callback."""

    # what it can carry at all
    ways: frozenset[Way]

    async def text(self, to: Dialable, words: str, *, reference: str) -> None: ...

    async def call(self, to: Dialable, words: str, *, digits: str, reference: str) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCarrier(Carrier):
    """`POST {url}/texts` and `/calls` with a bearer token; 2xx is taken, the rest is told."""

    url: str
    token: str
    sender: str
    callback: str
    ways: frozenset[Way] = frozenset({Way.TEXT, Way.CALL})

    @override
    async def text(self, to: Dialable, words: str, *, reference: str) -> None:
        await self._post("texts", to, {"text": words}, reference)

    @override
    async def call(self, to: Dialable, words: str, *, digits: str, reference: str) -> None:
        script = {"say": words, "language": "ko-KR", "digits": digits, "callback": self.callback}
        await self._post("calls", to, script, reference)

    @override
    async def close(self) -> None:
        """Nothing stays open between two posts."""

    async def _post(
        self, what: str, to: Dialable, content: Mapping[str, str], reference: str
    ) -> None:
        # the last hand before the wire looks once more
        number = dialable(to.e164).e164
        body = {"to": number, "from": self.sender, "reference": reference, **content}
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": reference}
        try:
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as session,
                session.post(
                    f"{self.url}/{what}", json=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CarrierError(type(error).__name__, again=True) from error
        if status >= _ERROR:
            raise CarrierError(str(status), again=status >= _SERVER or status in _LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoCarriers(Carrier):
    """Texts by a provider, calls by one's own line."""

    texts: Carrier
    calls: Carrier
    ways: frozenset[Way] = frozenset({Way.TEXT, Way.CALL})

    @override
    async def text(self, to: Dialable, words: str, *, reference: str) -> None:
        await self.texts.text(to, words, reference=reference)

    @override
    async def call(self, to: Dialable, words: str, *, digits: str, reference: str) -> None:
        await self.calls.call(to, words, digits=digits, reference=reference)

    @override
    async def close(self) -> None:
        await self.texts.close()
        await self.calls.close()
