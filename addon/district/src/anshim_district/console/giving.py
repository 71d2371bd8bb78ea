"""Somebody at the console gives a case to a colleague, who is told and has it once they take it."""

from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from ..api import SERVICE
from ..cases.happenings import Gives
from ..storage.database import After
from . import views
from .colleagues import colleagues
from .forms import read_own_form
from .reading import show_case
from .visitor import VISITOR

_REFUSED: Final = 409


async def give_case(request: web.Request) -> web.StreamResponse:
    person, fields = await read_own_form(request)
    service, visitor = request.app[SERVICE], request[VISITOR]
    case, to = request.match_info["case"], fields.get("to", "")

    def pass_over(connection: Connection, after: After) -> str | None:
        view = views.one_case(connection, case)
        if view is None:
            raise web.HTTPNotFound(text="error.not_found")
        there = colleagues(connection, view.household, person, visitor.now)
        if to not in {one.user for one in there}:
            return "not_for_them"
        gives = Gives(case=case, by=person.user, to=to, teams=person.teams)
        happened = service.casework.happen(connection, after, view.household, gives, visitor.now)
        return happened.refusal

    refusal = await service.database.write(pass_over)
    if refusal:
        return await show_case(request, case, refusal=refusal, status=_REFUSED)
    raise visitor.to(f"/cases/{case}")
