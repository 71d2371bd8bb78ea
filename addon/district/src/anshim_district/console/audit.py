"""The auditor's monthly report: who looked at whose data, how often, and what was refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection, func, select

from ..api import SERVICE
from ..forgetting.marks import shown
from ..registry.consent import first_broken
from ..storage.erasure_tables import erasures
from ..storage.tables import looks
from .looks import look
from .months import Month, asked_month
from .pages import render
from .sheets import sheet

_MOST: Final = 1000
_MOST_EXPORTED: Final = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    at: datetime
    user: str
    what: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Erased:
    at: datetime
    by: str
    asked_by: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    counts: list[tuple[str, str, int]]
    lines: list[_Line]
    # the first line of the consent ledger that was changed
    broken: int | None
    erased: list[_Erased]


async def audit_page(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    month = asked_month(request)

    def read(connection: Connection) -> _Report:
        return _Report(
            counts=_counts(connection, month),
            lines=_lines(connection, month, _MOST),
            broken=first_broken(connection, service.keeper.vault),
            erased=_erased(connection, month),
        )

    report = await service.database.read(read)
    await look(request, what="audit", subject=month.name)
    return render(request, "audit.html", month=month.name, report=report)


async def audit_csv(request: web.Request) -> web.Response:
    month = asked_month(request)
    await look(request, what="export", subject=f"audit {month.name}")
    lines = await request.app[SERVICE].database.read(lambda c: _lines(c, month, _MOST_EXPORTED))
    cells = (
        (line.at.isoformat(timespec="seconds"), line.user, line.what, line.subject)
        for line in lines
    )
    return sheet(f"audit-{month.name}", [("at", "user", "what", "subject"), *cells])


def _counts(connection: Connection, month: Month) -> list[tuple[str, str, int]]:
    rows = connection.execute(
        select(looks.c.user, looks.c.what, func.count().label("times"))
        .where(looks.c.at >= month.begins, looks.c.at < month.ends)
        .group_by(looks.c.user, looks.c.what)
        .order_by(looks.c.user, looks.c.what)
    )
    return [(row.user, row.what, row.times) for row in rows]


def _lines(connection: Connection, month: Month, most: int) -> list[_Line]:
    rows = connection.execute(
        select(looks)
        .where(looks.c.at >= month.begins, looks.c.at < month.ends)
        .order_by(looks.c.n.desc())
        .limit(most)
    )
    return [_Line(at=row.at, user=row.user, what=row.what, subject=row.subject) for row in rows]


def _erased(connection: Connection, month: Month) -> list[_Erased]:
    rows = connection.execute(
        select(erasures)
        .where(erasures.c.at >= month.begins, erasures.c.at < month.ends)
        .order_by(erasures.c.at)
    )
    return [
        _Erased(at=row.at, by=row.by, asked_by=row.asked_by, shown=shown(row.mark)) for row in rows
    ]
