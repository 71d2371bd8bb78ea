"""Who looks at the page: their language, and where they found the page. Read from each request."""

from dataclasses import dataclass
import re
from typing import Self

from aiohttp import web

from anshim_relay.page import texts

COOKIE = "anshim_relay_language"
A_YEAR_S = 366 * 86400
PLAIN_PATH = re.compile(r"/[A-Za-z0-9_./-]*")


@dataclass(frozen=True, kw_only=True)
class Visitor:
    language: str
    base: str

    @classmethod
    def of(cls, request: web.Request) -> Self:
        base = request.headers.get("X-Ingress-Path", "")
        return cls(
            language=texts.wanted(
                request.cookies.get(COOKIE), request.headers.get("Accept-Language", "")
            ),
            base=base if PLAIN_PATH.fullmatch(base) else "",
        )

    @property
    def other_language(self) -> str:
        return "en" if self.language == "ko" else "ko"

    def t(self, key: str, /, **values: object) -> str:
        return texts.text(self.language, key, **values)

    def remember(self, response: web.StreamResponse, language: str) -> None:
        """For this page only: other apps live on the same host."""
        response.set_cookie(
            COOKIE, language, path=self.base or "/", max_age=A_YEAR_S, httponly=True,
            samesite="Strict",
        )  # fmt: skip
