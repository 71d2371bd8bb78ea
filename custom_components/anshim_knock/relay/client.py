"""Talks to one relay over its local API (contract §5). Raw JSON stays behind this door.

The config flow proves address and token with it; the link sends, asks and listens with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
import json
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from .envelope import Event
from .errors import (
    NotARelayError,
    Problem,
    RelayUnreachableError,
    WrongContractError,
    error_of,
)

# An emergency behind a hanging request must not wait longer than this.
PATIENCE = timedelta(seconds=5)
_CONTRACT_MAJOR = "1"
_NOT_ACCEPTED = "kit-not-accepted"
_REVOKED = "kit-revoked"
_LARGEST_ANSWER = 4 * 1024 * 1024
_SHORTEST_BEAT, _LONGEST_BEAT = 15, 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayStatus:
    """What a relay says about itself. `household` is `None` until it is enrolled."""

    kit: str | None
    household: str | None
    connected: bool
    version: int
    waiting: int
    # the district answers, and does not know the relay's key
    refused: bool = False
    # the district's staff has reported the relay lost
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """One down event under the relay's running number, still unread."""

    number: int
    event: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Downlink:
    """What a long poll brought."""

    messages: tuple[Down, ...]
    latest: int


class RelayClient:
    """One relay, by address and token."""

    def __init__(self, session: ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def status(self) -> RelayStatus:
        """Proves address and token."""
        return _status(await self._ask("GET", "/v1/status"))

    async def post(self, event: Event) -> timedelta:
        """Returns when the event is kept; answers how often the relay wants to hear from us."""
        answer = await self._ask(
            "POST",
            "/v1/events",
            data=json.dumps(event).encode(),
            headers={"Content-Type": "application/cloudevents+json"},
        )
        return _kept(answer, str(event["id"]))

    async def downlink(self, after: int, wait: timedelta) -> Downlink:
        """Long poll. `after` acknowledges."""
        answer = await self._ask(
            "GET",
            "/v1/downlink",
            patience=wait + 2 * PATIENCE,
            params={"after": str(after), "wait": str(int(wait.total_seconds()))},
        )
        return _downlink(answer)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        patience: timedelta = PATIENCE,
        headers: Mapping[str, str] | None = None,
        **request: Any,
    ) -> Mapping[str, Any]:
        try:
            async with self._session.request(
                method,
                self._url + path,
                headers={**self._headers, **(headers or {})},
                timeout=ClientTimeout(total=patience.total_seconds()),
                allow_redirects=False,
                **request,
            ) as response:
                return await _answer(response)
        except (ClientError, TimeoutError, OSError, ValueError) as err:
            msg = f"{method} {path}: {type(err).__name__} {err}"
            raise RelayUnreachableError(msg) from err


async def _answer(response: ClientResponse) -> Mapping[str, Any]:
    body = await response.content.read(_LARGEST_ANSWER)
    while more := await response.content.read(_LARGEST_ANSWER):
        body += more
        if len(body) > _LARGEST_ANSWER:
            raise NotARelayError("an answer larger than any relay's")
    if response.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
        return _object(body)
    raise error_of(response.status, _problem(body), _seconds(response.headers.get("Retry-After")))


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as err:
        raise NotARelayError("the answer is no JSON") from err
    if not isinstance(found, dict):
        raise NotARelayError("the answer is no object")
    return found


def _problem(body: bytes) -> Problem:
    """As much as can be read: the status alone already says what to do."""
    try:
        found = _object(body)
    except NotARelayError:
        found = {}
    version = found.get("householdversion")
    return Problem(
        code=str(found.get("type", "unknown")).rpartition(":")[2],
        detail=str(found.get("detail", "")),
        version=version if isinstance(version, int) else None,
    )


def _seconds(header: str | None) -> float | None:
    """A date instead of seconds is left to the usual pause."""
    return float(header) if header is not None and header.isdigit() else None


def _status(found: Mapping[str, Any]) -> RelayStatus:
    try:
        major = str(found["contract"]).partition(".")[0]
        if major != _CONTRACT_MAJOR:
            raise WrongContractError(f"contract {found['contract']}")
        destinations = found["destinations"]
        return RelayStatus(
            kit=_text(found["kit"]),
            household=_text(found["household"]),
            connected=any(d["connected"] is True for d in destinations),
            version=int(found["highwater"]["householdversion"]),
            waiting=sum(int(d["waiting"]) for d in destinations),
            refused=any(d.get("reason") == _NOT_ACCEPTED for d in destinations),
            revoked=any(d.get("reason") == _REVOKED for d in destinations),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as err:
        raise NotARelayError(f"no relay's status: {err!r}") from err


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _kept(found: Mapping[str, Any], event_id: str) -> timedelta:
    """Nothing but our own id counts as kept."""
    try:
        if [kept["id"] for kept in found["kept"]] != [event_id]:
            raise NotARelayError("the relay kept something else")
        seconds = int(found["heartbeat_seconds"])
    except (KeyError, TypeError, ValueError, OverflowError) as err:
        raise NotARelayError(f"no relay's answer: {err!r}") from err
    return timedelta(seconds=min(max(seconds, _SHORTEST_BEAT), _LONGEST_BEAT))


def _downlink(found: Mapping[str, Any]) -> Downlink:
    try:
        return Downlink(
            messages=tuple(Down(number=int(m["n"]), event=m["event"]) for m in found["messages"]),
            latest=int(found["latest"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as err:
        raise NotARelayError(f"no relay's downlink: {err!r}") from err
