"""Who responds when, for staff: what is true now, shifts, the order, numbers, special days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection, select

from ..api import SERVICE
from ..duty import book
from ..duty.book import DutyError
from ..duty.calendar import Period, Special, is_off, next_change, period_of
from ..duty.roster import (
    CONTROL,
    DEFAULT,
    EVERYWHERE,
    Duty,
    Person,
    Shift,
    Who,
    on_duty,
    order_of,
)
from ..storage.database import After
from ..storage.registry_tables import residents
from .forms import read_own_form
from .pages import render
from .views import log_look
from .visitor import VISITOR

_AHEAD: Final = 60
_PLACES: Final = 3
_REFUSED: Final = 409

type Job = Callable[[Connection], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Team:
    name: str
    people: tuple[Person, ...]
    phone: str
    order: tuple[Who, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    period: Period
    until: datetime
    teams: list[_Team]
    rules: list[tuple[str, dict[Period, tuple[Who, ...]]]]
    shifts: list[Shift]
    phones: list[tuple[str, str]]
    days: list[tuple[date, Special, str]]
    off: list[date]

    @property
    def is_anybody_there(self) -> bool:
        return any(team.people for team in self.teams)


async def duty_page(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(request: web.Request, *, refusal: str | None = None) -> web.Response:
    service, now = request.app[SERVICE], request[VISITOR].now
    zone = ZoneInfo(service.options.time_zone)
    shown = await service.database.read(lambda c: _look(c, zone, now))
    return render(
        request,
        "duty.html",
        status=_REFUSED if refusal else 200,
        shown=shown,
        refusal=refusal,
        csrf=request[VISITOR].person.csrf,
        whos=list(Who),
        periods=list(Period),
        specials=list(Special),
        places=range(_PLACES),
        control=CONTROL,
        everywhere=EVERYWHERE,
        has_carrier=service.dispatcher.carrier is not None,
        line=service.outside.line.registration if service.outside.line else None,
    )


def _look(connection: Connection, zone: ZoneInfo, now: datetime) -> _Shown:
    duty, special = book.load_duty(connection, now), book.load_special(connection)
    period = period_of(now, zone, special)
    today = now.astimezone(zone).date()
    dongs = sorted(set(connection.scalars(select(residents.c.dong).distinct())))
    ahead = [today + timedelta(days=days) for days in range(_AHEAD)]
    return _Shown(
        period=period,
        until=next_change(now, zone, special),
        teams=[_team(duty, name, period, now) for name in (CONTROL, *dongs)],
        rules=_rules(duty, dongs),
        shifts=book.coming_shifts(connection, now),
        phones=sorted(duty.user_phones.items()),
        days=book.named_days(connection, today),
        off=[day for day in ahead if is_off(day, special) is Period.HOLIDAY],
    )


def _team(duty: Duty, name: str, period: Period, now: datetime) -> _Team:
    return _Team(
        name=name,
        people=on_duty(duty, name, now),
        phone=duty.team_phones.get(name, ""),
        order=order_of(duty, None if name == CONTROL else name, period),
    )


def _rules(duty: Duty, dongs: list[str]) -> list[tuple[str, dict[Period, tuple[Who, ...]]]]:
    """What is written down; of everywhere also what counts without anything."""
    usual = {period: duty.rules.get((EVERYWHERE, period), DEFAULT[period]) for period in Period}
    own = {dong for dong, _ in duty.rules} - {EVERYWHERE}
    return [
        (EVERYWHERE, usual),
        *(
            (dong, {period: duty.rules.get((dong, period), ()) for period in Period})
            for dong in sorted(own | set(dongs))
        ),
    ]


async def change_days(request: web.Request) -> web.StreamResponse:
    fields = await _fields(request)
    try:
        day = date.fromisoformat(fields.get("day", ""))
    except ValueError:
        return await _page(request, refusal="day")
    if fields.get("what") == "remove":
        return await _do(request, lambda c: book.forget_day(c, day))
    kind, name = fields.get("kind", ""), fields.get("name", "").strip()
    return await _do(request, lambda c: book.write_day(c, day, kind, name))


async def change_shifts(request: web.Request) -> web.StreamResponse:
    fields = await _fields(request)
    if fields.get("what") == "remove":
        number = fields.get("n", "")
        if not number.isascii() or not number.isdigit():
            return await _page(request, refusal="day")
        return await _do(request, lambda c: book.remove_shift(c, int(number[:12])))
    zone = ZoneInfo(request.app[SERVICE].options.time_zone)
    begins, ends = (_moment(fields.get(name, ""), zone) for name in ("begins", "ends"))
    if begins is None or ends is None:
        return await _page(request, refusal="day")
    shift = Shift(
        team=fields.get("team", "").strip(),
        user=fields.get("user", ""),
        begins=begins,
        ends=ends,
        stand_in="stand_in" in fields,
    )
    return await _do(request, lambda c: book.add_shift(c, shift))


async def change_rules(request: web.Request) -> web.StreamResponse:
    """One dong's row: all its kinds of time at once."""
    fields = await _fields(request)
    dong = fields.get("dong", "")

    def write(connection: Connection) -> None:
        for period in Period:
            names = (fields.get(f"{period}{place}", "") for place in range(_PLACES))
            book.write_rule(connection, dong, period, [name for name in names if name])

    return await _do(request, write)


async def change_phones(request: web.Request) -> web.StreamResponse:
    fields = await _fields(request)
    phone = fields.get("phone", "")
    if user := fields.get("user", ""):
        return await _do(request, lambda c: book.write_user_phone(c, user, phone))
    team = fields.get("team", "")
    return await _do(request, lambda c: book.write_team_phone(c, team, phone))


async def _fields(request: web.Request) -> dict[str, str]:
    _, fields = await read_own_form(request)
    return fields


async def _do(request: web.Request, job: Job) -> web.StreamResponse:
    visitor, what = request[VISITOR], request.path.rpartition("/")[2]

    def change(connection: Connection, after: After) -> None:
        job(connection)
        log_look(connection, user=visitor.person.user, what="duty", subject=what, now=visitor.now)
        # whoever waits to be told may be there now
        after.board = True

    try:
        await request.app[SERVICE].database.write(change)
    except DutyError as error:
        return await _page(request, refusal=error.because)
    raise visitor.to("/duty")


def _moment(typed: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zone).astimezone(UTC)
    except ValueError, OverflowError:
        return None
