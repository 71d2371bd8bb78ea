"""Who is at the console: login, language, the way the pages were reached.

Made once for each request.
"""

from dataclasses import dataclass
from datetime import datetime
import re
import secrets
from typing import Final

from aiohttp import web

from ..accounts import Login, SecondFactorRules, find_login
from ..api import SERVICE
from .texts import language_wanted

LOGIN_COOKIE: Final = "anshim_login"
LANGUAGE_COOKIE: Final = "anshim_language"
_SUPERVISOR: Final = "172.30.32.2"
_INGRESS: Final = re.compile(r"/api/hassio_ingress/[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    login: Login | None
    cookie: str
    language: str
    # where the pages are mounted: empty, or Home Assistant's ingress path
    base: str
    secure: bool
    now: datetime

    @property
    def person(self) -> Login:
        if self.login is None:
            raise web.HTTPSeeOther(f"{self.base}/login")
        return self.login

    def to(self, path: str) -> web.HTTPSeeOther:
        return web.HTTPSeeOther(self.base + path)

    def set_cookie(self, response: web.StreamResponse, name: str, value: str) -> None:
        response.set_cookie(
            name,
            value,
            path=f"{self.base}/",
            httponly=True,
            samesite="Strict",
            secure=self.secure,
        )


VISITOR: Final = web.RequestKey("visitor", Visitor)


async def find_visitor(request: web.Request) -> Visitor:
    service = request.app[SERVICE]
    now = service.clock.now()
    cookie = request.cookies.get(LOGIN_COOKIE, "")
    login = None
    if cookie:
        rules = SecondFactorRules(
            required=service.options.second_factor == "required",
            can_check=service.keeper.vault.is_open,
        )
        login = await service.database.read(lambda c: find_login(c, cookie, now, rules))
    return Visitor(
        login=login,
        cookie=cookie,
        language=language_wanted(
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("Accept-Language", ""),
            service.options.language,
        ),
        base=base_path(request),
        secure=request.secure or service.options.public_url.startswith("https:"),
        now=now,
    )


def base_path(request: web.Request) -> str:
    path = request.headers.get("X-Ingress-Path", "")
    return path if request.remote == _SUPERVISOR and _INGRESS.fullmatch(path) else ""


def same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and secrets.compare_digest(given.encode(), wanted.encode())
