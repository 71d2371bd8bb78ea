"""The council's month: a page, and the same as a sheet. Counts by dong, nobody's data."""

from datetime import timedelta
from typing import Final

from aiohttp import web

from .. import council
from ..api import SERVICE
from ..council import Line
from .looks import look
from .months import Month, asked_month
from .pages import render
from .sheets import sheet
from .texts import text
from .visitor import VISITOR

_COLUMNS: Final = (
    *("dong", "signals", "emergencies", "real", "false", "by_itself", "still_open"),
    *("owned", "owned_slowest", "visited", "visited_slowest", "unheard"),
)
_MINUTE: Final = timedelta(minutes=1)


async def council_page(request: web.Request) -> web.Response:
    month = asked_month(request)
    return render(request, "council.html", month=month.name, lines=await _lines(request, month))


async def council_csv(request: web.Request) -> web.Response:
    """Lengths in minutes: a spreadsheet reckons with them."""
    month, language = asked_month(request), request[VISITOR].language
    await look(request, what="export", subject=f"council {month.name}")
    rows = [_cells(line, language) for line in await _lines(request, month)]
    heads = [text(language, f"council.sheet.{column}") for column in _COLUMNS]
    return sheet(f"council-{month.name}", [heads, *rows])


async def _lines(request: web.Request, month: Month) -> list[Line]:
    return await request.app[SERVICE].database.read(
        lambda c: council.lines_of(c, month.name, month.begins, month.ends)
    )


def _cells(line: Line, language: str) -> list[object]:
    name = text(language, "council.district") if line.dong is None else line.dong
    counts = (line.signals, line.emergencies, line.real, line.false, line.by_itself)
    lengths = (
        *(line.owned.median, line.owned.slowest),
        *(line.visited.median, line.visited.slowest),
    )
    return [
        name or text(language, "council.unplaced"),
        *counts,
        line.still_open,
        *(None if length is None else round(length / _MINUTE, 1) for length in lengths),
        line.unheard,
    ]
