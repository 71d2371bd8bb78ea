"""How long what is kept for: the option `keep`, within bounds that safety and the law set.

[The page on keeping](docs/keeping.md) says why. Read by the options.
"""

from datetime import timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

# a code of 72 hours; what a kit that was swapped last said of its home; what a home can no longer
# be told
CODES: Final = timedelta(days=35)
FORMER_KITS: Final = timedelta(days=35)
DOWNLINK: Final = timedelta(days=7)
# names of hellos: one that comes again is somebody's recording
HELLOS: Final = timedelta(days=90)
# what nobody ever looked at
UNSEEN: Final = timedelta(days=365)


class Keep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days. What is older is deleted every night."""

    # relays send again what they delivered within 35 days: it must still be known here, also when
    # this clock is three days ahead
    messages_days: Annotated[int, Meta(ge=40, le=3650)] = 90
    # closed ones, with their timelines; statistics without a home stay
    cases_days: Annotated[int, Meta(ge=90, le=3650)] = 1095
    # that somebody else knew of a sign of life: a carrier, a call centre
    evidence_days: Annotated[int, Meta(ge=7, le=1095)] = 90
    # texts, calls and mails: to whom, when, what came of it
    sent_days: Annotated[int, Meta(ge=35, le=1095)] = 180
    # who looked at whose data: two years where sensitive data is kept
    looks_days: Annotated[int, Meta(ge=730, le=3650)] = 1095

    def __post_init__(self) -> None:
        if self.sent_days > self.cases_days:
            raise ValueError("sent_days is at most cases_days: what was sent tells of a case")

    @property
    def messages(self) -> timedelta:
        return timedelta(days=self.messages_days)

    @property
    def cases(self) -> timedelta:
        return timedelta(days=self.cases_days)

    @property
    def evidence(self) -> timedelta:
        return timedelta(days=self.evidence_days)

    @property
    def sent(self) -> timedelta:
        return timedelta(days=self.sent_days)

    @property
    def looks(self) -> timedelta:
        return timedelta(days=self.looks_days)
