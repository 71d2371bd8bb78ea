"""Tables that leave the house, as a spreadsheet in Korea opens them."""

from collections.abc import Iterable, Sequence
import csv
import io
from typing import Final

from aiohttp import web

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, rows: Iterable[Sequence[object]]) -> web.Response:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(["" if cell is None else _plain(str(cell)) for cell in row])
    return web.Response(
        # the mark makes Excel read Korean
        body=out.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _plain(cell: str) -> str:
    """A spreadsheet runs no formula that somebody wrote into a name."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
