"""The event stream: tells open consoles that the board has changed.

They fetch it anew; nothing personal is in the stream.
"""

from contextlib import suppress
from typing import Final

from aiohttp import web

from ..api import SERVICE
from .visitor import VISITOR, find_visitor

_BEAT: Final = 25.0


async def stream(request: web.Request) -> web.StreamResponse:
    live = request.app[SERVICE].live
    if request[VISITOR].login is None:
        raise web.HTTPForbidden(text="error.csrf")
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    with suppress(ConnectionError), live.listen_board() as news:
        await response.write(b"retry: 2000\nevent: open\ndata: 1\n\n")
        while not live.is_closing:
            changed = await news.wait(_BEAT)
            if (await find_visitor(request)).login is None:
                break
            # the beat redraws times left, and shows that the line still works
            event = b"board" if changed else b"beat"
            await response.write(b"event: " + event + b"\ndata: 1\n\n")
    return response
