"""Renders a page for a visitor.

Everything a template may use is given here; it escapes everything.
"""

from datetime import datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from .. import __version__, access
from ..api import SERVICE
from ..registry.phones import spoken_number
from . import texts
from .visitor import VISITOR, Visitor

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("anshim_district"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(request: web.Request, name: str, status: int = 200, **values: object) -> web.Response:
    visitor = request[VISITOR]
    options = request.app[SERVICE].options
    language = visitor.language
    local = partial(_local, zone=ZoneInfo(options.time_zone), now=visitor.now)
    page = _ENVIRONMENT.get_template(name).render(
        t=partial(texts.text, language),
        word=partial(texts.word, language),
        ago=lambda at: texts.ago(language, at, visitor.now),
        left=lambda at: texts.left(language, at, visitor.now),
        span=partial(texts.span, language),
        local=local,
        when=lambda said: local(datetime.fromisoformat(said)),
        spoken=spoken_number,
        visitor=visitor,
        may=partial(_may, visitor),
        vault_open=request.app[SERVICE].keeper.vault.is_open,
        base=visitor.base,
        language=language,
        other_language="en" if language == "ko" else "ko",
        district=options.district,
        version=__version__,
        path=request.path,
        **values,
    )
    return web.Response(text=page, status=status, content_type="text/html")


def _may(visitor: Visitor, path: str, method: str = "GET") -> bool:
    """Whether it is worth showing the way there."""
    return visitor.login is not None and access.may(visitor.login.role, method, path)


def _local(moment: datetime, *, zone: ZoneInfo, now: datetime, seconds: bool = False) -> str:
    """The district's own time of day; the date as well when it is not today's."""
    try:
        here = moment.astimezone(zone)
    except OverflowError:
        return moment.isoformat()  # a home's clock may say the year 1
    clock = here.strftime("%H:%M:%S" if seconds else "%H:%M")
    if here.date() == now.astimezone(zone).date():
        return clock
    return f"{here:%Y-%m-%d} {clock}"
