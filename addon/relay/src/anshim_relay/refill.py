"""Sends again what the district had once and has no more: it was restored from a backup.

Told by hello and heartbeat answers what is there; run with the session.
"""

from collections.abc import Mapping
from typing import Any

from anshim_relay import log
from anshim_relay.destination import Destination
from anshim_relay.identity import IdentityFile
from anshim_relay.outbox.outbox import Outbox


class Refill:
    def __init__(self, outbox: Outbox, identity: IdentityFile, district: Destination) -> None:
        self._outbox = outbox
        self._identity = identity
        self._district = district
        self._done: Mapping[str, int] | None = None

    async def from_what_is_there(self, have: Mapping[str, int] | None) -> None:
        """Once for each state of things: a gap that nobody can fill is not filled for ever."""
        enrolment = self._identity.enrolment
        if have is None or have == self._done or enrolment is None:
            self._done = have
            return
        self._done = have
        again = await self._outbox.owe_again(self._district.number, enrolment.kit, have)
        if again:
            log.warning("owed_again", events=again, do="the district was restored")
            self._district.hurry()


def have_of(answer: Any) -> Mapping[str, int] | None:
    """By epoch, what is there without a gap; None where nothing is said of it."""
    value = answer.get("have")
    return None if value is None else {str(one["epoch"]): int(one["seq"]) for one in value}
