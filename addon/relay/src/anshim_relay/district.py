"""HTTP with the district: bounded, impatient, and sure only of what happened to the request.

Called by carriers, session, heartbeat, downlink and enrolment. Nothing it returns is believed
before it is verified.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import orjson

from anshim_relay.address import Address
from anshim_relay.tls import Contexts

MAX_ANSWER = 4 * 1024 * 1024
LONGEST_RETRY_AFTER_S = 300.0
CONNECT_S = 5.0
SLOW_DOWN = 429
UNAUTHORISED = 401

# It answers, and does not know us: a person has to make this kit known there.
KIT_NOT_ACCEPTED = "kit-not-accepted"
# It knows us, as a kit that was reported lost: nothing is taken from us but a call for help.
KIT_REVOKED = "kit-revoked"

# OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
BY_DATE = frozenset({9, 10})


class AwayError(Exception):
    """Again later: not reached, not ready, or not making sense.

    `answered`: the receiver itself does not take it, and will hardly think otherwise in a moment.
    A proxy's error or a portal's page says no more than a dead line; who has too much to do says
    when to come again.
    """

    def __init__(
        self, reason: str, retry_after: float | None = None, *, answered: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.answered = answered


class DatesError(AwayError):
    """By this device's clock the certificate is not valid now: one of the two is wrong."""


class RefusedError(Exception):
    """Never again like this: the district understood and said no."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class SessionUnknownError(Exception):
    """Send hello again. `refusal`: what is said to be signed about this kit, for good."""

    def __init__(self, refusal: Any = None) -> None:
        super().__init__()
        self.refusal = refusal


@dataclass
class Lines:
    """Connections that are kept open, and how many requests are on them."""

    http: aiohttp.ClientSession
    users: int = 0


class Door:
    """The district at one of its addresses."""

    def __init__(self, url: Callable[[], str], tls: Contexts) -> None:
        self._url = url
        self._tls = tls
        self._on_open: list[Callable[[], None]] = []
        self._lines = self._opener()

    def when_opened(self, call: Callable[[], None]) -> None:
        """Called when a connection comes about, before anything has been answered on it."""
        self._on_open.append(call)

    def _opener(self) -> Lines:
        trace = aiohttp.TraceConfig()
        trace.on_connection_create_end.append(self._opened)
        jar = aiohttp.DummyCookieJar()
        return Lines(http=aiohttp.ClientSession(cookie_jar=jar, trace_configs=[trace]))

    async def _opened(self, *_: object) -> None:
        for call in self._on_open:
            call()

    async def close(self) -> None:
        await self._lines.http.close()

    async def post(
        self, path: str, body: Mapping[str, Any], *, patience: float, token: str | None = None
    ) -> Any:
        return await self._ask("POST", path, patience, token, data=orjson.dumps(body))

    async def post_whatever_the_date(
        self, path: str, body: Mapping[str, Any], *, patience: float
    ) -> Any:
        """Only where the answer is signed, and what is asked is no secret."""
        sent = {"data": orjson.dumps(body), "ssl": self._tls.dateless}
        return await self._ask("POST", path, patience, None, **sent)

    async def get(
        self, path: str, params: Mapping[str, int], *, patience: float, token: str
    ) -> Any:
        return await self._ask("GET", path, patience, token, params=params)

    async def _ask(
        self, method: str, path: str, patience: float, token: str | None, **sent: Any
    ) -> Any:
        url = self._url()
        if not url:
            raise AwayError("no-district")
        headers = {"Content-Type": "application/json"} if "data" in sent else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        timeout = aiohttp.ClientTimeout(total=patience, sock_connect=min(CONNECT_S, patience))
        try:
            async with (
                self._line() as http,
                http.request(
                    method,
                    url + path,
                    headers=headers,
                    timeout=timeout,
                    allow_redirects=False,
                    **{"ssl": self._tls()} | sent,
                ) as response,
            ):
                return judged(response, await bounded(response))
        except TimeoutError as error:
            raise AwayError("timeout") from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise bad_certificate(error) from error
        except aiohttp.ClientError as error:
            raise AwayError(type(error).__name__) from error

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[aiohttp.ClientSession]:
        """A half-open line takes what it is given and says nothing.

        After one has, nothing that was opened before is used any more: the others of that time
        would say nothing either. Who is on one of them may still be answered; then it is closed.
        """
        lines = self._lines
        lines.users += 1
        try:
            yield lines.http
        except TimeoutError:
            if lines is self._lines:
                self._lines = self._opener()
            raise
        finally:
            lines.users -= 1
            if lines is not self._lines and not lines.users:
                await lines.http.close()


class District:
    """What is asked of it rather than carried to it, at whichever of its addresses answers.

    Events go by the carriers, which each have one door.
    """

    def __init__(self, address: Address, tls: Contexts) -> None:
        self.doors: Sequence[Door] = [
            Door(partial(address.at, place), tls) for place in range(address.places)
        ]
        # The one that answered last comes first.
        self._order = list(self.doors)

    def when_opened(self, call: Callable[[], None]) -> None:
        for door in self.doors:
            door.when_opened(call)

    async def close(self) -> None:
        for door in self.doors:
            await door.close()

    async def post(
        self, path: str, body: Mapping[str, Any], *, patience: float, token: str | None = None
    ) -> Any:
        return await self._asked(lambda door: door.post(path, body, patience=patience, token=token))

    async def post_whatever_the_date(
        self, path: str, body: Mapping[str, Any], *, patience: float
    ) -> Any:
        return await self._asked(
            lambda door: door.post_whatever_the_date(path, body, patience=patience)
        )

    async def get(
        self, path: str, params: Mapping[str, int], *, patience: float, token: str
    ) -> Any:
        return await self._asked(
            lambda door: door.get(path, params, patience=patience, token=token)
        )

    async def _asked(self, ask: Callable[[Door], Awaitable[Any]]) -> Any:
        """Whoever says no may be a stranger in between: the next address is asked as well.

        Of several reasons the first is told; but that of dates, about which something is done.
        """
        errors: list[AwayError | RefusedError | SessionUnknownError] = []
        for door in list(self._order):
            try:
                return await ask(door)
            except (AwayError, RefusedError, SessionUnknownError) as error:
                errors.append(error)
                self._order.remove(door)
                self._order.append(door)
        raise next((error for error in errors if isinstance(error, DatesError)), errors[0])


def bad_certificate(error: aiohttp.ClientConnectorCertificateError) -> AwayError:
    code = getattr(error.certificate_error, "verify_code", None)
    return DatesError("certificate-dates") if code in BY_DATE else AwayError(type(error).__name__)


async def bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise AwayError("answer-too-large")
    return bytes(body)


def judged(response: aiohttp.ClientResponse, body: bytes) -> Any:
    status = response.status
    if status in {200, 201}:
        return loaded(body)
    if status == UNAUTHORISED:
        raise SessionUnknownError(member_of(body, "refusal"))
    if status == SLOW_DOWN or not 400 <= status < 500:  # noqa: PLR2004 - the client's own errors
        raise AwayError(f"http-{status}", retry_after(response))
    raise RefusedError(status, problem_in(body))


def loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise AwayError("answer-not-json") from error


def retry_after(response: aiohttp.ClientResponse) -> float | None:
    value = response.headers.get("Retry-After", "")
    return min(float(value), LONGEST_RETRY_AFTER_S) if value.isdecimal() else None


def problem_in(body: bytes) -> str:
    kind = member_of(body, "type")
    return "unnamed" if kind is None else str(kind).removeprefix("urn:anshim:problem:")[:64]


def member_of(body: bytes, name: str) -> Any:
    """Of an RFC 9457 problem, if it has it; a proxy in between may answer anything."""
    try:
        return orjson.loads(body)[name]
    except orjson.JSONDecodeError, KeyError, TypeError:
        return None
