"""A list of households as a CSV file → households, all of it or nothing, with a report row by row.

As Excel in Korea writes it: UTF-8 with its mark, CP949, or its "Unicode text"; columns in Korean or
as we name them.
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator
import csv
from dataclasses import dataclass
from datetime import datetime
import io
from typing import Final

from sqlalchemy import Connection

from ..forgetting.marks import is_erased
from ..households import household_exists, is_pseudonym, new_pseudonym, open_household
from . import book
from .headings import COLUMNS, column_of
from .resident import Entry, Wrong, lacking, read_entry
from .vault import Vault

_MOST_ROWS: Final = 20_000
_UTF16: Final = (BOM_UTF16_LE, BOM_UTF16_BE)
_NEEDED: Final = ("name", "address", "dong")
_SHOWN: Final = {name: heading for heading, name in COLUMNS.items()}


class UnreadableListError(Exception):
    """Nothing of the file can be used. `because` is a text's key, `detail` what is meant."""

    def __init__(self, because: str, detail: str = "") -> None:
        super().__init__(because)
        self.because = because
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`number` is the line as the spreadsheet counts it."""

    number: int
    household: str
    entry: Entry | None
    wrong: tuple[Wrong, ...]

    @property
    def lacking(self) -> tuple[Wrong, ...]:
        """No mistake, and yet to be known: nobody can be called there, or for them."""
        return lacking(self.entry.resident) if self.entry else ()


def read_list(raw: bytes, *, year: int) -> list[Row]:
    """The door for a list: each row an entry, or everything that is wrong with it."""
    table = _table(raw)
    names = _columns(next(table, []))
    rows: list[Row] = []
    for number, cells in enumerate(table, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= _MOST_ROWS:
            raise UnreadableListError("too_long", str(_MOST_ROWS))
        rows.append(_row(number, names, cells, year=year))
    if not rows:
        raise UnreadableListError("empty")
    return rows


def _row(number: int, names: list[str], cells: list[str], *, year: int) -> Row:
    given = dict(zip(names, cells, strict=False))
    household = given.pop("household", "").strip()
    read = read_entry(given, year=year)
    wrong = [] if isinstance(read, Entry) else read
    if len(cells) > len(names):
        wrong = [*wrong, Wrong(field="row", because="too_many_cells")]
    if household and not is_pseudonym(household):
        wrong = [*wrong, Wrong(field="household", because="not_a_pseudonym")]
    entry = read if isinstance(read, Entry) else None
    return Row(number=number, household=household, entry=entry, wrong=tuple(wrong))


def judge(connection: Connection, vault: Vault, rows: list[Row]) -> list[Row]:
    """The same rows, with what only the book and the other rows can tell."""
    seen: dict[str, int] = {}
    judged = []
    for row in rows:
        wrong = [*row.wrong, *_twice(row, seen), *_known(connection, vault, row)]
        judged.append(
            Row(number=row.number, household=row.household, entry=row.entry, wrong=tuple(wrong))
        )
    return judged


def _twice(row: Row, seen: dict[str, int]) -> list[Wrong]:
    keys = [row.household] if row.household else []
    if row.entry and row.entry.resident.phone:
        one = row.entry.resident
        keys.append(f"{one.name} {one.phone.number if one.phone else ''}")
    is_twice = any(key in seen for key in keys)
    seen.update(dict.fromkeys(keys, row.number))
    return [Wrong(field="row", because="twice")] if is_twice else []


def _known(connection: Connection, vault: Vault, row: Row) -> list[Wrong]:
    if row.household and is_erased(connection, row.household):
        return [Wrong(field="household", because="erased")]
    if row.entry is None:
        return []
    others = book.same_resident(connection, vault, row.entry.resident) - {row.household}
    known = [Wrong(field="row", because="known_already")] if others else []
    has_resident = row.household and book.look_up(connection, vault, row.household)
    return [*known, Wrong(field="household", because="has_resident")] if has_resident else known


def take_in(
    connection: Connection, vault: Vault, rows: list[Row], *, by: str, now: datetime
) -> list[Row]:
    """Called inside one write. Judged once more there: between a look and a write others write."""
    judged = judge(connection, vault, rows)
    if any(row.wrong for row in judged):
        return judged
    taken = []
    for row in judged:
        household = row.household or new_pseudonym()
        if not household_exists(connection, household):
            open_household(connection, household, now)
        if row.entry:
            book.keep(connection, vault, household, row.entry, by=by, now=now)
        taken.append(Row(number=row.number, household=household, entry=row.entry, wrong=()))
    return taken


def _table(raw: bytes) -> Iterator[list[str]]:
    encodings = ("utf-16",) if raw.startswith(_UTF16) else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # as a Mac ends its lines, too
        lines = io.StringIO("\n".join(text.replace("\r\n", "\n").split("\r")))
        return _cells(csv.reader(lines, delimiter="\t" if "\t" in text[:200] else ","))
    raise UnreadableListError("encoding")


def _cells(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise UnreadableListError("broken") from error


def _columns(cells: list[str]) -> list[str]:
    found = [(cell.strip(), column_of(cell)) for cell in cells]
    names = [name for _, name in found if name is not None]
    if len(names) < len(found):
        unknown = [heading or "(…)" for heading, name in found if name is None]
        raise UnreadableListError("unknown_column", _listed(unknown))
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise UnreadableListError("missing_column", _listed([_SHOWN[name] for name in missing]))
    often = Counter(names)
    if twice := [heading for heading, name in found if name and often[name] > 1]:
        raise UnreadableListError("double_column", _listed(twice))
    return names


def _listed(headings: list[str]) -> str:
    return ", ".join(headings)[:100]
