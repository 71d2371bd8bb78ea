"""Errors as RFC 9457 problem+json (contract §9). Raised behind the handlers."""

import logging
import random
from typing import Final, Self

from aiohttp import web
import orjson

from .pointer import Flaw

_LOG: Final = logging.getLogger(__name__)

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


def answer_to(error: Exception, path: str) -> web.Response:
    """A kit is always answered in the contract's words, whatever happened behind them."""
    match error:
        case Problem():
            return error.response()
        case web.HTTPException():
            return _in_our_words(error).response()
        case _:
            _LOG.error("a request could not be answered", exc_info=error, extra={"path": path})
            return Problem.of("unavailable", 503, "Nothing was kept. Send it again.").response()


def _in_our_words(error: web.HTTPException) -> Problem:
    match error:
        case web.HTTPRequestEntityTooLarge():
            return Problem.of("too-large", 413, "At most 1 MiB at once. Split it.")
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            return Problem.of("not-found", 405, f"Use {allowed}.")
        case _:
            return Problem.of("not-found", error.status, "There is nothing here; see the contract.")
