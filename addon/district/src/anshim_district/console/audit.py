"""The auditor's monthly report: who looked at whose data, how often, and what was refused."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
import io
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection, func, select

from ..api import SERVICE
from ..registry.consent import first_broken
from ..storage.tables import looks
from .looks import look
from .pages import render
from .visitor import VISITOR

_MOST: Final = 1000
_MOST_EXPORTED: Final = 200_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """From its first moment to the next month's, where the district is."""

    name: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    at: datetime
    user: str
    what: str
    subject: str


async def audit_page(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    month = _month(request)

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
    month = _month(request)
    await look(request, what="export", subject=f"audit {month.name}")
    lines = await request.app[SERVICE].database.read(lambda c: _lines(c, month, _MOST_EXPORTED))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["at", "user", "what", "subject"])
    for line in lines:
        cells = [line.at.isoformat(timespec="seconds"), line.user, line.what, line.subject]
        writer.writerow([_plain(cell) for cell in cells])
    return web.Response(
        # the mark makes Excel read Korean
        body=out.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="audit-{month.name}.csv"'},
    )


def _plain(cell: str) -> str:
    """A spreadsheet runs no formula that somebody wrote into a name."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _month(request: web.Request) -> _Month:
    zone = ZoneInfo(request.app[SERVICE].options.time_zone)
    here = request[VISITOR].now.astimezone(zone)
    asked = request.query.get("month") or f"{here:%Y-%m}"
    try:
        begins = datetime.strptime(asked, "%Y-%m").replace(tzinfo=zone)
        last = begins.month == 12  # noqa: PLR2004 - December
        ends = begins.replace(year=begins.year + last, month=1 if last else begins.month + 1)
        return _Month(name=asked, begins=begins.astimezone(UTC), ends=ends.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise web.HTTPNotFound(text="error.not_found") from error


def _counts(connection: Connection, month: _Month) -> list[tuple[str, str, int]]:
    rows = connection.execute(
        select(looks.c.user, looks.c.what, func.count().label("times"))
        .where(looks.c.at >= month.begins, looks.c.at < month.ends)
        .group_by(looks.c.user, looks.c.what)
        .order_by(looks.c.user, looks.c.what)
    )
    return [(row.user, row.what, row.times) for row in rows]


def _lines(connection: Connection, month: _Month, most: int) -> list[_Line]:
    rows = connection.execute(
        select(looks)
        .where(looks.c.at >= month.begins, looks.c.at < month.ends)
        .order_by(looks.c.n.desc())
        .limit(most)
    )
    return [_Line(at=row.at, user=row.user, what=row.what, subject=row.subject) for row in rows]
