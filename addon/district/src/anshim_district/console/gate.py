"""The gate before every handler: a page for this person, a home within their dongs.

Fails closed: a route that is not in the table is for nobody.
"""

from typing import Final
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection, select

from .. import access
from ..accounts import Login, Owes
from ..api import SERVICE
from ..storage.registry_tables import residents
from ..storage.tables import cases
from .looks import look
from .visitor import VISITOR

_OWED: Final = {
    Owes.CODE: "/login/code",
    Owes.PASSWORD: "/account",
    Owes.SECOND: "/account",
}


async def pass_gate(request: web.Request) -> None:
    route = _route(request)
    if route is None or access.is_open(request.method, route):
        return  # nothing there, or for everybody
    login = request[VISITOR].login
    if login is None:
        if route == "/live":
            raise web.HTTPForbidden(text="error.csrf")
        raise request[VISITOR].to("/login")
    if access.is_own(request.method, route):
        return
    if login.owes:
        raise request[VISITOR].to(_OWED[login.owes])
    if not access.may(login.role, request.method, route):
        await look(request, what="refused", subject=route)
        raise web.HTTPForbidden(text="error.forbidden")
    if access.needs_proof(request.method, route) and not login.is_proved(request[VISITOR].now):
        back = request.path_qs if request.method == "GET" else route.partition("/{")[0]
        raise request[VISITOR].to(f"/prove?to={quote(back, safe='')}")
    await _stay_in_dongs(request, login)


def _route(request: web.Request) -> str | None:
    resource = request.match_info.route.resource
    return resource.canonical if resource else None


async def _stay_in_dongs(request: web.Request, login: Login) -> None:
    """A home elsewhere is not there: whether it exists is nobody's business either."""
    household, case = (request.match_info.get(name) for name in ("household", "case"))
    if household is not None or case is not None:
        await keep_to_dongs(request, login, household=household, case=case)


async def keep_to_dongs(
    request: web.Request, login: Login, *, household: str | None = None, case: str | None = None
) -> None:
    """Also for handlers that are told a household by a form."""
    if not access.is_local(login.role):
        return

    def where(connection: Connection) -> str | None:
        of = household or connection.scalar(select(cases.c.household).where(cases.c.id == case))
        dong: str | None = connection.scalar(
            select(residents.c.dong).where(residents.c.household == of)
        )
        return dong

    dong = await request.app[SERVICE].database.read(where)
    if not login.sees(dong):
        await look(request, what="refused", subject=household or case or "")
        raise web.HTTPNotFound(text="error.not_found")
