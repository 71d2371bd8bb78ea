"""Every look at personal data is kept before it is shown: who, when, whose, what."""

from aiohttp import web

from ..api import SERVICE
from .views import log_look
from .visitor import VISITOR


async def look(request: web.Request, *, what: str, subject: str) -> None:
    visitor = request[VISITOR]
    user = visitor.person.user
    await request.app[SERVICE].database.write(
        lambda c, _: log_look(c, user=user, what=what, subject=subject, now=visitor.now)
    )
