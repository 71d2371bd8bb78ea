"""The door for forms: fields as text, and the token that shows the form was ours."""

from aiohttp import web

from ..accounts import Login
from .visitor import VISITOR, same


async def read_form(request: web.Request) -> dict[str, str]:
    fields = await request.post()
    return {name: value for name, value in fields.items() if isinstance(value, str)}


async def read_own_form(request: web.Request) -> tuple[Login, dict[str, str]]:
    """Of somebody who is logged in, sent by a page of ours."""
    person = request[VISITOR].person
    fields = await read_form(request)
    if not same(fields.get("csrf"), person.csrf):
        raise web.HTTPForbidden(text="error.csrf")
    return person, fields
