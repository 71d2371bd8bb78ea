"""The weekly round as a list to take along: where to call, and what to bring."""

from dataclasses import dataclass
from itertools import groupby

from aiohttp import web
from sqlalchemy import Connection

from ..api import SERVICE
from ..registry import rounds
from ..registry.rounds import Stop
from . import views
from .looks import look
from .pages import render
from .sight import seen_homes
from .visitor import VISITOR


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    dongs: list[tuple[str, list[Stop]]]
    labels: dict[str, views.Label]


async def rounds_page(request: web.Request) -> web.Response:
    service, person = request.app[SERVICE], request[VISITOR].person

    def read(connection: Connection) -> _Shown:
        stops = rounds.stops(connection, seen_homes(connection, person))
        by_dong = [(dong, list(some)) for dong, some in groupby(stops, key=lambda stop: stop.dong)]
        homes = {stop.household for stop in stops}
        return _Shown(dongs=by_dong, labels=views.labels(connection, service.keeper.vault, homes))

    shown = await service.database.read(read)
    await look(request, what="rounds", subject="list")
    return render(request, "rounds.html", shown=shown)
