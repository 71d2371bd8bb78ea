"""Who is heard first when more come than can be heard: calls for help, then alerts, then the rest.

A line that is back after an outage brings every home of a district at once. Without a gate each
waits until it gives up and comes again, and the district works for nobody. Called by `admission`.
"""

import asyncio
from base64 import urlsafe_b64decode
import binascii
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
import heapq
import itertools
import re
from typing import Final

from .. import jws
from ..problems import Problem
from .known_kits import KnownKit, KnownKits
from .reading import EVENT_TYP

# a few for each home of a large district
_MOST_ANSWERED: Final = 20_000
_HELP: Final = b'"kr.anshim.knock.emergency.v'
# from a quote on, and never a step back: whatever is sent, each byte is looked at once
_EVENT: Final = re.compile(
    rb'"(?P<token>[A-Za-z0-9_-]++\.(?P<payload>[A-Za-z0-9_-]++)\.[A-Za-z0-9_-]++)'
)
# a kit sends its call for help first: whoever has not said it by then is no such kit
_MOST_CLAIMS: Final = 4
# the most that the contract lets one request hold: what comes after them is looked at by nobody
_MOST_EVENTS: Final = 100
# so many are heard at once: some share a commit that is on its way to the disk, others are read
# meanwhile; few enough for help to be next
_PLACES: Final = 256


class Urgency(IntEnum):
    HELP = 0
    ALERT = 1
    REST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one may wait here, and when to come again then.

    Less than a relay waits for an answer, or it would be gone before its turn.
    """

    seconds: float | None
    again_in: range


PATIENCE: Final[Mapping[Urgency, Patience]] = {
    Urgency.HELP: Patience(seconds=None, again_in=range(1, 2)),
    Urgency.ALERT: Patience(seconds=6.0, again_in=range(1, 5)),
    Urgency.REST: Patience(seconds=4.0, again_in=range(5, 31)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call for help in a kit's own words; `said` is what it signed."""

    kit: str
    said: bytes


@dataclass(slots=True)
class Gate:
    free: int = _PLACES
    patience: Mapping[Urgency, Patience] = field(default_factory=lambda: PATIENCE)
    # kits that go before all others now
    calling: set[str] = field(default_factory=set)
    # what has been answered, the latest last: said again it is somebody's recording, or in no hurry
    answered: dict[bytes, None] = field(default_factory=dict)
    _waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def place(self, urgency: Urgency) -> Place:
        """To be entered; raises a problem that says when to come again."""
        return Place(self, urgency)

    @contextmanager
    def call(self, call: Call) -> Iterator[None]:
        """Until it is over, what else the kit calls for waits like an alert."""
        self.calling.add(call.kit)
        try:
            yield
            self._remember(call)
        finally:
            self.calling.discard(call.kit)

    def goes_first(self, call: Call) -> bool:
        return call.kit not in self.calling and call.said not in self.answered

    def _remember(self, call: Call) -> None:
        self.answered[call.said] = None
        if len(self.answered) > _MOST_ANSWERED:
            del self.answered[next(iter(self.answered))]

    async def wait(self, urgency: Urgency) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._numbers), turn))
        try:
            async with asyncio.timeout(self.patience[urgency].seconds):
                await asyncio.shield(turn)
        except TimeoutError as error:
            if not turn.done():
                turn.cancel()
                raise self._later(urgency) from error
        except asyncio.CancelledError:
            if turn.done():
                self.hand_on()
            turn.cancel()
            raise

    def _later(self, urgency: Urgency) -> Problem:
        detail = "Many come at once. Nothing was kept. Send it again."
        return Problem("unavailable", 503, detail, again_in=self.patience[urgency].again_in)

    def hand_on(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


@dataclass(frozen=True, slots=True)
class Place:
    """Plain methods: a generator for each heartbeat would cost more than all that it does here."""

    gate: Gate
    urgency: Urgency

    async def __aenter__(self) -> None:
        if self.gate.free:
            self.gate.free -= 1
        else:
            await self.gate.wait(self.urgency)

    async def __aexit__(self, *_: object) -> None:
        self.gate.hand_on()


async def urgency_of(body: bytes, kits: KnownKits, gate: Gate) -> tuple[Urgency, Call | None]:
    """With the call for help that goes before all, if there is one.

    Anybody can write that they need help, and help waits for nobody: only a kit's word counts.
    Looked at before a place is taken, and only for whoever claims it: one signature is cheaper than
    a place. What is claimed by a key that nobody knows can be acted on by nobody, and has time.

    Whoever has a kit, or one signed call of it, can send as many: one at a time goes before all,
    and none that was answered before.
    The database is asked once at most: strangers could keep its readers busy before any place.
    """
    claims = list(itertools.islice(claims_of_help(body), _MOST_CLAIMS))
    if not claims:
        return Urgency.ALERT, None
    read = list(_taken_apart(claims))
    calls = _calls(read, kits)
    if not any(gate.goes_first(call) for call in calls):
        new = next((claim.kid for claim in read if kits.in_memory(claim.kid) is None), None)
        if new is not None and await kits.find(new) is not None:
            calls = _calls(read, kits)
    for call in calls:
        if gate.goes_first(call):
            return Urgency.HELP, call
    return Urgency.ALERT if calls else Urgency.REST, None


def claims_of_help(body: bytes) -> Iterator[str]:
    """Events that say so, as far as can be told before anything is verified."""
    return (
        found["token"].decode()
        for found in itertools.islice(_EVENT.finditer(body), _MOST_EVENTS)
        if _HELP in _decoded(found["payload"])
    )


def _taken_apart(claims: Iterable[str]) -> Iterator[jws.Jws]:
    for claim in claims:
        with suppress(jws.NotAJwsError):
            yield jws.take_apart(claim)


def _calls(claims: Iterable[jws.Jws], kits: KnownKits) -> list[Call]:
    """Those that are the word of a kit, as far as is in memory."""
    known = ((claim, kits.in_memory(claim.kid)) for claim in claims)
    return [
        Call(kit=kit.id, said=sha256(claim.signed).digest())
        for claim, kit in known
        if kit is not None and _is_signed(claim, kit)
    ]


def _is_signed(claim: jws.Jws, kit: KnownKit) -> bool:
    try:
        jws.verify(claim, kit.key, EVENT_TYP)
    except jws.UntrustedError:
        return False
    return True


def _decoded(payload: bytes) -> bytes:
    try:
        return urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    except binascii.Error:
        return b""
