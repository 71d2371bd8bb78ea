"""Fetches what the district has for the home, and believes only what it can verify.

What it believes is kept for the home to fetch.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

import orjson

from anshim_relay import clock, jws, log
from anshim_relay.bell import Bell
from anshim_relay.condition import Condition
from anshim_relay.district import AwayError, District, RefusedError, SessionUnknownError
from anshim_relay.envelope import INT32
from anshim_relay.identity import Enrolment
from anshim_relay.outbox.downbox import Down
from anshim_relay.outbox.writer import FullError
from anshim_relay.pause import Pause
from anshim_relay.session import Session

WAIT_S = 50
# An empty answer sooner than this was no long poll.
SHORTEST_S = 0.5
PATIENCE_S = WAIT_S + 10.0
# What the outbox can store.
MOST_COUNTED = 2**63 - 1
REQUIRED = ("id", "type", "time", "data", "specversion")


class Moved(Enum):
    ON = auto()
    NOTHING = auto()
    STUCK = auto()


class NotForUsError(Exception):
    """Signed or not, it must not reach the home. The message is the reason, for the log."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Genuine; `late` when it has run out, so that it is counted and passed over."""

    down: Down
    late: bool


class Downlink:
    def __init__(self, district: District, condition: Condition, arrived: Bell) -> None:
        self._district = district
        self._identity = condition.identity
        self._outbox = condition.outbox
        self._sessions = condition.sessions
        self._refusals = condition.refusals
        self._timekeeper = condition.timekeeper
        self._arrived = arrived
        self._pause = Pause()
        self._failures = 0
        self._hurry = asyncio.Event()

    def hurry(self) -> None:
        """Whoever waits for nothing but news need not ask sooner."""
        if self._failures:
            self._hurry.set()

    async def run(self) -> None:
        while True:
            self._hurry.clear()
            pause = await self.fetch()
            if pause:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), pause)

    async def fetch(self) -> float:
        """In this order.

        1. ask for what is above the highest counter stored
        2. verify and store
        3. the next question acknowledges.
        """
        asked = self._timekeeper.moment().reading.steady
        try:
            moved = await self._fetch_with(await self._sessions.get())
        except (AwayError, RefusedError, FullError) as error:
            self._failures += 1
            log.warning("downlink_missed", reason=str(error), failures=self._failures)
            return self._pause.after(self._failures, getattr(error, "retry_after", None))
        if moved is Moved.NOTHING and self._timekeeper.moment().reading.steady - asked > SHORTEST_S:
            moved = Moved.ON
        self._failures = 0 if moved is Moved.ON else self._failures + 1
        return 0.0 if moved is Moved.ON else self._pause.after(self._failures)

    async def _fetch_with(self, session: Session) -> Moved:
        after = await self._outbox.down_counter()
        try:
            answer = await self._district.get(
                "/v1/downlink", {"after": after, "wait": WAIT_S}, patience=PATIENCE_S,
                token=session.token,
            )  # fmt: skip
        except SessionUnknownError as error:
            self._sessions.drop(session)
            raise AwayError("session-unknown") from error
        messages = answer.get("messages") if isinstance(answer, dict) else None
        if not isinstance(messages, list):
            raise AwayError("answer-not-readable")
        return await self._take(messages, after)

    async def _take(self, messages: list[Any], counter: int) -> Moved:
        """Where nothing can be believed, asking again at once helps nobody."""
        good: list[Down] = []
        before = counter
        for token in messages:
            try:
                verified = self._verified(token, counter)
            except NotForUsError as error:
                self._drop(str(error))
                continue
            counter = verified.down.counter
            if verified.late:
                self._drop("expired")
            else:
                good.append(verified.down)
        if counter > before:
            await self._outbox.add_down(good, counter)
        if good:
            log.info("came_down", messages=len(good), counter=counter)
            self._arrived.ring()
        if counter > before:
            return Moved.ON
        return Moved.STUCK if messages else Moved.NOTHING

    def _drop(self, reason: str) -> None:
        self._refusals.add(1)
        log.error("down_refused", reason=reason)

    def _verified(self, token: Any, counter: int) -> Verified:
        enrolment = self._identity.enrolment
        if enrolment is None:
            raise NotForUsError("not-enrolled")
        return verified(token, enrolment, counter, self._timekeeper.moment().now)


def verified(token: Any, enrolment: Enrolment, counter: int, now: datetime | None) -> Verified:
    """The five questions of the contract, each with its own name in the log."""
    try:
        event = jws.unseal(token, enrolment.pinned.keys, jws.DOWN)
    except jws.UntrustedError as error:
        raise NotForUsError("not-verified") from error
    if not isinstance(event, dict) or any(name not in event for name in REQUIRED):
        raise NotForUsError("not-an-event")
    if event.get("kit") != enrolment.kit:
        raise NotForUsError("foreign-kit")
    if event.get("subject") != enrolment.household:
        raise NotForUsError("foreign-subject")
    number = event.get("counter")
    if not isinstance(number, int) or isinstance(number, bool):
        raise NotForUsError("replayed")
    if not counter < number <= MOST_COUNTED:
        raise NotForUsError("replayed")
    if number > INT32:
        # Stored, it would make everything that follows a replay.
        raise NotForUsError("counter-too-large")
    expires = moment_of(event.get("expires"))
    down = Down(counter=number, expires=expires, event=orjson.dumps(event))
    return Verified(down=down, late=now is not None and expires <= now)


def moment_of(value: Any) -> datetime:
    try:
        return clock.parse(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise NotForUsError("no-expiry") from error
