"""Logging in and out, and the language."""

import asyncio
import secrets
from typing import Final

from aiohttp import web

from .. import accounts
from ..access import start_of
from ..api import SERVICE
from .forms import read_form, read_own_form
from .pages import render
from .texts import LANGUAGES
from .visitor import LANGUAGE_COOKIE, LOGIN_COOKIE, VISITOR, same

# the login form's own token: there is no login yet to bind it to
_FORM_COOKIE: Final = "anshim_form"
_LONGEST: Final = 200


async def login_page(request: web.Request) -> web.Response:
    login = request[VISITOR].login
    if login:
        raise request[VISITOR].to(start_of(login.role))
    return _page(request)


async def log_in(request: web.Request) -> web.StreamResponse:
    service, visitor = request.app[SERVICE], request[VISITOR]
    fields = await read_form(request)
    token = request.cookies.get(_FORM_COOKIE, "")
    if not token or not same(fields.get("csrf"), token):
        return _page(request, reason="login_stale", status=403)
    user, password = fields.get("user", "")[:_LONGEST], fields.get("password", "")[:_LONGEST]
    stored = await service.database.read(lambda c: accounts.stored_password(c, user))
    right = await asyncio.to_thread(accounts.is_right, stored, password)
    tried = await service.database.write(
        lambda c, _: accounts.log_in(c, user, right=right, now=visitor.now)
    )
    if tried.cookie is None:
        return _page(request, reason="login_wrong", status=401)
    # the start page knows whose it is
    answer = visitor.to("/")
    visitor.set_cookie(answer, LOGIN_COOKIE, tried.cookie)
    answer.del_cookie(_FORM_COOKIE, path=f"{visitor.base}/")
    raise answer


async def log_out(request: web.Request) -> web.StreamResponse:
    await read_own_form(request)
    visitor = request[VISITOR]
    await request.app[SERVICE].database.write(lambda c, _: accounts.log_out(c, visitor.cookie))
    answer = visitor.to("/login")
    answer.del_cookie(LOGIN_COOKIE, path=f"{visitor.base}/")
    raise answer


async def choose_language(request: web.Request) -> web.StreamResponse:
    """Also before logging in. Changes nothing but the cookie of whoever asks."""
    fields = await read_form(request)
    language = fields.get("language", "")
    back = fields.get("back", "")
    visitor = request[VISITOR]
    answer = visitor.to(back if back.startswith("/") and not back.startswith("//") else "/board")
    if language in LANGUAGES:
        visitor.set_cookie(answer, LANGUAGE_COOKIE, language)
    raise answer


def _page(request: web.Request, *, reason: str | None = None, status: int = 200) -> web.Response:
    token = secrets.token_urlsafe(24)
    response = render(request, "login.html", status=status, csrf=token, reason=reason)
    request[VISITOR].set_cookie(response, _FORM_COOKIE, token)
    return response
