"""The way to a control centre that is on duty at some hours only. The district always comes first.

Out of hours an event goes to the centre when the district still does not have it after a while: a
person somewhere has to hear of it.
"""

from collections.abc import Mapping, Sequence
from typing import override

import orjson

from anshim_relay import jws, log
from anshim_relay.carriers import Answer, Carrier, Verdict
from anshim_relay.dc09.words import code_of, kind_of
from anshim_relay.duty import Duty
from anshim_relay.envelope import Priority
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.owing import Owed
from anshim_relay.timekeeper import Timekeeper

OVERDUE_S = {Priority.EMERGENCY: 30}
OTHERWISE_OVERDUE_S = 120
# Whoever was told that it began is told that it ended, whatever the hour.
ALWAYS = "resolved"


class Routed(Carrier):
    def __init__(
        self, carrier: Carrier, duty: Duty, outbox: Outbox, district: int, timekeeper: Timekeeper
    ) -> None:
        self._carrier = carrier
        self._duty = duty
        self._outbox = outbox
        self._district = district
        self._timekeeper = timekeeper

    @property
    @override
    def name(self) -> str:
        return self._carrier.name

    @property
    @override
    def most(self) -> int:
        return 1

    @override
    async def carry(self, events: Sequence[Owed], *, urgent: bool) -> Mapping[int, Verdict]:
        [owed, *_] = events
        event = orjson.loads(jws.payload_of(owed.jws))
        if code_of(event) is None:
            return {owed.row: Verdict(answer=Answer.PASSED)}
        moment = self._timekeeper.moment()
        kind = kind_of(event)
        if kind == ALWAYS or self._duty.is_on(kind, moment.now):
            return await self._carrier.carry([owed], urgent=urgent)
        waited = await self._outbox.waited_s(self._district, owed.row, moment)
        if waited is None:
            return {owed.row: Verdict(answer=Answer.PASSED)}
        if waited < OVERDUE_S.get(owed.priority, OTHERWISE_OVERDUE_S):
            return {owed.row: Verdict(answer=Answer.WAITING)}
        log.warning("out_of_hours", id=owed.id, do="the district does not answer")
        return await self._carrier.carry([owed], urgent=urgent)
