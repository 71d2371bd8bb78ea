"""Who may be given a case: whoever may answer it at all, those on shift first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ..access import may, sees
from ..accounts import Login, dongs_of
from ..duty.book import load_duty
from ..duty.roster import people
from ..storage.registry_tables import residents
from ..storage.tables import staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    user: str
    is_on_shift: bool
    # a text or a call can reach them
    has_phone: bool


def colleagues(
    connection: Connection, household: str, person: Login, now: datetime
) -> list[Colleague]:
    """Neither closed nor locked out; of the home's dong, or seeing all."""
    dong = connection.scalar(select(residents.c.dong).where(residents.c.household == household))
    duty = load_duty(connection, now)
    working = {shift.user for shift in duty.shifts}
    reached = {one.name for one in people(duty.user_phones)}
    others = select(staff).where(~staff.c.disabled, staff.c.user != person.user)
    found = [
        Colleague(user=row.user, is_on_shift=row.user in working, has_phone=row.user in reached)
        for row in connection.execute(others).all()
        if (row.locked_until is None or row.locked_until <= now)
        and may(row.role, "POST", "/cases/{case}/answer")
        and sees(row.role, dongs_of(connection, row.user), dong)
    ]
    return sorted(found, key=lambda one: (not one.is_on_shift, one.user))
