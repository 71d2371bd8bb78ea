"""The tables of forgetting: who was erased (as a mark, never a name), and what is counted on."""

from typing import Final

from sqlalchemy import Column, LargeBinary, String, Table

from .tables import UtcTime, metadata

# the journal beside the database says the same, and is believed before this
erasures: Final = Table(
    "erasures",
    metadata,
    # of a pseudonym that is nobody's any more
    Column("mark", String(64), primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("by", String(64), nullable=False),
    Column("asked_by", String(16), nullable=False),
)

# whose messages tell nothing of a person any more; a call for help by one is heard all the same
erased_kits: Final = Table(
    "erased_kits",
    metadata,
    Column("kit", String(40), primary_key=True),
    Column("kid", String(64), nullable=False, unique=True),
    Column("x", String(64), nullable=False),
    # the nameless household at which its call for help is a case
    Column("stands_for", String(40)),
)

# what a council is still told of cases that are gone: by month and dong, of nobody
tallies: Final = Table(
    "tallies",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("dong", String(64), primary_key=True),
    Column("counts", LargeBinary, nullable=False),
)
