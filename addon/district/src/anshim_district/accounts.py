"""Staff accounts: the first administrator, passwords, lock-out, logins.

Called by the command line and the console.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
import logging
from pathlib import Path
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, func, insert, select, type_coerce, update

from .access import sees, team_names
from .door import digest
from .keys import write_private
from .options import Admin
from .registry.vault import Vault
from .second_factor import used_step
from .storage.tables import UtcTime, logins, staff, staff_dongs

_LOG: Final = logging.getLogger(__name__)
_HASHER: Final = PasswordHasher()
_MOST_FAILURES: Final = 5
_LOCKED_FOR: Final = timedelta(minutes=15)
_PROOF_LASTS: Final = timedelta(minutes=5)
_LOGGED_IN_FOR: Final = timedelta(hours=12)
_PASSWORD_FILE: Final = "first-password.txt"  # noqa: S105 - a file's name


class Owes(StrEnum):
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - a word for what is owed
    SECOND = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A person at the console. `owes`: what must be given before anything else."""

    user: str
    role: str
    csrf: str
    dongs: frozenset[str] = frozenset()
    owes: Owes | None = None
    has_second: bool = False
    proved: datetime | None = None

    @property
    def teams(self) -> frozenset[str]:
        """Whose telephone may have taken a case for this person."""
        return team_names(self.role, self.dongs)

    def sees(self, dong: str | None) -> bool:
        return sees(self.role, self.dongs, dong)

    def is_proved(self, now: datetime) -> bool:
        return self.proved is not None and now - self.proved < _PROOF_LASTS


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRules:
    required: bool
    can_check: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """`cookie` after the right password. Why not, is not said: it would tell who has an account."""

    cookie: str | None = None


@cache
def _nobody() -> str:
    """Verified for people who do not exist, so that they take as long as those who do."""
    return _HASHER.hash(secrets.token_urlsafe(16))


def is_right(stored: str | None, password: str) -> bool:
    """Slow on purpose; call it in a thread."""
    try:
        _HASHER.verify(stored or _nobody(), password)
    except VerificationError, InvalidHashError:
        return False
    return stored is not None


def stored_password(connection: Connection, user: str) -> str | None:
    return connection.scalar(select(staff.c.password).where(staff.c.user == user))


def log_in(connection: Connection, user: str, *, right: bool, now: datetime) -> Tried:
    """Counts failures; five lock the account for a while, also against the right password."""
    row = connection.execute(select(staff).where(staff.c.user == user)).first()
    if row is None or row.disabled:
        return Tried()
    if row.locked_until is not None and row.locked_until > now:
        return Tried()
    if not right:
        _count_failure(connection, user, row.failures, now)
        return Tried()
    if row.totp is None:
        # where a code is still owed only the code forgives: otherwise whoever has the password
        # could log in again after every fourth guess at the code
        connection.execute(
            update(staff).where(staff.c.user == user).values(failures=0, locked_until=None)
        )
    connection.execute(delete(logins).where(logins.c.expires <= now))
    cookie = secrets.token_urlsafe(32)
    connection.execute(
        insert(logins).values(
            token=digest(cookie.encode()),
            user=user,
            csrf=secrets.token_urlsafe(24),
            expires=now + _LOGGED_IN_FOR,
        )
    )
    return Tried(cookie=cookie)


def _count_failure(connection: Connection, user: str, before: int, now: datetime) -> None:
    failures = before + 1
    locked = now + _LOCKED_FOR if failures >= _MOST_FAILURES else None
    connection.execute(
        update(staff)
        .where(staff.c.user == user)
        .values(failures=0 if locked else failures, locked_until=locked)
    )


def find_login(
    connection: Connection, cookie: str, now: datetime, rules: SecondFactorRules
) -> Login | None:
    row = connection.execute(
        select(logins, staff)
        .join(staff, staff.c.user == logins.c.user)
        .where(logins.c.token == digest(cookie.encode()), logins.c.expires > now, ~staff.c.disabled)
    ).first()
    if row is None:
        return None
    return Login(
        user=row.user,
        role=row.role,
        csrf=row.csrf,
        dongs=dongs_of(connection, row.user),
        owes=_owes(row, rules),
        has_second=row.totp is not None,
        proved=row.proved,
    )


def dongs_of(connection: Connection, user: str) -> frozenset[str]:
    of = select(staff_dongs.c.dong).where(staff_dongs.c.user == user)
    return frozenset(connection.scalars(of))


def _owes(row: Row[tuple[object, ...]], rules: SecondFactorRules) -> Owes | None:
    # without the vault no code can be checked; then there is no name to be seen either
    if row.totp is not None and row.second is None and rules.can_check:
        return Owes.CODE
    if row.must_change:
        return Owes.PASSWORD
    if row.totp is None and rules.required and rules.can_check:
        return Owes.SECOND
    return None


def give_code(
    connection: Connection, vault: Vault, *, user: str, cookie: str, typed: str, now: datetime
) -> bool:
    """The second factor, and the proof that step-up asks for. Wrong codes count as failures."""
    row = connection.execute(select(staff).where(staff.c.user == user)).first()
    if row is None or row.totp is None or (row.locked_until and row.locked_until > now):
        return False
    secret = vault.unseal(row.totp, second_about(user))
    step = used_step(secret, typed, last=row.totp_step, now=now)
    if step is None:
        _count_failure(connection, user, row.failures, now)
        return False
    connection.execute(
        update(staff)
        .where(staff.c.user == user)
        .values(totp_step=step, failures=0, locked_until=None)
    )
    _prove(connection, cookie, now)
    return True


def give_password(
    connection: Connection, *, user: str, cookie: str, right: bool, now: datetime
) -> bool:
    """The password once more. It proves somebody only who has no second factor."""
    row = connection.execute(select(staff).where(staff.c.user == user)).one()
    if row.locked_until and row.locked_until > now:
        return False
    if not right:
        _count_failure(connection, user, row.failures, now)
        return False
    if row.totp is None:
        _prove(connection, cookie, now)
    return True


def _prove(connection: Connection, cookie: str, now: datetime) -> None:
    connection.execute(
        update(logins)
        .where(logins.c.token == digest(cookie.encode()))
        .values(second=func.coalesce(logins.c.second, type_coerce(now, UtcTime)), proved=now)
    )


def keep_second(
    connection: Connection,
    vault: Vault,
    *,
    user: str,
    cookie: str,
    secret: bytes,
    step: int,
    now: datetime,
) -> None:
    """A new second factor, shown to work with `step`; every other login of this person ends."""
    sealed = vault.seal(secret, second_about(user))
    connection.execute(
        update(staff).where(staff.c.user == user).values(totp=sealed, totp_step=step)
    )
    _prove(connection, cookie, now)
    mine = digest(cookie.encode())
    connection.execute(delete(logins).where(logins.c.user == user, logins.c.token != mine))


def seal_anew(connection: Connection, old: Vault, new: Vault) -> None:
    """Everybody's second factor stays what it is."""
    for row in connection.execute(select(staff).where(staff.c.totp.is_not(None))).all():
        about = second_about(row.user)
        sealed = new.seal(old.unseal(row.totp, about), about)
        connection.execute(update(staff).where(staff.c.user == row.user).values(totp=sealed))


def change_password(connection: Connection, *, user: str, cookie: str, hashed: str) -> None:
    connection.execute(
        update(staff).where(staff.c.user == user).values(password=hashed, must_change=False)
    )
    mine = digest(cookie.encode())
    connection.execute(delete(logins).where(logins.c.user == user, logins.c.token != mine))


def hash_password(password: str) -> str:
    """Slow on purpose; call it in a thread."""
    return _HASHER.hash(password)


def second_about(user: str) -> str:
    return f"second factor {user}"


def log_out(connection: Connection, cookie: str) -> None:
    connection.execute(delete(logins).where(logins.c.token == digest(cookie.encode())))


def make_first_admin(connection: Connection, admin: Admin, data: Path) -> None:
    """Once.

    A password of the options that has changed since is taken over, and the second factor is set up
    anew: that is how one gets in again.
    """
    stored = stored_password(connection, admin.user)
    if stored is not None and (not admin.password or is_right(stored, admin.password)):
        return
    hashed = _HASHER.hash(admin.password or _written_password(data))
    if stored is None:
        connection.execute(insert(staff).values(user=admin.user, role="admin", password=hashed))
        return
    connection.execute(
        update(staff)
        .where(staff.c.user == admin.user)
        .values(
            password=hashed, failures=0, locked_until=None, disabled=False, totp=None, totp_step=0
        )
    )
    connection.execute(delete(logins).where(logins.c.user == admin.user))


def _written_password(data: Path) -> str:
    password = secrets.token_urlsafe(12)
    path = data / _PASSWORD_FILE
    write_private(path, f"{password}\n".encode())
    _LOG.warning("the first password was written to a file", extra={"file": str(path)})
    return password
