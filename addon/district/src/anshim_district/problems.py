"""Errors as RFC 9457 problem+json (contract §9).

Raised behind the handlers, answered by one middleware.
"""

import random
from typing import Final, Self

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
import msgspec
import orjson

from .pointer import Flaw, explain

_TITLES: Final = {
    "malformed": "Not readable",
    "schema": "Not as the contract says",
    "unauthorised": "Not authorised",
    "session-unknown": "No such session",
    "code-unknown": "No such code",
    "code-spent": "Code already used",
    "code-expired": "Code too old",
    "too-large": "Too large",
    "media-type": "Not JSON",
    "slow-down": "Too many requests",
    "unavailable": "Not available now",
    "not-found": "Nothing here",
    "refused": "Not possible any more",
}
# seconds; not the same for all, or they would all come again together
_RETRY: Final = {429: range(5, 6), 503: range(2, 9)}
_dice = random.SystemRandom()


class Problem(Exception):  # noqa: N818 - the RFC's own name for it
    """What is wrong and what to do."""

    def __init__(
        self,
        code: str,
        status: int,
        detail: str,
        flaw: Flaw | None = None,
        *,
        again_in: range | None = None,
        refusal: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status
        self.detail = detail
        self.flaw = flaw
        self.again_in = again_in or _RETRY.get(status)
        self.refusal = refusal

    @classmethod
    def of(cls, code: str, status: int, detail: str) -> Self:
        return cls(code, status, detail)

    @classmethod
    def schema(cls, field: str, reason: str, detail: str) -> Self:
        return cls("schema", 400, detail, Flaw(field=field, reason=reason, detail=detail))

    @classmethod
    def code_unknown(cls) -> Self:
        return cls("code-unknown", 404, "Nobody issued this code here. Check it letter by letter.")

    @classmethod
    def revoked(cls, refusal: str) -> Self:
        detail = "This kit was reported lost. Ask the district for a new code."
        return cls("unauthorised", 401, detail, refusal=refusal)

    @property
    def body(self) -> bytes:
        body: dict[str, object] = {
            "type": f"urn:anshim:problem:{self.code}",
            "title": _TITLES.get(self.code, self.code),
            "status": self.status,
            "detail": self.detail,
        }
        if self.flaw:
            body["errors"] = [{"field": self.flaw.field, "reason": self.flaw.reason}]
        if self.refusal:
            body["refusal"] = self.refusal
        return orjson.dumps(body)

    def response(self) -> web.Response:
        headers = {}
        if self.again_in:
            headers["Retry-After"] = str(_dice.choice(self.again_in))
        return web.Response(
            body=self.body,
            status=self.status,
            content_type="application/problem+json",
            headers=headers,
        )


def is_squeezed(request: web.Request) -> bool:
    """Every body that is meant for us is small: what has to be unpacked first is a bomb."""
    return request.headers.get("Content-Encoding", "identity").lower() != "identity"


async def read_whole(request: web.Request) -> bytes:
    """The bytes of a body, or a problem."""
    if is_squeezed(request):
        raise Problem.of("media-type", 415, "Send it as it is: nothing is unpacked here.")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Problem.of("too-large", 413, "At most 1 MiB at once. Split it.") from error
    except (web.RequestPayloadError, HttpProcessingError) as error:
        raise Problem.of("malformed", 400, "The body does not end as it says.") from error


async def read_json(request: web.Request) -> bytes:
    if request.content_type not in {"application/json", "application/cloudevents+json"}:
        raise Problem.of("media-type", 415, "Send application/json.")
    return await read_whole(request)


async def read_body[T](request: web.Request, shape: type[T]) -> T:
    """The door for request bodies: bytes → a frozen value, or a problem with a pointer."""
    raw = await read_json(request)
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        flaw = explain(error)
        raise Problem("schema", 400, f"{flaw.detail}.", flaw) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem.of("malformed", 400, "The body is not readable as JSON. Mend it.") from error
