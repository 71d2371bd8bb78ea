"""Brings what is owed to one destination, the most important first, until its proof comes back.

The relay runs two lanes for each destination, so that a call for help never waits behind a slow
batch.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from anshim_relay import log
from anshim_relay.carriers import Carrier, Verdict
from anshim_relay.district import KIT_NOT_ACCEPTED, KIT_REVOKED, AwayError, RefusedError
from anshim_relay.envelope import Priority
from anshim_relay.link import Link
from anshim_relay.outbox.keeping import Moment
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.owing import Owed
from anshim_relay.outbox.writer import BrokenError, FullError
from anshim_relay.pause import Pause
from anshim_relay.timekeeper import Timekeeper

AT_ONCE = 0.0
# However sure it is that nothing is owed, a lane asks the file itself this often.
LOOKS_AGAIN_S = 300.0
# What is not kept yet goes before what is: the home has this long to finish what it says.
GIVES_WAY_S = 0.02
FULL_DISK_PAUSE_S = 10.0
REFUSED_PAUSE_S = 0.2
# A person waits for what an alert says: a line that is dead is tried this often at least.
REACHING = Pause(longest_s=4.0)


FOR_PEOPLE = frozenset({Priority.EMERGENCY, Priority.ALERT})


@dataclass(frozen=True, kw_only=True)
class Rest:
    """One event that was answered `later`, or refused: it pauses alone."""

    until: float
    failures: int


@dataclass(frozen=True, kw_only=True)
class Order:
    """Which events a lane carries, and how patient it is.

    What is urgent waits for nothing but its own pause.
    """

    priorities: Sequence[Priority]
    urgent: bool
    pause: Pause


URGENT = Order(priorities=(Priority.EMERGENCY,), urgent=True, pause=Pause(longest_s=10.0))
ORDINARY = Order(
    priorities=(Priority.ALERT, Priority.TROUBLE, Priority.ROUTINE), urgent=False, pause=Pause()
)


class Lane:
    def __init__(
        self,
        *,
        order: Order,
        outbox: Outbox,
        destination: int,
        carrier: Carrier,
        link: Link,
        timekeeper: Timekeeper,
        on_lost: Callable[[str], Awaitable[None]],
    ) -> None:
        self._on_lost = on_lost
        self._order = order
        self._outbox = outbox
        self._destination = destination
        self._carrier = carrier
        self._link = link
        self._timekeeper = timekeeper
        self._failures = 0
        self._asked_to_wait = False
        self._is_trying = False
        self._most = carrier.most
        self._resting: dict[int, Rest] = {}
        self._work = asyncio.Event()
        self._hurry = asyncio.Event()

    def wake(self, priority: Priority) -> None:
        """Something was kept. Only a call for help breaks into a pause."""
        if priority in self._order.priorities:
            self._work.set()
            if self._order.urgent:
                self._hurry.set()

    def hurry(self) -> None:
        """The destination answers again, or can be believed from now on."""
        self._work.set()
        self._hurry.set()

    def try_now(self) -> None:
        """Breaks into a pause after failures; a line of our own making is no reason to."""
        if self._failures and not self._is_trying:
            self.hurry()

    async def run(self) -> None:
        while True:
            self._work.clear()
            self._hurry.clear()
            if not self._order.urgent:
                await self._outbox.at_rest(GIVES_WAY_S)
            self._is_trying = True
            try:
                pause = await self.deliver_due(self._timekeeper.moment())
            finally:
                self._is_trying = False
            await self._wait(pause)

    async def deliver_due(self, moment: Moment) -> float | None:
        """One round; says how long to pause, None until there is work.

        1. take what was recorded when it was kept; 2. carry it; 3. mark what the proof covers, and
           only that.
        """
        steady = moment.reading.steady
        resting = {row for row, rest in self._resting.items() if rest.until > steady}
        owed = await self._outbox.owed(
            self._destination, self._order.priorities, resting, self._most
        )
        if not owed:
            return self._next_rest(steady)
        try:
            verdicts = await self._carrier.carry(owed, urgent=self._order.urgent)
        except AwayError as error:
            return self._away(error, owed)
        except RefusedError as error:
            log.error("refused_by_destination", destination=self._link.name, status=error.status,
                      code=error.code, events=len(owed))  # fmt: skip
            return self._refused(owed, steady)
        except BrokenError:
            raise
        except Exception as error:  # noqa: BLE001 - one event must not hold back a call for help
            log.bug("carrying_failed", error)
            return self._refused(owed, steady)
        return await self._mark(owed, verdicts)

    async def _mark(self, owed: Sequence[Owed], verdicts: Mapping[int, Verdict]) -> float:
        moment = self._timekeeper.moment()
        self._failures = 0
        delivered = {row: str(v.answer) for row, v in verdicts.items() if v.delivered}
        for event in owed:
            if event.row in delivered:
                self._resting.pop(event.row, None)
            elif event.row in verdicts or event is owed[0]:
                self._rest(event, moment.reading.steady)
        self._log(owed, verdicts)
        is_all = len(owed) < self._carrier.most
        pause = await self._write_down(delivered, moment, patient=is_all)
        # Only now: what is answered stays answered, whatever comes of judging it.
        await self._judge(owed, verdicts, moment)
        return pause

    async def _write_down(
        self, delivered: Mapping[int, str], moment: Moment, *, patient: bool
    ) -> float:
        if not delivered:
            return AT_ONCE
        try:
            await self._outbox.mark(self._destination, delivered, moment.now, patient=patient)
        except FullError:
            # Sent again later, which harms nobody, but not in a hot loop.
            return FULL_DISK_PAUSE_S
        self._most = min(self._carrier.most, self._most * 2)
        return AT_ONCE

    async def _judge(
        self, owed: Sequence[Owed], verdicts: Mapping[int, Verdict], moment: Moment
    ) -> None:
        """What the answers say of us: reported lost, not known, or one of its own."""
        lost = {event.kit for event in owed if is_revoked(verdicts.get(event.row))}
        for kit in lost:
            try:
                await self._on_lost(kit)
            except (OSError, FullError) as error:
                # The next answer to what this kit signed says it again.
                log.error("loss_not_kept", kit=kit, error=str(error), do="make room on the disk")
        if lost:
            self._link.down(moment, KIT_REVOKED)
        elif any(verdict.held for verdict in verdicts.values()):
            self._link.down(moment, KIT_NOT_ACCEPTED)
        elif any(verdict.met for verdict in verdicts.values()):
            self._link.up(moment)

    def _away(self, error: AwayError, owed: Sequence[Owed]) -> float:
        """A pause that the destination asked for is kept to its end, except by calls for help.

        What was too much for the line goes in smaller parts.
        """
        self._failures += 1
        self._link.down(self._timekeeper.moment(), error.reason)
        retry_after = None if self._order.urgent else error.retry_after
        self._asked_to_wait = retry_after is not None
        self._most = max(1, len(owed) // 2)
        is_for_people = owed[0].priority in FOR_PEOPLE
        pause = REACHING if is_for_people and not error.answered else self._order.pause
        return pause.after(self._failures, retry_after)

    def _refused(self, owed: Sequence[Owed], steady: float) -> float:
        """Whatever cannot be carried is found by halves and rests alone; the others go on."""
        if len(owed) > 1:
            self._most = max(1, len(owed) // 2)
        else:
            self._rest(owed[0], steady)
        return REFUSED_PAUSE_S

    def _rest(self, event: Owed, steady: float) -> None:
        before = self._resting.get(event.row)
        failures = 1 if before is None else before.failures + 1
        until = steady + self._order.pause.after(failures)
        self._resting[event.row] = Rest(until=until, failures=failures)

    def _next_rest(self, steady: float) -> float | None:
        if not self._resting:
            return None
        return max(0.0, min(rest.until for rest in self._resting.values()) - steady)

    def _log(self, owed: Sequence[Owed], verdicts: Mapping[int, Verdict]) -> None:
        counts: dict[str, int] = {}
        for event in owed:
            verdict = verdicts.get(event.row)
            answer = "unproven" if verdict is None else str(verdict.answer)
            counts[answer] = counts.get(answer, 0) + 1
        log.info("carried", destination=self._link.name, carrier=self._carrier.name, **counts)

    async def _wait(self, pause: float | None) -> None:
        """Idle lanes wait for work; lanes that failed only for a reason to try sooner."""
        if pause == AT_ONCE:
            return
        if pause is None:
            await self._wait_for_work()
            return
        if self._asked_to_wait:
            self._asked_to_wait = False
            await asyncio.sleep(pause)
            return
        signal = self._hurry if self._failures else self._work
        with suppress(TimeoutError):
            await asyncio.wait_for(signal.wait(), pause)

    async def _wait_for_work(self) -> None:
        try:
            await asyncio.wait_for(self._work.wait(), LOOKS_AGAIN_S)
        except TimeoutError:
            self._outbox.look_again()


def is_revoked(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.revoked
