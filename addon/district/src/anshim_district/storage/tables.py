"""The tables.

Changed only together with a migration in `migrations/versions`; a test compares the two.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, override

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    literal_column,
    text,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """Since 1970, the nearest."""
    return round(moment.timestamp() * 1000)


def passed_at(deadline: datetime | None) -> int | None:
    """The first whole millisecond since 1970 at which it has passed."""
    return None if deadline is None else -((_EPOCH - deadline) // _MILLISECOND)


class UtcTime(TypeDecorator[datetime]):
    """Milliseconds since 1970: small, sorted by an index, the same in every database."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else milliseconds(value)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MILLISECOND


class UtcDeadline(UtcTime):
    """The first whole millisecond at which it has passed, however finely it is kept elsewhere."""

    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return passed_at(value)


metadata: Final = MetaData()
# SQLite counts rows up by itself for INTEGER keys only
SERIAL: Final = BigInteger().with_variant(Integer, "sqlite")

households: Final = Table(
    "households",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("created", UtcTime, nullable=False),
    # the order of its events, as `cases.model.Ledger`
    Column("ledger", LargeBinary, nullable=False),
    # the kit that speaks for it now
    Column("kit", String(40)),
    # since when nothing of it is taken in but what saves a life
    Column("withdrawn", UtcTime),
)

kits: Final = Table(
    "kits",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("household", ForeignKey("households.id"), nullable=False),
    Column("kid", String(64), nullable=False, unique=True),
    Column("x", String(64), nullable=False),
    Column("instance", String(32), nullable=False),
    Column("epoch", String(64)),
    Column("relay_version", String(64)),
    Column("enrolled", UtcTime, nullable=False),
    Column("down_counter", Integer, nullable=False, server_default="0"),
    Column("down_acknowledged", Integer, nullable=False, server_default="0"),
    Column("down_handed", Integer, nullable=False, server_default="0"),
)

# One narrow row for each home, overwritten by every heartbeat. `due` is when silence is too long:
# the overseer's index.
pulses: Final = Table(
    "pulses",
    metadata,
    Column("kit", ForeignKey("kits.id"), primary_key=True),
    Column("household", String(40), nullable=False),
    Column("heard", UtcTime, nullable=False),
    Column("home_heard", UtcTime, nullable=False),
    Column("due", UtcTime),
    # set by the claim, cleared when the case is open: nothing is lost between the two
    Column("claimed", UtcTime),
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("interval_s", Integer, nullable=False),
    # the newest condition, as it was sent
    Column("condition", LargeBinary),
    Column("gap", String(160)),
    # until when its silence may be one of many; empty: never (it is quiet, or near its limit)
    Column("may_wait", UtcTime),
    # how much of the home's life could be seen when it last spoke
    Column("watch", String(8)),
    # the outage it is folded into
    Column("outage", String(40)),
    Index(
        "pulses_outage",
        "outage",
        sqlite_where=text("outage IS NOT NULL"),
        postgresql_where=text("outage IS NOT NULL"),
    ),
    Index(
        "pulses_due",
        "due",
        sqlite_where=text("due IS NOT NULL"),
        postgresql_where=text("due IS NOT NULL"),
    ),
    Index(
        "pulses_claimed",
        "claimed",
        sqlite_where=text("claimed IS NOT NULL"),
        postgresql_where=text("claimed IS NOT NULL"),
    ),
)

outages: Final = Table(
    "outages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("scope", String(16), nullable=False),
    Column("place", String(64), nullable=False),
    Column("began", UtcTime, nullable=False),
    # how many were folded into it
    Column("homes", Integer, nullable=False),
    # most of them are heard again; all of them are
    Column("returned", UtcTime),
    Column("ended", UtcTime),
)

epochs: Final = Table(
    "epochs",
    metadata,
    Column("kit", ForeignKey("kits.id"), primary_key=True),
    Column("epoch", String(64), primary_key=True),
    Column("first_seen", UtcTime, nullable=False),
    # everything up to here has arrived
    Column("complete", Integer, nullable=False, server_default="0"),
)

enrolment_codes: Final = Table(
    "enrolment_codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("household", String(40), nullable=False),
    Column("expires", UtcTime, nullable=False),
    Column("issued_by", String(64), nullable=False),
    Column("kit", String(40)),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("kit", ForeignKey("kits.id"), nullable=False, index=True),
    Column("expires", UtcTime, nullable=False),
)

hellos: Final = Table(
    "hellos",
    metadata,
    Column("kit", String(40), primary_key=True),
    Column("id", String(128), primary_key=True),
    Column("seen", UtcTime, nullable=False),
)

events: Final = Table(
    "events",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("id", String(128), nullable=False, unique=True),
    Column("content", String(64), nullable=False),
    Column("kit", String(40), nullable=False),
    Column("household", String(40), nullable=False, index=True),
    Column("kind", String(64), nullable=False),
    Column("epoch", String(64)),
    Column("seq", Integer),
    Column("received", UtcTime, nullable=False),
    Column("jws", Text, nullable=False),
    Index("events_sequence", "kit", "epoch", "seq"),
)

quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("because", String(64), nullable=False),
    Column("field", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("event", String(128)),
    Column("kind", String(64)),
    Column("household", String(128)),
    Column("kit", String(40)),
    Column("epoch", String(64)),
    Column("seq", Integer),
    Column("received", UtcTime, nullable=False),
    Column("jws", Text, nullable=False),
    Column("seen_by", String(64)),
    Column("seen", UtcTime),
    Index("quarantine_sequence", "kit", "epoch", "seq"),
    Index(
        "quarantine_unseen",
        "kind",
        sqlite_where=text("seen_by IS NULL"),
        postgresql_where=text("seen_by IS NULL"),
    ),
)

# kits that say hello with a key nobody knows, as after a restore; what they claim to be
strangers: Final = Table(
    "strangers",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("x", String(64), nullable=False),
    Column("kit", String(40), nullable=False),
    Column("household", String(40), nullable=False),
    Column("instance", String(32), nullable=False),
    Column("first", UtcTime, nullable=False),
    Column("seen", UtcTime, nullable=False),
)

# kits reported lost: their keys are refused for good; also kits that a restored database forgot
revocations: Final = Table(
    "revocations",
    metadata,
    Column("kit", String(40), primary_key=True),
    Column("kid", String(64), nullable=False, unique=True),
    Column("household", String(40), nullable=False, index=True),
    Column("since", UtcTime, nullable=False),
    Column("by", String(64), nullable=False),
)

cases: Final = Table(
    "cases",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("household", ForeignKey("households.id"), nullable=False, index=True),
    Column("family", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("standing", String(16), nullable=False),
    Column("owner", String(64)),
    Column("opened", UtcTime, nullable=False),
    Column("changed", UtcTime, nullable=False),
    # the state keeps it to the microsecond
    Column("due", UtcDeadline),
    Column("is_open", Boolean, nullable=False),
    # the whole of it, as `cases.model.Case`
    Column("state", LargeBinary, nullable=False),
    Index(
        "cases_one_open",
        "household",
        "family",
        unique=True,
        sqlite_where=text("is_open"),
        postgresql_where=text("is_open"),
    ),
    Index(
        "cases_due",
        "due",
        sqlite_where=text("due IS NOT NULL"),
        postgresql_where=text("due IS NOT NULL"),
    ),
)

# In the very words of the index of open cases. `is_open = 1`, as a flag is asked for otherwise,
# makes SQLite go through every case there ever was.
is_open: Final[ColumnElement[bool]] = literal_column("cases.is_open")

timeline: Final = Table(
    "timeline",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("household", String(40), nullable=False),
    Column("case", String(64)),
    Column("code", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("received", UtcTime, nullable=False),
    Column("facts", Text, nullable=False),
    Index("timeline_case", "case"),
    Index("timeline_household", "household", "n"),
)

downlink: Final = Table(
    "downlink",
    metadata,
    Column("kit", String(40), primary_key=True),
    Column("counter", Integer, primary_key=True),
    Column("jws", Text, nullable=False),
    Column("expires", UtcTime, nullable=False),
)

staff: Final = Table(
    "staff",
    metadata,
    Column("user", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcTime),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("must_change", Boolean, nullable=False, server_default=false()),
    # the second factor's secret, sealed, and the last step whose code was used
    Column("totp", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, server_default="0"),
    # at work: it must be readable when the key to names is lost
    Column("phone", String(24)),
)

# whose homes an officer sees
staff_dongs: Final = Table(
    "staff_dongs",
    metadata,
    Column("user", ForeignKey("staff.user"), primary_key=True),
    Column("dong", String(64), primary_key=True),
)

logins: Final = Table(
    "logins",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("user", ForeignKey("staff.user"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("expires", UtcTime, nullable=False),
    # since when the second factor is given; when it was last proved again
    Column("second", UtcTime),
    Column("proved", UtcTime),
)

# each running program: what proves that it can write, and tells how many there are
workers: Final = Table(
    "workers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("seen", UtcTime, nullable=False),
)

# who looked at what, and when
looks: Final = Table(
    "looks",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("user", String(64), nullable=False),
    Column("what", String(16), nullable=False),
    Column("subject", String(128), nullable=False),
    Index("looks_at", "at"),
)
