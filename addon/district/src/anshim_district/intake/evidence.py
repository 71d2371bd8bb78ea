"""Signs of life that others know of: "used the telephone today", from a carrier or a call centre.

The API's handler checks the signature; this counts what was said for homes that agreed to it. It
ends nothing here: the home hears of it as `life`, at the time of the sign, and decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from sqlalchemy import Connection

from ..cases.happenings import Learnt
from ..casework import Casework
from ..households import household_exists
from ..reach import outbox
from ..registry import book
from ..registry.consent import agrees_to_telephone_records
from ..registry.phones import normal_number
from ..registry.vault import Keeper
from ..storage.database import After

# clocks differ; what is yet to happen shows no life
_AHEAD: Final = timedelta(minutes=5)
# what is older says nothing of a silence that anybody still waits for
_OLDEST: Final = timedelta(days=7)


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose (by pseudonym or by their own number) and when: a moment, or only the day."""

    household: Annotated[str, Meta(max_length=40)] = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    at: Annotated[datetime, Meta(tz=True)] | None = None
    day: date | None = None

    def __post_init__(self) -> None:
        if bool(self.household) == bool(self.phone):
            raise ValueError("give household or phone")
        if (self.at is None) == (self.day is None):
            raise ValueError("give at or day")


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    records: Annotated[list[Record], Meta(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    counted: int
    # no such home here, no consent, or no time that can count
    set_aside: int
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    casework: Casework
    keeper: Keeper
    zone: ZoneInfo

    def hear(
        self,
        connection: Connection,
        after: After,
        said: Sequence[Record],
        *,
        sender: str,
        means: str,
        id_: str,
        now: datetime,
    ) -> Counted:
        """Said twice is heard once: whoever copies a message learns nothing and changes nothing."""
        if not outbox.is_news(connection, f"{sender}:{id_}"[:128], now):
            return Counted(counted=0, set_aside=0, repeat=True)
        counted = 0
        for record in said:
            at = self._moment(record)
            household = self._household(connection, record)
            if household is None or not now - _OLDEST <= at <= now + _AHEAD:
                continue
            learnt = Learnt(evidence=means, at=min(at, now), sender=sender)
            self.casework.happen(connection, after, household, learnt, now)
            counted += 1
        return Counted(counted=counted, set_aside=len(said) - counted)

    def _moment(self, record: Record) -> datetime:
        """Of a day its beginning: nobody knows the hour, and too early takes nobody for alive."""
        if record.at is not None:
            return record.at.astimezone(UTC)
        assert record.day is not None  # noqa: S101 - the record has one or the other
        midnight = datetime.combine(record.day, datetime.min.time(), self.zone)
        return midnight.astimezone(UTC)

    def _household(self, connection: Connection, record: Record) -> str | None:
        """Nobody where no home, or more than one, is meant, or it has not agreed."""
        vault = self.keeper.vault
        household = record.household or self._by_number(connection, record.phone)
        if household is None or not household_exists(connection, household):
            return None
        agreed = agrees_to_telephone_records(connection, vault, household)
        return household if agreed else None

    def _by_number(self, connection: Connection, typed: str) -> str | None:
        """The resident's own number: a guardian's telephone says nothing of the resident."""
        vault, number = self.keeper.vault, normal_number(typed)
        if number is None:
            return None
        own = []
        for household in book.search(connection, vault, number):
            found = book.look_up(connection, vault, household)
            phone = found.entry.resident.phone if found and found.entry else None
            if phone is not None and phone.number == number:
                own.append(household)
        return own[0] if len(own) == 1 else None
