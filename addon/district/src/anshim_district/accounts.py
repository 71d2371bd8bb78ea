"""Staff accounts: the first administrator, passwords, lock-out, logins.

Called by the command line and the console.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
import logging
from pathlib import Path
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from .door import digest
from .keys import write_private
from .options import Admin
from .storage.tables import logins, staff

_LOG: Final = logging.getLogger(__name__)
_HASHER: Final = PasswordHasher()
_MOST_FAILURES: Final = 5
_LOCKED_FOR: Final = timedelta(minutes=15)
_LOGGED_IN_FOR: Final = timedelta(hours=12)
_PASSWORD_FILE: Final = "first-password.txt"  # noqa: S105 - a file's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A person at the console."""

    user: str
    role: str
    csrf: str


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
    if row is None:
        return Tried()
    if row.locked_until is not None and row.locked_until > now:
        return Tried()
    if not right:
        failures = row.failures + 1
        locked = now + _LOCKED_FOR if failures >= _MOST_FAILURES else None
        connection.execute(
            update(staff)
            .where(staff.c.user == user)
            .values(failures=0 if locked else failures, locked_until=locked)
        )
        return Tried()
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


def find_login(connection: Connection, cookie: str, now: datetime) -> Login | None:
    row = connection.execute(
        select(logins.c.user, logins.c.csrf, staff.c.role)
        .join(staff, staff.c.user == logins.c.user)
        .where(logins.c.token == digest(cookie.encode()), logins.c.expires > now)
    ).first()
    return Login(user=row.user, role=row.role, csrf=row.csrf) if row else None


def log_out(connection: Connection, cookie: str) -> None:
    connection.execute(delete(logins).where(logins.c.token == digest(cookie.encode())))


def make_first_admin(connection: Connection, admin: Admin, data: Path) -> None:
    """Once.

    A password of the options that has changed since is taken over: that is how one gets in again.
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
        .values(password=hashed, failures=0, locked_until=None)
    )
    connection.execute(delete(logins).where(logins.c.user == admin.user))


def _written_password(data: Path) -> str:
    password = secrets.token_urlsafe(12)
    path = data / _PASSWORD_FILE
    write_private(path, f"{password}\n".encode())
    _LOG.warning("the first password was written to a file", extra={"file": str(path)})
    return password
