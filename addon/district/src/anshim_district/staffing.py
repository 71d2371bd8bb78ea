"""Staff as the administrator sees it: accounts opened, closed, put right.

Called by the console inside a write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
import re
import secrets
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from .access import Role
from .storage.tables import logins, staff, staff_dongs

_USER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class StaffError(Exception):
    """`because` is a text's key."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    user: str
    role: str
    dongs: tuple[str, ...]
    disabled: bool
    locked_until: datetime | None
    has_second: bool


def new_password() -> str:
    return secrets.token_urlsafe(12)


def add_member(
    connection: Connection, *, user: str, role: str, dongs: Sequence[str], hashed: str
) -> None:
    if not _USER.fullmatch(user):
        raise StaffError("user")
    if role not in set(Role):
        raise StaffError("role")
    if connection.scalar(select(staff.c.user).where(staff.c.user == user)):
        raise StaffError("there_already")
    connection.execute(
        insert(staff).values(user=user, role=role, password=hashed, must_change=True)
    )
    _give_dongs(connection, user, dongs)


def change_member(connection: Connection, *, user: str, role: str, dongs: Sequence[str]) -> None:
    if role not in set(Role):
        raise StaffError("role")
    if role != Role.ADMIN:
        _keep_an_admin(connection, but=user)
    _update(connection, user, role=role)
    _give_dongs(connection, user, dongs)


def reset_password(connection: Connection, *, user: str, hashed: str) -> None:
    values = {"password": hashed, "must_change": True, "failures": 0, "locked_until": None}
    _update(connection, user, **values)
    _end_logins(connection, user)


def forget_second(connection: Connection, *, user: str) -> None:
    """The telephone was lost: the next login sets up another one."""
    _update(connection, user, totp=None, totp_step=0)
    _end_logins(connection, user)


def close_account(connection: Connection, *, user: str) -> None:
    _keep_an_admin(connection, but=user)
    _update(connection, user, disabled=True)
    _end_logins(connection, user)


def open_account(connection: Connection, *, user: str) -> None:
    _update(connection, user, disabled=False, failures=0, locked_until=None)


def members(connection: Connection) -> list[Member]:
    dongs: dict[str, list[str]] = {}
    for row in connection.execute(select(staff_dongs).order_by(staff_dongs.c.dong)):
        dongs.setdefault(row.user, []).append(row.dong)
    return [
        Member(
            user=row.user,
            role=row.role,
            dongs=tuple(dongs.get(row.user, ())),
            disabled=row.disabled,
            locked_until=row.locked_until,
            has_second=row.totp is not None,
        )
        for row in connection.execute(select(staff).order_by(staff.c.user))
    ]


def _update(connection: Connection, user: str, **values: object) -> None:
    changed = connection.execute(update(staff).where(staff.c.user == user).values(**values))
    if not changed.rowcount:
        raise StaffError("nobody")


def _end_logins(connection: Connection, user: str) -> None:
    connection.execute(delete(logins).where(logins.c.user == user))


def _keep_an_admin(connection: Connection, *, but: str) -> None:
    """Somebody must be able to let others in."""
    others = connection.scalar(
        select(func.count())
        .select_from(staff)
        .where(staff.c.role == Role.ADMIN.value, ~staff.c.disabled, staff.c.user != but)
    )
    if not others:
        raise StaffError("last_admin")


def _give_dongs(connection: Connection, user: str, dongs: Sequence[str]) -> None:
    connection.execute(delete(staff_dongs).where(staff_dongs.c.user == user))
    for dong in dict.fromkeys(dongs):
        connection.execute(insert(staff_dongs).values(user=user, dong=dong))
