"""What is written down about who responds: read as one `Duty`, changed by the console.

Called inside a read or a write.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from ..access import Role
from ..registry.phones import normal_number
from ..storage.duty_tables import duty_rules, shifts, special_days, teams
from ..storage.tables import staff
from ..storage.upsert import upsert
from .calendar import Period, Special, SpecialDays
from .roster import CONTROL, EVERYWHERE, Duty, Shift, Who

_LONGEST_SHIFT: Final = timedelta(days=14)
_LONGEST: Final = 64
_MOST: Final = 500


class DutyError(Exception):
    """`because` is a text's key."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


def load_duty(connection: Connection, now: datetime) -> Duty:
    """With the shifts that are going on now: others do not matter to whoever is told now."""
    members = connection.execute(
        select(staff.c.user, staff.c.role, staff.c.phone).where(~staff.c.disabled)
    ).all()
    working = {row.user for row in members}
    rules = {
        (row.dong, Period(row.period)): tuple(Who(who) for who in row.who.split(",") if who)
        for row in connection.execute(select(duty_rules))
    }
    return Duty(
        rules=rules,
        shifts=[
            _shift(row)
            for row in connection.execute(
                select(shifts).where(shifts.c.begins <= now, shifts.c.ends > now)
            )
            if row.user in working
        ],
        team_phones={row.team: row.phone for row in connection.execute(select(teams))},
        user_phones={row.user: row.phone or "" for row in members},
        admins=sorted(row.user for row in members if row.role == Role.ADMIN),
    )


def shift_ends(connection: Connection, user: str, now: datetime) -> datetime | None:
    """Of the shift that they are on and those that follow it at once.

    `None` for whoever has none written down.
    """
    coming = connection.execute(
        select(shifts.c.begins, shifts.c.ends)
        .where(shifts.c.user == user, shifts.c.ends > now)
        .order_by(shifts.c.begins)
    )
    ends: datetime | None = None
    for begins, until in coming:
        if begins > (ends or now):
            break
        ends = max(until, ends or until)
    return ends


def _shift(row: Row[tuple[object, ...]]) -> Shift:
    return Shift(
        n=row.n,
        team=row.team,
        user=row.user,
        begins=row.begins,
        ends=row.ends,
        stand_in=row.stand_in,
    )


def load_special(connection: Connection) -> SpecialDays:
    rows = connection.execute(select(special_days.c.day, special_days.c.kind))
    return {row.day: Special(row.kind) for row in rows}


def named_days(connection: Connection, since: date) -> list[tuple[date, Special, str]]:
    rows = connection.execute(
        select(special_days).where(special_days.c.day >= since).order_by(special_days.c.day)
    )
    return [(row.day, Special(row.kind), row.name) for row in rows]


def coming_shifts(connection: Connection, now: datetime) -> list[Shift]:
    rows = connection.execute(
        select(shifts).where(shifts.c.ends > now).order_by(shifts.c.begins).limit(_MOST)
    )
    return [_shift(row) for row in rows]


def write_day(connection: Connection, day: date, kind: str, name: str) -> None:
    if kind not in set(Special):
        raise DutyError("kind")
    values = {"kind": kind, "name": name[:_LONGEST]}
    connection.execute(
        upsert(connection, special_days)
        .values(day=day, **values)
        .on_conflict_do_update(index_elements=["day"], set_=values)
    )


def forget_day(connection: Connection, day: date) -> None:
    connection.execute(delete(special_days).where(special_days.c.day == day))


def add_shift(connection: Connection, shift: Shift) -> None:
    if not timedelta(0) < shift.ends - shift.begins <= _LONGEST_SHIFT:
        raise DutyError("times")
    if not shift.team or len(shift.team) > _LONGEST:
        raise DutyError("team")
    phone = connection.execute(
        select(staff.c.phone).where(staff.c.user == shift.user, ~staff.c.disabled)
    ).first()
    if phone is None:
        raise DutyError("nobody")
    if not phone.phone:
        # a shift of somebody who cannot be reached would only look like one
        raise DutyError("no_phone")
    connection.execute(
        insert(shifts).values(
            team=shift.team,
            user=shift.user,
            begins=shift.begins,
            ends=shift.ends,
            stand_in=shift.stand_in,
        )
    )


def remove_shift(connection: Connection, n: int) -> None:
    connection.execute(delete(shifts).where(shifts.c.n == n))


def write_rule(connection: Connection, dong: str, period: str, who: Sequence[str]) -> None:
    """Without anybody: as everywhere else."""
    if period not in set(Period) or not set(who) <= set(Who):
        raise DutyError("rule")
    place = dong.strip()[:_LONGEST] or EVERYWHERE
    this = (duty_rules.c.dong == place, duty_rules.c.period == period)
    connection.execute(delete(duty_rules).where(*this))
    if order := ",".join(dict.fromkeys(who)):
        connection.execute(insert(duty_rules).values(dong=place, period=period, who=order))


def write_team_phone(connection: Connection, team: str, typed: str) -> None:
    team = team.strip()[:_LONGEST] or CONTROL
    connection.execute(delete(teams).where(teams.c.team == team))
    if phone := _phone(typed):
        connection.execute(insert(teams).values(team=team, phone=phone))


def write_user_phone(connection: Connection, user: str, typed: str) -> None:
    changed = connection.execute(
        update(staff).where(staff.c.user == user).values(phone=_phone(typed) or None)
    )
    if not changed.rowcount:
        raise DutyError("nobody")


def _phone(typed: str) -> str:
    """Empty takes it back; a number that no machine may dial is no telephone to be told by."""
    if not typed.strip():
        return ""
    number = normal_number(typed)
    if number is None:
        raise DutyError("phone")
    return number
