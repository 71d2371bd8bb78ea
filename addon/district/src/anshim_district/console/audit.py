"""The auditor's monthly report: who looked at whose data, how often, and what was refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection, func, select

from ..api import SERVICE
from ..registry.consent import first_broken
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


async def audit_page(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    month = asked_month(request)

    def read(connection: Connection) -> tuple[list[tuple[str, str, int]], list[_Line], int | None]:
        vault = service.keeper.vault
        return (
            _counts(connection, month),
            _lines(connection, month, _MOST),
            first_broken(connection, vault),
        )

    counts, lines, broken = await service.database.read(read)
    await look(request, what="audit", subject=month.name)
    return render(
        request, "audit.html", month=month.name, counts=counts, lines=lines, broken=broken
    )


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
