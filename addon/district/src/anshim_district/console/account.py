"""One's own account: the second factor, a new password, the proof before what leaves the house."""

import asyncio
from base64 import b32decode, b32encode
from typing import Final

from aiohttp import web
from markupsafe import Markup
from sqlalchemy import Connection

from .. import accounts, second_factor
from ..access import start_of
from ..accounts import Login, Owes
from ..api import SERVICE
from ..qr import qr_svg
from .forms import read_own_form
from .pages import render
from .visitor import VISITOR

_SHORTEST: Final = 10
_LONGEST: Final = 200


async def code_page(request: web.Request) -> web.Response:
    return _code_page(request)


def _code_page(request: web.Request, *, wrong: bool = False) -> web.Response:
    return render(request, "code.html", status=401 if wrong else 200, wrong=wrong, to=None)


async def give_code(request: web.Request) -> web.StreamResponse:
    person, fields = await read_own_form(request)
    if not await _is_right_code(request, person, fields):
        return _code_page(request, wrong=True)
    raise request[VISITOR].to(start_of(person.role))


async def _is_right_code(request: web.Request, person: Login, fields: dict[str, str]) -> bool:
    visitor, service = request[VISITOR], request.app[SERVICE]
    return await service.database.write(
        lambda c, _: accounts.give_code(
            c,
            service.keeper.vault,
            user=person.user,
            cookie=visitor.cookie,
            typed=fields.get("code", "")[:_LONGEST],
            now=visitor.now,
        )
    )


async def prove_page(request: web.Request) -> web.Response:
    return render(request, "code.html", wrong=False, to=_inside(request.query.get("to", "")))


async def prove(request: web.Request) -> web.StreamResponse:
    """With the second factor; with the password where there is none."""
    person, fields = await read_own_form(request)
    to = _inside(fields.get("to", ""))
    if person.owes is Owes.CODE:
        raise request[VISITOR].to("/login/code")
    if person.has_second:
        right = await _is_right_code(request, person, fields)
    else:
        right = await _is_right_password(request, person, fields.get("code", ""))
    if not right:
        return render(request, "code.html", status=401, wrong=True, to=to)
    raise request[VISITOR].to(to)


async def _is_right_password(request: web.Request, person: Login, password: str) -> bool:
    visitor, database = request[VISITOR], request.app[SERVICE].database
    stored = await database.read(lambda c: accounts.stored_password(c, person.user))
    right = await asyncio.to_thread(accounts.is_right, stored, password[:_LONGEST])
    return await database.write(
        lambda c, _: accounts.give_password(
            c, user=person.user, cookie=visitor.cookie, right=right, now=visitor.now
        )
    )


def _inside(path: str) -> str:
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/account"


async def account_page(request: web.Request) -> web.Response:
    if request[VISITOR].person.owes is Owes.CODE:
        raise request[VISITOR].to("/login/code")
    return _account(request)


def _account(
    request: web.Request, *, refusal: str | None = None, secret: bytes | None = None
) -> web.Response:
    person, options = request[VISITOR].person, request.app[SERVICE].options
    secret = secret or second_factor.new_secret()
    issuer = f"Anshim {options.district.id}"
    link = second_factor.uri(secret, user=person.user, issuer=issuer)
    return render(
        request,
        "account.html",
        status=400 if refusal else 200,
        person=person,
        refusal=refusal,
        secret=b32encode(secret).decode(),
        # our own drawing of our own text
        qr=Markup(qr_svg(link)),  # noqa: S704
    )


async def keep_second(request: web.Request) -> web.StreamResponse:
    """The secret is kept only when a code of it was typed: nobody locks themselves out."""
    person, fields = await read_own_form(request)
    visitor, service = request[VISITOR], request.app[SERVICE]
    if person.owes is Owes.CODE:
        raise visitor.to("/login/code")
    if person.has_second and not person.is_proved(visitor.now):
        raise visitor.to("/prove?to=%2Faccount")
    try:
        secret = b32decode(fields.get("secret", ""))
    except ValueError:
        return _account(request, refusal="code_wrong")
    step = second_factor.used_step(secret, fields.get("code", ""), last=0, now=visitor.now)
    if step is None:
        return _account(request, refusal="code_wrong", secret=secret)

    def keep(connection: Connection, _: object) -> None:
        user, cookie, vault = person.user, visitor.cookie, service.keeper.vault
        accounts.keep_second(
            connection, vault, user=user, cookie=cookie, secret=secret, step=step, now=visitor.now
        )

    await service.database.write(keep)
    raise visitor.to("/account" if person.owes is Owes.PASSWORD else start_of(person.role))


async def change_password(request: web.Request) -> web.StreamResponse:
    person, fields = await read_own_form(request)
    visitor, database = request[VISITOR], request.app[SERVICE].database
    if person.owes is Owes.CODE:
        raise visitor.to("/login/code")
    old, new = fields.get("old", "")[:_LONGEST], fields.get("new", "")[:_LONGEST]
    if not await _is_right_password(request, person, old):
        return _account(request, refusal="old_wrong")
    if len(new) < _SHORTEST or new in {old, person.user}:
        return _account(request, refusal="too_short")
    hashed = await asyncio.to_thread(accounts.hash_password, new)
    await database.write(
        lambda c, _: accounts.change_password(
            c, user=person.user, cookie=visitor.cookie, hashed=hashed
        )
    )
    raise visitor.to(start_of(person.role))
