"""The tables of duty: special days, rules, shifts, teams; and errands, what is to be told whom."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, text

from .tables import SERIAL, UtcTime, metadata

special_days: Final = Table(
    "special_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(64), nullable=False),
)

duty_rules: Final = Table(
    "duty_rules",
    metadata,
    Column("dong", String(64), primary_key=True),
    Column("period", String(16), primary_key=True),
    # who, in order, separated by commas
    Column("who", String(64), nullable=False),
)

shifts: Final = Table(
    "shifts",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("team", String(64), nullable=False),
    Column("user", ForeignKey("staff.user"), nullable=False),
    Column("begins", UtcTime, nullable=False),
    Column("ends", UtcTime, nullable=False, index=True),
    Column("stand_in", Boolean, nullable=False),
)

teams: Final = Table(
    "teams",
    metadata,
    Column("team", String(64), primary_key=True),
    Column("phone", String(24), nullable=False),
)

# What is to be told or asked by telephone: one row for a case and a kind, written with the case
# that causes it. It goes on by `due` until it is done, whatever dies in between.
errands: Final = Table(
    "errands",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("household", String(40), nullable=False),
    Column("case", String(64), nullable=False, index=True),
    Column("urgent", Boolean, nullable=False),
    # how often it was begun anew, and which step of its plan is next
    Column("round", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("due", UtcTime),
    # whose turn it was, in order, when this round began: a mark that names nobody
    Column("turns", String(64)),
    Index(
        "errands_due",
        "due",
        sqlite_where=text("due IS NOT NULL"),
        postgresql_where=text("due IS NOT NULL"),
    ),
)

# Each text and call: written before it goes out, so that what is said back finds it.
reaches: Final = Table(
    "reaches",
    metadata,
    Column("reference", String(96), primary_key=True),
    Column("errand", String(80), nullable=False, index=True),
    Column("way", String(8), nullable=False),
    # a member of staff, a team, `resident`, `guardian1`: never a number
    Column("who", String(64), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("result", String(16)),
    Column("heard", UtcTime),
    # whose own telephone made the call; empty: the provider's
    Column("worker", Integer),
)

# callbacks that were heard: a provider repeats what it got no answer to
callbacks: Final = Table(
    "callbacks",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("received", UtcTime, nullable=False, index=True),
)

# By which number a control centre's receiver knows a home; never given to another.
centre_homes: Final = Table(
    "centre_homes",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("household", String(40), nullable=False, unique=True),
    sqlite_autoincrement=True,
)

# Signals to a control centre's receiver: each has a number of its own, the same when said again.
centre_signals: Final = Table(
    "centre_signals",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("reference", String(96), nullable=False, unique=True),
    sqlite_autoincrement=True,
)
