"""What is newer than what in one matter of a household (contract §3).

By version; a lower version that happened later begins a new order: a restored home, a new kit.
"""

from copy import replace
from datetime import datetime

from msgspec import Struct


class Order(Struct, frozen=True, kw_only=True):
    """The newest word: its version, when it happened, and since when versions count from there."""

    version: int = 0
    at: datetime | None = None
    since: datetime | None = None

    def begins_anew(self, version: int, happened: datetime) -> bool:
        return version < self.version and self.at is not None and happened > self.at

    def is_over(self, version: int, happened: datetime) -> bool:
        """Older than the newest word, or counted by numbers that are no longer the home's."""
        if self.since and happened < self.since:
            return True
        return version < self.version and not self.begins_anew(version, happened)

    def with_word(self, version: int, happened: datetime) -> Order:
        if self.begins_anew(version, happened):
            return Order(version=version, at=happened, since=happened)
        if self.is_over(version, happened):
            return self
        return replace(self, version=version, at=max(happened, self.at or happened))
