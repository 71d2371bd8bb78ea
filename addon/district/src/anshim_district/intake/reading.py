"""One signed event → `Signed`, believed and understood, or `Doubtful`, for a person to look at.

Called by the API; no IO but the look-up of the key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .. import jws
from ..door import Refusal, digest, read_event
from ..messages import Event
from ..pointer import Flaw
from .known_kits import KnownKit, KnownKits

EVENT_TYP = "anshim-event+jws"
UNKNOWN_KEY = "unknown_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An event of a kit that we know, about its own household."""

    token: str
    digest: str
    kit: KnownKit
    household: str
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """`kit` is set only when its signature was right; the rest is claimed."""

    token: str
    digest: str
    kit: KnownKit | None
    because: str
    flaw: Flaw
    id: str | None = None
    kind: str | None = None
    household: str | None = None
    epoch: str | None = None
    seq: int | None = None


async def read_signed(token: str, kits: KnownKits) -> Signed | Doubtful:
    [read] = await read_all([token], kits)
    return read


async def read_all(tokens: Sequence[str], kits: KnownKits) -> list[Signed | Doubtful]:
    """Whose keys these are is asked once: many of a stranger hold a place no longer than one."""
    apart = [_taken_apart(token) for token in tokens]
    known = await kits.find_all({one.kid for one in apart if isinstance(one, jws.Jws)})
    return [one if isinstance(one, Doubtful) else _read(one, known.get(one.kid)) for one in apart]


def _taken_apart(token: str) -> jws.Jws | Doubtful:
    try:
        return jws.take_apart(token)
    except jws.NotAJwsError as error:
        flaw = Flaw(field="", reason="format", detail=f"not a JWS: {error}")
        return Doubtful(
            token=token,
            digest=digest(token.encode()),
            kit=None,
            because="unreadable",
            flaw=flaw,
        )


def _read(parts: jws.Jws, kit: KnownKit | None) -> Signed | Doubtful:
    try:
        jws.check_header(parts, EVENT_TYP)
        if kit is None:
            return _distrusted(parts, UNKNOWN_KEY)
    except jws.UntrustedError as error:
        return _distrusted(parts, error.because)
    return understood(parts, kit)


def _distrusted(parts: jws.Jws, because: str) -> Doubtful:
    claimed = read_event(parts.payload)
    return Doubtful(
        token=parts.token,
        digest=digest(parts.payload),
        kit=None,
        because=because,
        flaw=Flaw(field="", reason="forbidden", detail=because),
        id=claimed.id,
        kind=claimed.kind,
        household=claimed.household,
    )


def understood(parts: jws.Jws, kit: KnownKit) -> Signed | Doubtful:
    """Once the key is known: what it signed, if it did."""
    try:
        jws.verify(parts, kit.key, EVENT_TYP)
    except jws.UntrustedError as error:
        return _distrusted(parts, error.because)
    read = read_event(parts.payload)
    mark = digest(parts.payload)
    if isinstance(read, Refusal):
        return Doubtful(
            token=parts.token,
            digest=mark,
            kit=kit,
            because=read.because,
            flaw=read.flaw,
            id=read.id,
            kind=read.kind,
            household=read.household,
            epoch=read.epoch,
            seq=read.seq,
        )
    if flaw := _foreign(read, kit):
        return Doubtful(
            token=parts.token,
            digest=mark,
            kit=kit,
            because="foreign_subject" if flaw.field == "/subject" else "foreign_kit",
            flaw=flaw,
            id=read.id,
            kind=read.kind,
            household=read.household,
            epoch=read.epoch,
            seq=read.seq,
        )
    return Signed(token=parts.token, digest=mark, kit=kit, household=kit.household, event=read)


def _foreign(event: Event, kit: KnownKit) -> Flaw | None:
    if event.kit != kit.id:
        return Flaw(field="/source", reason="forbidden", detail="signed by another kit's key")
    if kit.household and event.household not in {kit.household, None}:
        return Flaw(
            field="/subject", reason="forbidden", detail="this kit serves another household"
        )
    return None
