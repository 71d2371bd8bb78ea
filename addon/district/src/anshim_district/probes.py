"""For machines that watch this one: alive, ready, and figures. No page, and no login.

`/health` says whether to start us again; `/ready` whether to send us anything.
"""

from datetime import datetime, timedelta
import logging
from typing import Final

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from .api import SERVICE
from .bodies import answer
from .metrics.page import metrics
from .service import Service

_LOG: Final = logging.getLogger(__name__)
PATHS: Final = frozenset({"/health", "/ready", "/metrics"})
# the overseer looks twice a minute; a database that is restarted takes a while
_STUCK: Final = timedelta(minutes=5)
_LATE: Final = timedelta(minutes=2)


def add_probes(app: web.Application) -> None:
    app.add_routes(
        [web.get("/health", health), web.get("/ready", ready), web.get("/metrics", metrics)]
    )


async def health(request: web.Request) -> web.Response:
    """Without the disk: whether the loop runs, and neither deadlines nor people are forgotten."""
    service = request.app[SERVICE]
    now = service.clock.now()
    is_alive = _unlooked(service, now) <= _STUCK and _untold(service, now) <= _STUCK
    return answer({"ok": is_alive}, 200 if is_alive else 503)


async def ready(request: web.Request) -> web.Response:
    """Whether what is sent here is kept, by a write to the disk, and watched over."""
    service = request.app[SERVICE]
    now = service.clock.now()
    try:
        await service.presence.prove(now)
    except TimeoutError, SQLAlchemyError:
        _LOG.exception("this worker cannot write")
        return answer({"ok": False, "because": "cannot_write"}, 503)
    if _unlooked(service, now) > _LATE:
        return answer({"ok": False, "because": "deadlines_unwatched"}, 503)
    return answer({"ok": True})


def _unlooked(service: Service, now: datetime) -> timedelta:
    """A clock that was put back has not looked at anything in the future."""
    return abs(now - (service.overseer.stepped or service.figures.began))


def _untold(service: Service, now: datetime) -> timedelta:
    """How long the way to people may have been stuck."""
    return abs(now - (service.dispatcher.stepped or service.figures.began))
