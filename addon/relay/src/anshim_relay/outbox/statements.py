"""The statements of sql/queries.sql by name. Read once, when the outbox is opened."""

from collections.abc import Mapping
from importlib import resources

SQL = resources.files("anshim_relay") / "sql"
MARK = "-- :"


def schema() -> str:
    return (SQL / "schema.sql").read_text(encoding="utf-8")


def named(text: str) -> Mapping[str, str]:
    blocks = text.split(f"\n{MARK}")[1:]
    return {name.strip(): body.strip() for name, _, body in (b.partition("\n") for b in blocks)}


STATEMENTS = named((SQL / "queries.sql").read_text(encoding="utf-8"))
