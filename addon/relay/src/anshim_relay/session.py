"""The session with the district: a signed hello, and a signed answer bound to it.

Asked for by heartbeat and downlink.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
import secrets
from typing import Any

from anshim_relay import CONTRACT, VERSION, clock, jws, log
from anshim_relay.district import (
    KIT_NOT_ACCEPTED,
    KIT_REVOKED,
    AwayError,
    DatesError,
    District,
    SessionUnknownError,
)
from anshim_relay.envelope import HELLO
from anshim_relay.identity import Enrolment, IdentityFile, Pinned
from anshim_relay.link import Link
from anshim_relay.messages import own_event
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.refill import Refill, have_of
from anshim_relay.revocation import Losses, is_refused
from anshim_relay.seal import Seal
from anshim_relay.timekeeper import Timekeeper

PATIENCE_S = 15.0
HEARTBEAT_RANGE_S = (1, 86400)


@dataclass(frozen=True, kw_only=True)
class Session:
    token: str
    expires: datetime
    now: datetime
    heartbeat_seconds: int
    counter: int
    # by epoch, what the district has of us without a gap; None: it does not say
    have: Mapping[str, int] | None = None


class Sessions:
    """One session at a time, renewed when it has ended or the district has forgotten it."""

    def __init__(
        self,
        *,
        district: District,
        identity: IdentityFile,
        outbox: Outbox,
        timekeeper: Timekeeper,
        link: Link,
        refill: Refill,
        losses: Losses,
    ) -> None:
        self._district = district
        self._identity = identity
        self._outbox = outbox
        self._timekeeper = timekeeper
        self._link = link
        self.refill = refill
        self._losses = losses
        self._session: Session | None = None
        self._one_hello = asyncio.Lock()
        enrolment = identity.enrolment
        self.heartbeat_seconds = 300 if enrolment is None else enrolment.heartbeat_seconds

    async def get(self) -> Session:
        async with self._one_hello:
            now = self._timekeeper.moment().now
            if self._session is None or (now is not None and now >= self._session.expires):
                self._session = await self._hello()
            return self._session

    def drop(self, session: Session) -> None:
        """The district does not know it any more; a newer one stays."""
        if self._session is session:
            self._session = None

    def paced(self, heartbeat_seconds: Any) -> None:
        if isinstance(heartbeat_seconds, int):
            lowest, highest = HEARTBEAT_RANGE_S
            self.heartbeat_seconds = min(max(heartbeat_seconds, lowest), highest)

    async def _hello(self) -> Session:
        """In this order.

        1. say hello
        2. believe the answer only if it is signed for this very hello
        3. use it
        4. send again what the district had once and has no more.
        """
        seal, enrolment = self._identity.identity.seal, self._identity.enrolment
        if seal is None or enrolment is None:
            raise AwayError("not-enrolled")
        hello = await self._event(seal, enrolment)
        try:
            answer = await self._greeted({"hello": seal.sign_with_jwk(hello)})
        except SessionUnknownError as error:
            reason = await self._refused(error.refusal, enrolment, hello["id"])
            raise AwayError(reason) from error
        session = session_from(answer, enrolment, hello["id"])
        self._losses.taken_again()
        self._rotate(answer, enrolment.pinned)
        self._timekeeper.told(session.now)
        self.paced(session.heartbeat_seconds)
        self._link.up(self._timekeeper.moment())
        await self.refill.from_what_is_there(session.have)
        return session

    async def _refused(self, refusal: Any, enrolment: Enrolment, hello: str) -> str:
        """What nobody has signed is only a closed door: it may be anybody's."""
        if is_refused(refusal, enrolment, hello):
            await self._losses.heard(enrolment.kit, refusal)
        return KIT_REVOKED if self._losses.is_lost else KIT_NOT_ACCEPTED

    async def _greeted(self, hello: dict[str, str]) -> Any:
        """A clock that is wrong but plausible makes a good certificate look bad.

        The answer to a hello is signed for it alone and tells the time, so until we were told in
        this boot it is asked for again without judging dates. Whatever carries more than a hello
        still waits for that time.
        """
        try:
            return await self._district.post("/v1/hello", hello, patience=PATIENCE_S)
        except DatesError:
            if self._timekeeper.knows_better():
                raise
            log.warning("certificate_dates", do="look at the clock of this device")
            return await self._district.post_whatever_the_date(
                "/v1/hello", hello, patience=PATIENCE_S
            )

    async def _event(self, seal: Seal, enrolment: Enrolment) -> dict[str, Any]:
        moment = self._timekeeper.moment()
        highwater = await self._outbox.highwater()
        return own_event(
            kind=HELLO,
            id_=f"{seal.kit}.hello.{secrets.token_hex(8)}",
            source=seal.source,
            subject=enrolment.household,
            moment=moment,
            data={
                "instance": self._identity.identity.instance,
                "boot": moment.reading.boot,
                "relay_version": VERSION,
                "contract": CONTRACT,
                "epoch": highwater.epoch,
                "seq": highwater.seq,
                "clock_set": self._timekeeper.wall_is_set(moment),
                "algs": list(jws.ALGORITHMS),
            }
            | ({} if self._losses.shown is None else {"refusal": self._losses.shown}),
        )

    def _rotate(self, answer: Any, pinned: Pinned) -> None:
        token = answer.get("keys")
        if token is None:
            return
        try:
            rotated = rotated_by(token, pinned)
        except (jws.UntrustedError, KeyError, TypeError, ValueError) as error:
            log.error("keys_not_believed", error=type(error).__name__, do="ask the district")
            return
        if rotated != pinned:
            self._identity.pin(rotated)
            log.warning("keys_pinned", current=jws.thumbprint(rotated.current))


def session_from(answer: Any, enrolment: Enrolment, hello: str) -> Session:
    try:
        payload = jws.unseal(answer["session"], enrolment.pinned.keys, jws.SESSION)
        if (payload["kit"], payload["hello"]) != (enrolment.kit, hello):
            raise AwayError("session-for-another-hello")
        return Session(
            token=str(payload["token"]),
            expires=clock.parse(payload["expires"]),
            now=clock.parse(payload["now"]),
            heartbeat_seconds=int(payload["heartbeat_seconds"]),
            counter=int(payload["counter"]),
            have=have_of(payload),
        )
    except jws.UntrustedError as error:
        raise AwayError("session-not-verified") from error
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise AwayError("session-not-readable") from error


def rotated_by(token: Any, pinned: Pinned) -> Pinned:
    """The current key may name a new successor; the successor may make itself current."""
    document = jws.unseal(token, pinned.keys, jws.KEYS)
    current, successor = (jws.key_from(key) for key in document["keys"])
    signer, since = jws.key_id_of(token), clock.parse(document["now"])
    if document["id"] != pinned.district or jws.thumbprint(current) != signer:
        raise ValueError("another district, or a key that speaks for another")
    if pinned.since is not None and since < pinned.since:
        return pinned
    return replace(pinned, current=current, successor=successor, since=since)
