"""Counts what kits send over HTTPS, and how long each waits for its answer. A middleware."""

from collections.abc import Mapping
import time
from types import MappingProxyType
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ..problems import Problem
from .counted import EVENTS, HEARTBEATS, Figures

_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"/v1/events": EVENTS, "/v1/heartbeats": HEARTBEATS}
)


def counted(figures: Figures) -> Middleware:
    """Around the gate: who waits there waits for us. Lines of an ack are counted at its making."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        kind = _KINDS.get(request.path)
        if kind is None or request.method != "POST":
            return await handler(request)
        began = time.perf_counter()
        try:
            # whoever sends slowly waits for himself
            await request.read()
            began = time.perf_counter()
            response = await handler(request)
        except Exception as error:
            figures.heard[kind, "refused", _reason(error)] += 1
            raise
        else:
            if kind == HEARTBEATS:
                figures.heard[kind, "accepted", ""] += 1
            return response
        finally:
            figures.intake[kind].took(time.perf_counter() - began)

    return middleware


def _reason(error: Exception) -> str:
    """A closed word: what was sent is no part of it."""
    if isinstance(error, Problem):
        return error.code
    return f"http_{error.status}" if isinstance(error, web.HTTPException) else "unavailable"
