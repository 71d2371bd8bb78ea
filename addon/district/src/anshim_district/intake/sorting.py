"""What many kits sent, sorted in one commit: a plain alarm with all others, what is odd by itself.

Called by the API through `together`. Between two plain events of a commit nothing is read from the
database and nothing written to it: that is done for all at once, before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
import logging
from typing import Final

from sqlalchemy import Connection, select

from ..desk import Desk, Row
from ..registry.consent import SAVES_A_LIFE
from ..revoked import revoked_among
from ..storage.among import among
from ..storage.database import After
from ..storage.faults import is_of_the_disk
from ..storage.piles import insert_all
from ..storage.savepoint import savepoint
from ..storage.tables import events
from .filing import Filing, Result, event_row, is_set_apart, quarantined, set_apart
from .gaps import FILED, Filed, filed_as
from .lane import Lane
from .late import HELP, erased_kit, without_content
from .meaning import meaning
from .reading import UNKNOWN_KEY, Doubtful, Signed

_LOG: Final = logging.getLogger(__name__)
# all that these change lies on the desk
_PLAIN: Final = frozenset(
    {"quiet", "knock", "visit", "unknown", "emergency", "resolved", "trouble"}
)
_FOUND: Final = select(events.c.id, *FILED).where(among(events.c.id, "ids"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request of a kit."""

    read: Sequence[Signed | Doubtful]
    at: datetime


@dataclass(slots=True, kw_only=True)
class _Pile:
    """Not yet in the database."""

    desk: Desk
    # kits reported lost
    lost: frozenset[str]
    # what is known of each id: the content it came with, and the number
    filed: dict[str, Filed]
    rows: list[Row] = field(default_factory=list)

    def is_plain(self, read: Signed) -> bool:
        is_nobodys = read.kit.id in self.lost or not self.desk.knows(read.household)
        return read.event.kind in _PLAIN and not is_nobodys

    def put_down(self) -> None:
        insert_all(self.desk.connection, events, self.rows)
        self.rows.clear()
        self.desk.put_down()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    filing: Filing
    lane: Lane

    def sort(
        self, connection: Connection, after: After, sent: Sequence[Sent]
    ) -> list[list[Result]]:
        kits = {one.kit.id for request in sent for one in request.read if one.kit}
        lost = revoked_among(connection, kits)
        if len(sent) == 1:
            return [self._request(connection, after, sent[0], lost)]
        return self._all(connection, after, sent, lost)

    def _request(
        self, connection: Connection, after: After, sent: Sent, lost: frozenset[str]
    ) -> list[Result]:
        """A kit's whole backlog at once, or each by itself where we fail at one of them."""
        try:
            with savepoint(connection):
                [results] = self._all(connection, after, [sent], lost)
                return results
        except Exception as error:
            if is_of_the_disk(error):
                raise
            _LOG.exception("heard one by one instead", extra={"events": len(sent.read)})
        return [self._alone(connection, after, one, sent.at, lost) for one in sent.read]

    def _all(
        self,
        connection: Connection,
        after: After,
        sent: Sequence[Sent],
        lost: frozenset[str],
    ) -> list[list[Result]]:
        signed = [one for request in sent for one in request.read if isinstance(one, Signed)]
        desk = Desk(connection)
        desk.fetch({one.household for one in signed})
        found = connection.execute(_FOUND, {"ids": [one.event.id for one in signed]})
        pile = _Pile(desk=desk, lost=lost, filed={id_: Filed(*row) for id_, *row in found})
        results = [
            [self._one(pile, after, one, request.at) for one in request.read] for request in sent
        ]
        pile.put_down()
        return results

    def _one(self, pile: _Pile, after: After, read: Signed | Doubtful, now: datetime) -> Result:
        if isinstance(read, Signed) and pile.is_plain(read):
            filed = pile.filed.get(read.event.id)
            if filed == filed_as(read):
                return Result(id=read.event.id, digest=read.digest, status="repeat")
            if filed is None:
                return self._plain(pile, after, read, now)
        # it is filed past the desk, which then begins anew
        pile.put_down()
        result = self._alone(pile.desk.connection, after, read, now, pile.lost)
        if isinstance(read, Signed) and read.kit.id not in pile.lost:
            pile.filed.setdefault(read.event.id, filed_as(read))
        return result

    def _plain(self, pile: _Pile, after: After, read: Signed, now: datetime) -> Result:
        event = read.event
        withdrawn = pile.desk.home(read.household).withdrawn
        is_wanted = event.kind in SAVES_A_LIFE or not withdrawn
        pile.rows.append(event_row(read, now, is_wanted=is_wanted))
        pile.filed[event.id] = filed_as(read)
        happening = meaning(event, now) if is_wanted else None
        if happening:
            self.filing.casework.happen_at(pile.desk, after, read.household, happening, now)
        reason = None if is_wanted else "consent_withdrawn"
        return Result(id=event.id, digest=read.digest, status="durable", reason=reason)

    def _alone(
        self,
        connection: Connection,
        after: After,
        read: Signed | Doubtful,
        now: datetime,
        lost: frozenset[str],
    ) -> Result:
        if isinstance(read, Signed) and read.kit.id not in lost:
            return self.filing.keep(connection, after, read, now)
        if not self._has_room(connection, read, now):
            id_ = read.event.id if isinstance(read, Signed) else read.id
            return Result(id=id_, digest=read.digest, status="later", reason="slow_down")
        if isinstance(read, Signed):
            return self.filing.keep(connection, after, read, now, is_lost=True)
        if read.kit and erased_kit(connection, read.kit.id):
            id_, read = read.id, without_content(read)
            set_apart(connection, after, read, now)
            return replace(quarantined(read), id=id_)
        set_apart(connection, after, read, now)
        if read.because == UNKNOWN_KEY:
            # shown, and owed: whoever sent it keeps it until the kit is known
            return Result(id=read.id, digest=read.digest, status="later", reason=UNKNOWN_KEY)
        return quarantined(read)

    def _has_room(self, connection: Connection, read: Signed | Doubtful, now: datetime) -> bool:
        """The quarantine is not to be flooded; a call for help always has its place there."""
        if isinstance(read, Signed) and read.event.kind == HELP:
            return True
        kit = read.kit.id if read.kit else None
        return is_set_apart(connection, read.digest) or self.lane.admits(kit, now)
