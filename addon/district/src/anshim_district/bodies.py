"""What is sent to us and what we answer: JSON, small, and as it is."""

from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
import msgspec
import orjson

from .pointer import explain
from .problems import Problem

_JSON: Final = frozenset({"application/json", "application/cloudevents+json"})


def answer(body: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def is_squeezed(request: web.Request) -> bool:
    """Every body that is meant for us is small: what has to be unpacked first is a bomb."""
    return request.headers.get("Content-Encoding", "identity").lower() != "identity"


async def read_whole(request: web.Request) -> bytes:
    """The bytes of a body, or a problem."""
    if is_squeezed(request):
        raise Problem.of("media-type", 415, "Send it as it is: nothing is unpacked here.")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Problem.of("too-large", 413, "At most 1 MiB at once. Split it.") from error
    except (web.RequestPayloadError, HttpProcessingError) as error:
        raise Problem.of("malformed", 400, "The body does not end as it says.") from error


async def read_json(request: web.Request) -> bytes:
    # as it mostly stands there, without looking for its parameters
    is_json = request.headers.get("Content-Type") in _JSON or request.content_type in _JSON
    if not is_json:
        raise Problem.of("media-type", 415, "Send application/json.")
    return await read_whole(request)


async def read_body[T](request: web.Request, shape: type[T]) -> T:
    return read_as(await read_json(request), shape)


def read_as[T](raw: bytes, shape: type[T]) -> T:
    """The door for request bodies: bytes → a frozen value, or a problem with a pointer."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        flaw = explain(error)
        raise Problem("schema", 400, f"{flaw.detail}.", flaw) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem.of("malformed", 400, "The body is not readable as JSON. Mend it.") from error
