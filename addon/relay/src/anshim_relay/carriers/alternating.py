"""Several ways to one destination: what fails on one is tried on the next at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import override

from anshim_relay import log
from anshim_relay.carriers import Carrier, Verdict
from anshim_relay.district import AwayError, RefusedError
from anshim_relay.link import Link
from anshim_relay.outbox.owing import Owed
from anshim_relay.outbox.writer import BrokenError
from anshim_relay.timekeeper import Timekeeper

FIRST_REST_S = 15.0
LONGEST_REST_S = 300.0


@dataclass(kw_only=True)
class Way:
    """One carrier, and how it has been doing. The lanes of a destination share it."""

    carrier: Carrier
    link: Link
    failures: int = 0
    rests_until: float = 0.0
    # Since the start, for the metrics.
    delivered: int = 0
    failed_in_all: int = 0

    def failed(self, steady: float) -> None:
        self.failures += 1
        self.failed_in_all += 1
        rest = FIRST_REST_S * 2.0 ** min(self.failures - 1, 8)
        self.rests_until = steady + min(rest, LONGEST_REST_S)

    def worked(self) -> None:
        self.failures, self.rests_until = 0, 0.0


class Alternating(Carrier):
    """The ways in the order given; one that failed comes last until it has rested.

    So a black hole costs its time-out once, and the better way is taken again by itself.
    """

    def __init__(self, ways: Sequence[Way], timekeeper: Timekeeper) -> None:
        self._ways = ways
        self._timekeeper = timekeeper
        self._last = ways[0]

    @property
    @override
    def name(self) -> str:
        return self._last.carrier.name

    @property
    @override
    def most(self) -> int:
        return min(way.carrier.most for way in self._ways)

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        reasons: list[str] = []
        waits: list[float | None] = []
        answered = False
        bug: Exception | None = None
        for way in self._in_order():
            try:
                verdicts = await way.carrier.carry(events, urgent=urgent)
            except AwayError as error:
                self._failed(way, error)
                reasons.append(error.reason)
                waits.append(error.retry_after)
                answered = answered or error.answered
            except RefusedError, BrokenError:
                raise
            except Exception as error:  # noqa: BLE001 - a fault in one way must not close the others
                bug = bug or error
                self._failed(way, AwayError(type(error).__name__))
            else:
                if bug is not None:
                    log.bug("way_failed", bug)
                self._worked(way)
                way.delivered += sum(v.delivered and v.met for v in verdicts.values())
                return verdicts
        if bug is not None:
            raise bug
        asked = [wait for wait in waits if wait is not None]
        all_asked = len(asked) == len(waits)
        raise AwayError(", ".join(reasons), min(asked) if all_asked else None, answered=answered)

    def _in_order(self) -> list[Way]:
        steady = self._timekeeper.moment().reading.steady
        return sorted(
            self._ways, key=lambda way: way.rests_until if way.rests_until > steady else 0
        )

    def _failed(self, way: Way, error: AwayError) -> None:
        moment = self._timekeeper.moment()
        way.failed(moment.reading.steady)
        way.link.down(moment, error.reason)

    def _worked(self, way: Way) -> None:
        self._last = way
        way.worked()
        way.link.up(self._timekeeper.moment())
