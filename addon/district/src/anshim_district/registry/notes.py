"""What staff writes down about a case in their own words: it may name anybody, so it is sealed.

Who wrote it, and when, stands on the timeline; the text only here. Called by the console, inside a
write or a read.
"""

from dataclasses import dataclass
from typing import Final
import unicodedata

from sqlalchemy import Connection, select, update

from ..storage.registry_tables import notes
from ..storage.upsert import upsert
from .vault import Vault, VaultClosedError

# characters, as people count them
LONGEST: Final = 1000


class UnfitNoteError(Exception):
    """`because` is a text's key."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`form`: of the page it was written on, so that a second sending of it is the same note."""

    household: str
    case: str
    by: str
    form: str
    text: str


def read_text(typed: str) -> str:
    """Raises `UnfitNoteError`: nothing is cut off that somebody wrote."""
    plain = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not plain:
        raise UnfitNoteError("note_empty")
    if len(plain) > LONGEST:
        raise UnfitNoteError("note_too_long")
    if any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in plain):
        raise UnfitNoteError("note_not_text")
    return plain


def add(connection: Connection, vault: Vault, note: Note) -> str | None:
    """Its id, or none if it is here already."""
    id_ = vault.mark("note", f"{note.case}\0{note.by}\0{note.form}\0{note.text}")
    sealed = vault.seal(note.text.encode(), _about(note.household, note.case))
    added = connection.execute(
        upsert(connection, notes)
        .values(id=id_, household=note.household, case=note.case, sealed=sealed)
        .on_conflict_do_nothing(index_elements=["id"])
    )
    return id_ if added.rowcount else None


def of_case(connection: Connection, vault: Vault, case: str) -> dict[str, str | None]:
    """By id; without its text where the vault is closed."""
    rows = connection.execute(select(notes).where(notes.c.case == case))
    return {row.id: _text(vault, row.sealed, _about(row.household, row.case)) for row in rows}


def seal_anew(connection: Connection, old: Vault, new: Vault) -> None:
    """What it is sealed for stays as it is, and so does its id: a number by now."""
    for row in connection.execute(select(notes)).all():
        about = _about(row.household, row.case)
        sealed = new.seal(old.unseal(row.sealed, about), about)
        connection.execute(update(notes).where(notes.c.id == row.id).values(sealed=sealed))


def _text(vault: Vault, sealed: bytes, about: str) -> str | None:
    try:
        return vault.unseal(sealed, about).decode()
    except VaultClosedError:
        return None


def _about(household: str, case: str) -> str:
    return f"note {household} {case}"
