"""What a provider says came of a text or call, by the reference it was given.

The API's handler checks the signature; this keeps what was said, inside a write.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import logging
from typing import Annotated, Final
from uuid import uuid4

import msgspec
from msgspec import Meta
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ..cases.happenings import Answers, Called
from ..cases.model import Noted
from ..cases.words import Answer, CallResult
from ..casework import Casework, note
from ..clock import Clock
from ..duty import errands
from ..duty.errands import Errand, Kind
from ..duty.roster import Way
from ..registry import book
from ..registry.vault import Keeper
from ..storage.database import After, Database
from ..storage.workers import who_is_here
from . import outbox
from .carrier import TO_TAKE
from .outbox import Reached, Result
from .telling import is_guardian, number_of

_LOG: Final = logging.getLogger(__name__)
_WELL: Final = "1"
_HELP: Final = "2"
_TRIES: Final = 30
_AGAIN_S: Final = 2.0
_CALLS: Final = {
    Result.NO_ANSWER: CallResult.NO_ANSWER,
    Result.BUSY: CallResult.BUSY,
    Result.DEAD_NUMBER: CallResult.DEAD_NUMBER,
    Result.FAILED: CallResult.FAILED,
}


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    reference: Annotated[str, Meta(min_length=1, max_length=96)]
    result: Result
    digit: Annotated[str, Meta(pattern=r"^[0-9*#]?\Z")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    casework: Casework
    keeper: Keeper
    tries: int
    pause: timedelta

    def hear(
        self, connection: Connection, after: After, id_: str, said: Callback, now: datetime
    ) -> bool:
        """Whether there is such a reference. Said twice is heard once."""
        reached = outbox.find(connection, said.reference)
        errand = errands.find_errand(connection, reached.errand) if reached else None
        if reached is None or errand is None:
            return False
        if not outbox.is_news(connection, id_, now):
            return True
        outbox.hear(connection, said.reference, said.result, now)
        after.reached.append((reached.way.value, said.result.value))
        if said.result is Result.DEAD_NUMBER:
            self._mark_dead(connection, errand, reached, now)
        if reached.way is Way.CALL and errand.kind is Kind.ASK:
            self._hear_resident(connection, after, errand, said, now)
        elif reached.way is Way.CALL:
            self._hear_responder(connection, after, errand, (reached, said), now)
        return True

    def _hear_responder(
        self,
        connection: Connection,
        after: After,
        errand: Errand,
        heard: tuple[Reached, Callback],
        now: datetime,
    ) -> None:
        reached, said = heard
        if said.digit == TO_TAKE and not is_guardian(reached.who):
            takes = Answers(case=errand.case, answer=Answer.HOLD, by=reached.who)
            self.casework.happen(connection, after, errand.household, takes, now)
        elif said.result is not Result.DEAD_NUMBER:  # which is a line of its own
            code, facts = f"tell_call_{said.result.value}", {"who": reached.who}
            noted = Noted(case=errand.case, code=code, at=now, by="district", facts=dict(facts))
            note(connection, errand.household, noted, now)
            after.board = True

    def _hear_resident(
        self,
        connection: Connection,
        after: After,
        errand: Errand,
        said: Callback,
        now: datetime,
    ) -> None:
        attempt = int(said.reference.split(".")[-2])
        result = _call_result(said)
        called = Called(case=errand.case, result=result, attempt=attempt)
        self.casework.happen(connection, after, errand.household, called, now)
        if result is CallResult.HELP:
            errands.end(connection, errand.case, kind=Kind.ASK)
            return
        if result is CallResult.OK or result is CallResult.DEAD_NUMBER or attempt >= self.tries:
            # still open after an OK: a machine's word was not enough
            errands.end(connection, errand.case, kind=Kind.ASK)
            errands.tell_now(connection, errand.case, now)
            after.board = True
        elif said.reference in _out(errand):
            # it may be heard of before the dispatcher has marked it: then this is the mark
            next_ = max(errand.step, attempt + 1)
            errands.put_off(connection, errand, due=now + self.pause, step=next_)

    def _mark_dead(
        self, connection: Connection, errand: Errand, reached: Reached, now: datetime
    ) -> None:
        noted = Noted(
            case=errand.case,
            code="dead_number",
            at=now,
            by="district",
            facts={"who": reached.who},
        )
        note(connection, errand.household, noted, now)
        vault = self.keeper.vault
        number = number_of(connection, vault, errand.household, reached.who)
        if number is not None:
            book.mark_numbers(
                connection, vault, errand.household, {number: now}, by="district", now=now
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Hears what our own telephone says, as a provider's callbacks are heard."""

    hearing: Hearing
    database: Database
    clock: Clock

    async def report(self, reference: str, result: Result, digit: str) -> None:
        """Until it is kept: nobody else knows that a 2 was pressed."""
        said = Callback(reference=reference, result=result, digit=digit)
        now, id_ = self.clock.now(), f"sip-{uuid4().hex}"
        for last in (False,) * _TRIES + (True,):
            try:
                await self.database.write(lambda c, a: self.hearing.hear(c, a, id_, said, now))
            except SQLAlchemyError:
                if last:
                    raise
                _LOG.exception(
                    "what came of a call is not kept yet", extra={"reference": reference}
                )
                await asyncio.sleep(_AGAIN_S)
            else:
                return

    def call_again(self, connection: Connection, now: datetime) -> None:
        """At the start: what was going on when a worker ended has ended with it."""
        for reached in outbox.calls_left(connection, now, here=who_is_here(connection)):
            errand = errands.find_errand(connection, reached.errand)
            if errand is None or reached.reference not in _out(errand):
                continue
            step = int(reached.reference.split(".")[-2])
            errands.put_off(connection, errand, due=now, step=step)


def _out(errand: Errand) -> set[str]:
    """References of the call that may be out: the errand stands at it, or already after it.

    Or before it, where there are no texts and the call takes the text's place.
    """
    return {replace(errand, step=errand.step + way).reference() for way in (-1, 0, 1)}


def _call_result(said: Callback) -> CallResult:
    """Somebody or something answered: only a digit says who."""
    if said.result is Result.ANSWERED:
        return {_WELL: CallResult.OK, _HELP: CallResult.HELP}.get(said.digit, CallResult.NO_DIGIT)
    return _CALLS.get(said.result, CallResult.FAILED)
