"""Tells the district at its own pace that relay and home are there, and in what condition.

Never stored: the newest counts.
"""

import asyncio
from contextlib import suppress
import secrets

from anshim_relay import log
from anshim_relay.condition import Condition
from anshim_relay.district import AwayError, District, RefusedError, SessionUnknownError
from anshim_relay.envelope import HEARTBEAT
from anshim_relay.home import Ha
from anshim_relay.messages import own_event
from anshim_relay.outbox.keeping import Moment
from anshim_relay.pause import Pause
from anshim_relay.refill import have_of
from anshim_relay.session import Session

PATIENCE_S = 15.0
# Asleep no longer than this, so that a home falling silent is seen soon after it is.
GLANCE_S = 1.0
# A home that says much at once is told of once, after what it wants to have kept has gone ahead.
BREATH_S = 2.0


class Heart:
    def __init__(self, district: District, condition: Condition) -> None:
        self._district = district
        self._condition = condition
        self._pause = Pause()
        self._failures = 0
        self._told: Ha | None = None
        self._hurry = asyncio.Event()

    def hurry(self) -> None:
        """The district answers again: it should not have to wait for the next beat.

        Where the last beat arrived it has nothing to wait for. A way that takes heartbeats and no
        alerts goes up and down with each of them: beating at each would be a storm.
        """
        if self._failures:
            self._hurry.set()

    def home_spoke(self) -> None:
        """For the first time, or before its turn: the district should listen for it from now on.

        A pause after a failure is kept: whatever ends it tells the newest.
        """
        if not self._failures:
            self._hurry.set()

    async def run(self) -> None:
        while True:
            self._hurry.clear()
            pause = await self.beat_due(self._condition.timekeeper.moment())
            await self._wait(pause)

    async def _wait(self, pause: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), pause)
            if not self._failures:
                await asyncio.sleep(BREATH_S)

    async def beat_due(self, moment: Moment) -> float:
        """1. make the newest; 2. send it; 3. forget what it reported only when it was answered."""
        try:
            session = await self._condition.sessions.get()
            await self._beat(session, moment)
        except AwayError as error:
            return self._missed(error.reason, moment, error.retry_after)
        except RefusedError as error:
            return self._missed(str(error), moment)
        self._failures = 0
        self._condition.beats.was_answered(moment.reading)
        self._condition.link.up(moment)
        return self._until_next(moment)

    async def _beat(self, session: Session, moment: Moment) -> None:
        condition = self._condition
        refused = condition.refusals.unreported
        data = await condition.heartbeat(moment, refused)
        try:
            answer = await self._district.post(
                "/v1/heartbeats", self._event(moment, data), patience=PATIENCE_S,
                token=session.token,
            )  # fmt: skip
        except SessionUnknownError as error:
            condition.sessions.drop(session)
            raise AwayError("session-unknown") from error
        if not isinstance(answer, dict):
            raise AwayError("answer-not-readable")
        condition.refusals.reported(refused)
        condition.sessions.paced(answer.get("heartbeat_seconds"))
        self._told = data["ha"]
        try:
            have = have_of(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise AwayError("answer-not-readable") from error
        await condition.sessions.refill.from_what_is_there(have)

    def _event(self, moment: Moment, data: dict[str, object]) -> dict[str, object]:
        enrolment = self._condition.identity.enrolment
        if enrolment is None:
            raise AwayError("not-enrolled")
        return own_event(
            kind=HEARTBEAT,
            id_=f"{enrolment.kit}.heartbeat.{secrets.token_hex(8)}",
            source=f"urn:anshim:kit:{enrolment.kit}",
            subject=enrolment.household,
            moment=moment,
            data=data,
        )

    def _until_next(self, moment: Moment) -> float:
        """At the district's pace, or when the home has just missed too many of its own."""
        pace = self._condition.sessions.heartbeat_seconds
        silent_in = self._condition.home.silent_in_s(moment.reading, pace)
        if self._told is Ha.ALIVE and silent_in is not None:
            return min(float(pace), max(GLANCE_S, silent_in))
        return float(pace)

    def _missed(self, reason: str, moment: Moment, retry_after: float | None = None) -> float:
        self._failures += 1
        self._condition.beats.missed += 1
        log.warning("heartbeat_missed", reason=reason, failures=self._failures)
        self._condition.link.down(moment, reason)
        if reason == "session-unknown" and self._failures == 1:
            return 0.0
        return self._pause.after(self._failures, retry_after)
