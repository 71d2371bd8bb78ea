"""The tables of residents, consent and equipment. What names a person is sealed."""

from typing import Final

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from .tables import SERIAL, UtcTime, metadata

settings: Final = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

residents: Final = Table(
    "residents",
    metadata,
    Column("household", ForeignKey("households.id"), primary_key=True),
    # who answers for it is looked up by dong; what fails together, by line (a building, a cable)
    # and by network (a telephone company's)
    Column("dong", String(64), nullable=False, index=True),
    Column("line", String(64), nullable=False),
    Column("network", String(16), nullable=False, server_default=""),
    Column("sealed", LargeBinary, nullable=False),
    Column("updated", UtcTime, nullable=False),
    Column("updated_by", String(64), nullable=False),
    Index("residents_line", "line"),
    Index("residents_network", "network"),
)

# the blind index: a keyed hash of each name and number
resident_marks: Final = Table(
    "resident_marks",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("household", String(40), primary_key=True),
    Index("resident_marks_household", "household"),
)

# Rows are chained by `hash` and never changed, but for `salt` and `sealed`, which can be erased:
# the chain holds a commitment to the content, not the content.
consents: Final = Table(
    "consents",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("household", String(40), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("recorded", UtcTime, nullable=False),
    Column("by", String(64), nullable=False),
    Column("text_version", String(64), nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("salt", LargeBinary),
    Column("sealed", LargeBinary),
)

# what staff wrote about a case in their own words; who and when is on the timeline
notes: Final = Table(
    "notes",
    metadata,
    # a keyed hash of form and text: sent again it is the same
    Column("id", String(64), primary_key=True),
    Column("household", String(40), nullable=False, index=True),
    Column("case", String(64), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

items: Final = Table(
    "items",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(32), nullable=False),
    # the sticker on it
    Column("label", String(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    # of a kit: as which it has enrolled
    Column("kit", String(40), unique=True),
    Column("battery", Integer),
    Column("tested", UtcTime),
    Column("added", UtcTime, nullable=False),
)

# who has had which item from when until when
bindings: Final = Table(
    "bindings",
    metadata,
    Column("n", SERIAL, primary_key=True),
    Column("item", ForeignKey("items.id"), nullable=False),
    Column("household", String(40), nullable=False, index=True),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime),
    Column("because", String(16)),
    Column("by", String(64), nullable=False),
    Index(
        "bindings_one_home",
        "item",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)
