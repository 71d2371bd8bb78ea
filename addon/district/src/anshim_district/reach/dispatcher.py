"""Goes on with errands: who is to be told or asked is, until somebody has the case.

A step, and a wait. `step(now)` is what the loop runs at the earliest errand, and after commits that
may have brought one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ..cases.happenings import Called
from ..cases.model import Noted
from ..casework import Casework, note
from ..clock import Clock
from ..duty import errands, lines
from ..duty.errands import Errand, Kind
from ..duty.roster import Way
from ..registry.vault import Keeper
from ..storage.database import After, Database
from ..storage.workers import at_work
from . import outbox
from .carrier import Carrier, CarrierError
from .giving import next_give
from .loop import go_on
from .mail import Mailer
from .outbox import Out
from .telling import Again, Hand, Letter, Move, Over, Send, Teller, Wait

_LOG: Final = logging.getLogger(__name__)
_AT_ONCE: Final = 50
_TRY_AGAIN: Final = timedelta(seconds=30)
_LINE_AGAIN: Final = timedelta(minutes=5)
_MOST_FAILURES: Final = 3
_ERRAND_FAILED: Final = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Dispatcher:
    database: Database
    casework: Casework
    clock: Clock
    keeper: Keeper
    teller: Teller
    carrier: Carrier | None
    mailer: Mailer | None = None
    # when what was due was last gone on with; one that waits for a carrier for ever tells nobody
    stepped: datetime | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def notice(self) -> None:
        """A commit changed a case."""
        self._wake.set()

    async def close(self) -> None:
        """Calls that are going on end, and are made again."""
        if self.carrier is not None:
            await self.carrier.close()

    async def run(self) -> None:
        await go_on(self.step, self._wake, self.clock)

    async def step(self, now: datetime) -> datetime | None:
        """Everything that is due, calls for help first; the next errand's moment, if any."""
        until = await self._step(self.carrier, now) if self.carrier is not None else None
        self.stepped = self.clock.now()
        return until

    async def _step(self, carrier: Carrier, now: datetime) -> datetime | None:
        while due := await self._due(now):
            await asyncio.gather(*(self._go_on(carrier, errand, now) for errand in due))
            # it may have taken long: what has come meanwhile may be more urgent
            now = self.stepped = self.clock.now()
        return await self.database.read(errands.next_due, watching=True)

    async def _due(self, now: datetime) -> Sequence[Errand]:
        return await self.database.read(
            lambda c: errands.due_errands(c, now, _AT_ONCE), watching=True
        )

    async def _go_on(self, carrier: Carrier, errand: Errand, now: datetime) -> None:
        """An errand that we fail at is tried again in a minute, and keeps no other waiting."""
        try:
            await self._move(carrier, errand, now)
        except SQLAlchemyError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it must not stop the others
            _LOG.exception("an errand failed", extra={"errand": errand.id})
            then = self.clock.now()
            await self.database.write(
                lambda c, _: errands.put_off(
                    c, errand, due=then + _ERRAND_FAILED, failures=errand.failures + 1
                )
            )

    async def _move(self, carrier: Carrier, errand: Errand, now: datetime) -> None:
        """1. record  2. act  3. mark done. What is repeated after a crash has the same names."""
        move = await self.database.write(lambda c, a: self._decide(c, a, errand, now))
        if isinstance(move, Send):
            outcomes = await asyncio.gather(
                *(_post(carrier, self.mailer, letter) for letter in move.letters)
            )
            then = self.clock.now()
            await self.database.write(lambda c, a: _mark(c, a, errand, (move, outcomes), then))

    def _decide(
        self, connection: Connection, after: After, errand: Errand, now: datetime
    ) -> Move | None:
        """Within one write: two calls decided at once would both find the last free line.

        Of several workers the first takes it; should that one die, another does half a minute
        later. None: it is taken.
        """
        if not errands.is_still_due(connection, errand, now):
            return None
        move = self._next(connection, errand, now)
        _remember(connection, errand, move)
        match move:
            case Send():
                self._record(connection, errand, move, now)
                claimed = now + outbox.LONGEST_CLAIM
                errands.put_off(connection, errand, due=claimed, failures=errand.failures)
            case Hand(kind=kind, step=step, due=due):
                errands.hand_over(connection, errand, kind, now)
                errands.put_off(connection, errand, due=due, step=step, failures=errand.failures)
                # whoever tells that system looks after this commit
                after.board = True
            case Wait(due=due, noted=noted):
                # nobody there to be told is shown like a text that does not go out
                failures = 1 if noted else errand.failures
                errands.put_off(connection, errand, due=due, failures=failures)
                if noted:
                    _note(connection, errand, noted, now)
                    after.board = True
            case Again(at=at):
                errands.next_round(connection, errand, at=at)
            case Over():
                self._over(connection, after, errand, move, now)
        return move

    def _next(self, connection: Connection, errand: Errand, now: datetime) -> Move:
        vault = self.keeper.vault
        match errand.kind:
            case Kind.TELL:
                return self.teller.next_tell(connection, vault, errand, now)
            case Kind.GIVE:
                return next_give(self.teller, connection, vault, errand, now)
            case Kind.LINE:
                if not lines.is_of(errand, at_work(connection, self.database.worker)):
                    return Over()  # the worker whose line it is has gone
                return self.teller.next_line(connection, errand, now)
            case _:
                return self.teller.next_ask(connection, vault, errand, now)

    def _record(self, connection: Connection, errand: Errand, send: Send, now: datetime) -> None:
        for letter in send.letters:
            out = Out(
                reference=letter.reference,
                way=letter.way,
                who=letter.who,
                worker=self.database.worker,
            )
            outbox.write_down(connection, errand, out, now)

    def _over(
        self, connection: Connection, after: After, errand: Errand, over: Over, now: datetime
    ) -> None:
        if errand.kind is Kind.LINE:
            lines.end(connection, errand)
            return
        errands.end(connection, errand.case, kind=errand.kind)
        if over.result is None:
            return
        called = Called(case=errand.case, result=over.result, attempt=max(0, errand.step - 1))
        self.casework.happen(connection, after, errand.household, called, now)
        errands.tell_now(connection, errand.case, now)


def _remember(connection: Connection, errand: Errand, move: Move) -> None:
    """With whom this round begins."""
    if isinstance(move, Send | Hand) and move.turns and errand.step == 0:
        errands.remember_turns(connection, errand, move.turns)


async def _post(carrier: Carrier, mailer: Mailer | None, letter: Letter) -> CarrierError | None:
    words, reference = letter.words, letter.reference
    try:
        if letter.to is None:
            if mailer is not None:
                await mailer.mail(words, reference=reference)
        elif letter.way is Way.TEXT:
            await carrier.text(letter.to.phone, words, reference=reference)
        else:
            await carrier.call(letter.to.phone, words, digits=letter.digits, reference=reference)
    except CarrierError as error:
        _LOG.warning(
            "the carrier did not take it",
            extra={"reference": letter.reference, "because": str(error), "again": error.again},
        )
        return error
    return None


def _mark(
    connection: Connection,
    after: After,
    errand: Errand,
    sent: tuple[Send, Sequence[CarrierError | None]],
    now: datetime,
) -> None:
    send, outcomes = sent
    after.reached += [
        (letter.way.value, "taken" if error is None else "not_taken")
        for letter, error in zip(send.letters, outcomes, strict=True)
    ]
    taken = [
        letter.who for letter, error in zip(send.letters, outcomes, strict=True) if error is None
    ]
    if taken:
        _note(connection, errand, send.noted, now, who=", ".join(taken))
        errands.put_off(connection, errand, due=send.due, step=send.step)
        return
    after.board = True
    failures = errand.failures + 1
    if errand.kind is Kind.LINE:
        errands.put_off(connection, errand, due=now + _LINE_AGAIN, failures=failures)
        return
    worth_it = any(error is not None and error.again for error in outcomes)
    if worth_it and failures < _MOST_FAILURES:
        errands.put_off(connection, errand, due=now + _TRY_AGAIN, failures=failures)
        return
    if send.letters[0].way is Way.MAIL:
        # the telephone does not wait for a mailbox
        _note(connection, errand, f"{send.noted}_failed", now)
        errands.put_off(connection, errand, due=now, step=send.step, failures=failures)
        return
    # the next person rather than the same one for ever; it stays on the board until one goes out
    _note(connection, errand, f"{send.noted}_failed", now)
    errands.put_off(connection, errand, due=now + _TRY_AGAIN, step=send.step, failures=failures)


def _note(connection: Connection, errand: Errand, code: str, now: datetime, **facts: str) -> None:
    if errand.kind is Kind.LINE:
        return  # of no case, so on no timeline; the board says it
    noted = Noted(case=errand.case, code=code, at=now, by="district", facts=dict(facts))
    note(connection, errand.household, noted, now)
