"""The door for forms: fields as text, and the token that shows the form was ours."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_request import FileField

from ..accounts import Login
from ..bodies import is_squeezed
from .visitor import VISITOR, same

# what aiohttp raises for a body that is no form, or one in letters that nobody knows
_NO_FORM: Final = (ValueError, LookupError, web.RequestPayloadError, HttpProcessingError)

# some ten thousand homes with all that is known of them
_LARGEST_LIST: Final = 8 * 1024 * 1024

type Parts = Mapping[str, str | bytes | FileField | bytearray]


async def read_form(request: web.Request) -> dict[str, str]:
    # parts may be squeezed to a thousandth: only who may import a list sends any
    if request.content_type == "multipart/form-data":
        raise web.HTTPBadRequest(text="error.no_form")
    return _texts(await _parts(request))


async def read_own_form(request: web.Request) -> tuple[Login, dict[str, str]]:
    """Of somebody who is logged in, sent by a page of ours."""
    fields = await read_form(request)
    return _own(request, fields), fields


async def read_own_file(
    request: web.Request, name: str
) -> tuple[Login, dict[str, str], FileField | None]:
    """A form with a file; for those alone who passed the gate to a page that takes one."""
    parts = await _parts(request.clone(client_max_size=_LARGEST_LIST))
    fields, file = _texts(parts), parts.get(name)
    return _own(request, fields), fields, file if isinstance(file, FileField) else None


def _own(request: web.Request, fields: dict[str, str]) -> Login:
    person = request[VISITOR].person
    if not same(fields.get("csrf"), person.csrf):
        raise web.HTTPForbidden(text="error.csrf")
    return person


def _texts(parts: Parts) -> dict[str, str]:
    """Without half a letter, as UTF-7 can send one: it could be neither kept nor shown again."""
    texts = {name: value for name, value in parts.items() if isinstance(value, str)}
    return {name: value.encode(errors="replace").decode() for name, value in texts.items()}


async def _parts(request: web.Request) -> Parts:
    if is_squeezed(request):
        raise web.HTTPBadRequest(text="error.no_form")
    try:
        return await request.post()
    except _NO_FORM as error:
        raise web.HTTPBadRequest(text="error.no_form") from error
