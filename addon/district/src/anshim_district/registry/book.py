"""The book of residents: kept sealed, found by household, dong, name or number.

Called by the console and the import, inside a write or a read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
import unicodedata

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from ..storage.registry_tables import resident_marks, residents
from ..storage.upsert import upsert
from .networks import Network
from .phones import normal_number
from .resident import Entry, Resident, phones_of, with_bad
from .vault import Vault, VaultClosedError

_NAME: Final = "name"
_PHONE: Final = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`entry` is missing where the vault is closed."""

    household: str
    dong: str
    entry: Entry | None


def keep(
    connection: Connection, vault: Vault, household: str, entry: Entry, *, by: str, now: datetime
) -> None:
    """Replaces what was known, but not that a number of it is dead."""
    before = look_up(connection, vault, household)
    resident = entry.resident
    if before and before.entry:
        known = {phone.number: phone.bad for phone in phones_of(before.entry.resident)}
        resident = with_bad(resident, known)
    kept = replace(entry, resident=resident)
    _write(connection, vault, household, kept, by=by, now=now)


def mark_numbers(
    connection: Connection,
    vault: Vault,
    household: str,
    bad: Mapping[str, datetime | None],
    *,
    by: str,
    now: datetime,
) -> None:
    """Numbers that were found dead, or alive again."""
    found = look_up(connection, vault, household)
    if found and found.entry:
        entry = found.entry
        now_known = with_bad(entry.resident, bad)
        changed = replace(entry, resident=now_known)
        _write(connection, vault, household, changed, by=by, now=now)


def _write(
    connection: Connection, vault: Vault, household: str, entry: Entry, *, by: str, now: datetime
) -> None:
    sealed = vault.seal(msgspec.json.encode(entry.resident), _about(household))
    values = {
        "dong": entry.dong,
        "line": entry.line,
        "network": entry.network.value,
        "sealed": sealed,
        "updated": now,
        "updated_by": by,
    }
    connection.execute(
        upsert(connection, residents)
        .values(household=household, **values)
        .on_conflict_do_update(index_elements=["household"], set_=values)
    )
    connection.execute(delete(resident_marks).where(resident_marks.c.household == household))
    _mark(connection, vault, household, entry.resident)


def _mark(connection: Connection, vault: Vault, household: str, resident: Resident) -> None:
    marks = _marks(vault, resident)
    connection.execute(
        insert(resident_marks), [{"mark": mark, "household": household} for mark in sorted(marks)]
    )


def look_up(connection: Connection, vault: Vault, household: str) -> Found | None:
    row = connection.execute(select(residents).where(residents.c.household == household)).first()
    return _found(vault, row) if row else None


def look_up_all(connection: Connection, vault: Vault, homes: set[str]) -> dict[str, Found]:
    rows = connection.execute(select(residents).where(residents.c.household.in_(homes)))
    return {row.household: _found(vault, row) for row in rows}


def search(connection: Connection, vault: Vault, words: str) -> set[str]:
    """Households by a whole name or number, a resident's or a guardian's."""
    if not vault.is_open:
        return set()
    marks = {vault.mark(_NAME, _folded(words))}
    if number := normal_number(words):
        marks.add(vault.mark(_PHONE, number))
    rows = connection.scalars(
        select(resident_marks.c.household).where(resident_marks.c.mark.in_(marks))
    )
    return set(rows)


def same_resident(connection: Connection, vault: Vault, resident: Resident) -> set[str]:
    """Households where somebody of this name has this number already."""
    if resident.phone is None:
        return set()
    return search(connection, vault, resident.name) & search(
        connection, vault, resident.phone.number
    )


def seal_anew(connection: Connection, old: Vault, new: Vault) -> int:
    """Everybody, with another key; nothing else changes. How many."""
    rows = connection.execute(select(residents)).all()
    connection.execute(delete(resident_marks))
    for row in rows:
        about = _about(row.household)
        opened = old.unseal(row.sealed, about)
        connection.execute(
            update(residents)
            .where(residents.c.household == row.household)
            .values(sealed=new.seal(opened, about))
        )
        _mark(connection, new, row.household, msgspec.json.decode(opened, type=Resident))
    return len(rows)


def erase(connection: Connection, household: str) -> None:
    """Nobody is named any more; what happened stays under the pseudonym."""
    connection.execute(delete(resident_marks).where(resident_marks.c.household == household))
    connection.execute(delete(residents).where(residents.c.household == household))


def _found(vault: Vault, row: Row[tuple[object, ...]]) -> Found:
    try:
        opened = vault.unseal(row.sealed, _about(row.household))
    except VaultClosedError:
        return Found(household=row.household, dong=row.dong, entry=None)
    resident = msgspec.json.decode(opened, type=Resident)
    network = Network(row.network)
    entry = Entry(resident=resident, dong=row.dong, line=row.line, network=network)
    return Found(household=row.household, dong=row.dong, entry=entry)


def _about(household: str) -> str:
    return f"resident {household}"


def _marks(vault: Vault, resident: Resident) -> set[str]:
    names = [resident.name, *(guardian.name for guardian in resident.guardians if guardian.name)]
    marks = {vault.mark(_NAME, _folded(name)) for name in names}
    return marks | {vault.mark(_PHONE, phone.number) for phone in phones_of(resident)}


def _folded(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())
