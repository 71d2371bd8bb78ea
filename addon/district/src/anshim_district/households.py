"""Households and their one-time codes: opened by a code, spoken for by a kit.

Called by the command line, console, intake.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import re
import secrets
from typing import Final

import msgspec
from sqlalchemy import Connection, insert, select

from .cases.model import Ledger
from .codes import code_hash, new_code, normalised
from .forgetting.marks import is_erased
from .storage.tables import enrolment_codes, households
from .storage.upsert import upsert

_VALID_FOR: Final = timedelta(hours=72)
_PSEUDONYM: Final = re.compile(r"h-[a-z0-9]{8,32}")
_LETTERS: Final = "abcdefghjkmnpqrstvwxyz0123456789"


class BadPseudonymError(Exception):
    """Not a household's pseudonym."""


class ErasedPseudonymError(Exception):
    """Somebody was erased under this pseudonym: it is nobody's any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    code: str
    household: str
    expires: datetime


def new_pseudonym() -> str:
    return "h-" + "".join(secrets.choice(_LETTERS) for _ in range(12))


def is_pseudonym(household: str) -> bool:
    return _PSEUDONYM.fullmatch(household) is not None


def open_household(connection: Connection, household: str, now: datetime) -> None:
    """Nothing changes if it is there."""
    if is_erased(connection, household):
        raise ErasedPseudonymError(
            "A household was erased under this pseudonym. Take another one, or let one be made."
        )
    connection.execute(
        upsert(connection, households)
        .values(id=household, created=now, ledger=msgspec.json.encode(Ledger(household=household)))
        .on_conflict_do_nothing()
    )


def issue_code(connection: Connection, household: str, *, by: str, now: datetime) -> IssuedCode:
    if not is_pseudonym(household):
        raise BadPseudonymError(
            "A household's pseudonym is h- and 8 to 32 small letters or digits, with no name in it."
        )
    code = new_code()
    open_household(connection, household, now)
    connection.execute(
        insert(enrolment_codes).values(
            hash=code_hash(normalised(code) or ""),
            household=household,
            expires=now + _VALID_FOR,
            issued_by=by,
        )
    )
    return IssuedCode(code=code, household=household, expires=now + _VALID_FOR)


def household_exists(connection: Connection, household: str) -> bool:
    return bool(connection.scalar(select(households.c.id).where(households.c.id == household)))
