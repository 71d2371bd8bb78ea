"""One receiver of what is kept: the ways to it, its two lanes, and whether it answers.

Put together by the relay; shown by the status.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from anshim_relay.carriers import Carrier
from anshim_relay.carriers.alternating import Alternating, Way
from anshim_relay.deliverer import ORDINARY, URGENT, Lane, Order
from anshim_relay.envelope import Priority
from anshim_relay.link import Link
from anshim_relay.loops import Loop
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.timekeeper import Timekeeper


class Destination:
    def __init__(
        self,
        *,
        number: int,
        link: Link,
        ways: Sequence[Way],
        outbox: Outbox,
        timekeeper: Timekeeper,
        on_lost: Callable[[str], Awaitable[None]],
        route: Callable[[Carrier], Carrier] = lambda carrier: carrier,
    ) -> None:
        self.number = number
        self.link = link
        self.ways = ways

        def lane(order: Order) -> Lane:
            return Lane(
                order=order,
                outbox=outbox,
                destination=number,
                carrier=route(Alternating(ways, timekeeper)),
                link=link,
                timekeeper=timekeeper,
                on_lost=on_lost,
            )

        self._lanes = {"urgent": lane(URGENT), "ordinary": lane(ORDINARY)}
        link.when_up(self.hurry)
        for way in ways:
            way.link.when_up(way.worked)
            way.link.when_up(self.hurry)

    @property
    def loops(self) -> Mapping[str, Loop]:
        return {f"{self.link.name}_{name}_lane": lane.run for name, lane in self._lanes.items()}

    def wake(self, priority: Priority) -> None:
        for lane in self._lanes.values():
            lane.wake(priority)

    def opened(self) -> None:
        """A line to it has come about: a call for help does not wait for somebody else's answer."""
        self._lanes["urgent"].try_now()

    def hurry(self) -> None:
        for lane in self._lanes.values():
            lane.hurry()
