"""A drill from the page: a real event on the real way, watched until its receipt is back.

The district shows it among its drills and acts on nothing; a control centre gets its test signal.
"""

from collections.abc import Callable
from dataclasses import dataclass
import secrets
import time

from anshim_relay.carriers import Answer
from anshim_relay.condition import Condition
from anshim_relay.envelope import Event
from anshim_relay.intake import Wake
from anshim_relay.messages import own_event, to_keep
from anshim_relay.outbox.keeping import DISTRICT, Moment
from anshim_relay.outbox.outbox import Highwater
from anshim_relay.outbox.recent import Trace
from anshim_relay.seal import Seal

KIND = "kr.anshim.knock.drill.v1"


class NotNowError(Exception):
    """There is nobody to send it to yet, or one is still on its way."""


@dataclass(frozen=True, kw_only=True)
class Drill:
    """`kept_s`: how long the disk took to have it."""

    id: str
    kept_s: float


@dataclass(frozen=True, kw_only=True)
class Progress:
    drill: Drill
    trace: Trace | None

    @property
    def is_running(self) -> bool:
        """Until every destination has proved that it has it; one that is forgotten is over."""
        proofs = () if self.trace is None else self.trace.proofs.values()
        return any(proof.answer is None for proof in proofs)

    @property
    def is_back(self) -> bool:
        """Whether the district has proved that it has it."""
        proof = None if self.trace is None else self.trace.proofs.get(DISTRICT)
        return proof is not None and proof.answer in {Answer.DURABLE, Answer.REPEAT}

    def took_s(self, destination: str) -> float | None:
        """From the disk to the proof; None when nobody knew the time."""
        if self.trace is None or self.trace.kept_at is None:
            return None
        at = self.trace.proofs[destination].at
        return None if at is None else max(0.0, (at - self.trace.kept_at).total_seconds())


class Drills:
    def __init__(self, condition: Condition, wake: Wake, hurry: Callable[[], None]) -> None:
        self._condition = condition
        self._wake = wake
        self._hurry = hurry
        self._newest: Drill | None = None

    async def send(self, moment: Moment) -> None:
        """Kept like any event of the home before anybody is told that it is on its way."""
        seal, enrolment = self._condition.identity.identity.seal, self._condition.identity.enrolment
        progress = await self.progress()
        if seal is None or enrolment is None or (progress is not None and progress.is_running):
            raise NotNowError
        highwater = await self._condition.outbox.highwater()
        event = drill_event(seal, enrolment.household, highwater, moment)
        began = time.perf_counter()
        await self._condition.outbox.keep([event], moment)
        self._newest = Drill(id=event.id, kept_s=time.perf_counter() - began)
        self._wake(event.priority)
        # Somebody stands there and waits: a pause after a failure is cut short for once.
        self._hurry()

    async def progress(self) -> Progress | None:
        if self._newest is None:
            return None
        trace = await self._condition.outbox.trace(self._newest.id)
        return Progress(drill=self._newest, trace=trace)


def drill_event(seal: Seal, household: str, highwater: Highwater, moment: Moment) -> Event:
    """Each drill is a matter of its own, so the home's version is borrowed and not raised."""
    name = f"line-{secrets.token_hex(4)}"
    document = own_event(
        kind=KIND,
        id_=f"{seal.kit}.drill-{name}",
        source=seal.source,
        subject=household,
        moment=moment,
        data={"drill": name, "stage": "calm", "state": "passed"},
    )
    return to_keep(document | {"householdversion": max(1, highwater.householdversion)})
