"""Homes: the list, one home, a new one with its one-time code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web
from markupsafe import Markup
from sqlalchemy import Connection

from ..accounts import Login
from ..api import SERVICE
from ..households import BadPseudonymError, ErasedPseudonymError, issue_code, new_pseudonym
from ..qr import enrolment_uri, qr_svg
from ..reach.dc09.numbers import homes_by, known_number
from ..registry import book, consent, inventory
from ..registry.vault import Vault
from . import views
from .forms import read_own_form
from .gate import keep_to_dongs
from .looks import look
from .pages import render
from .visitor import VISITOR

_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    home: views.HomeView
    cases: list[views.CaseView]
    entries: list[views.Entry]
    found: book.Found | None
    consents: list[consent.Line]
    items: list[inventory.Item]
    # by which the control centre's receiver knows it
    number: int | None


async def homes_page(request: web.Request) -> web.Response:
    """All homes, or those where somebody has this name or number, or that a receiver calls so."""
    visitor, service = request[VISITOR], request.app[SERVICE]
    person, vault = visitor.person, service.keeper.vault
    words = request.query.get("q", "").strip()[:_LONGEST]

    def found(connection: Connection) -> list[views.HomeView]:
        only = None
        if words:
            only = book.search(connection, vault, words) | homes_by(connection, words) | {words}
        return views.homes(connection, vault, visitor.now, only, person)

    homes = await service.database.read(found)
    # whom somebody looked for is itself personal: only that they searched is written down
    await look(request, what="search" if words else "homes", subject="list")
    is_full = len(homes) >= views.MOST
    return render(request, "homes.html", homes=homes, person=person, words=words, is_full=is_full)


async def home_page(request: web.Request) -> web.Response:
    visitor, service = request[VISITOR], request.app[SERVICE]
    person, household = visitor.person, request.match_info["household"]
    vault = service.keeper.vault
    shown = await service.database.read(lambda c: _look(c, vault, household, person, visitor.now))
    if shown is None:
        raise web.HTTPNotFound(text="error.not_found")
    await look(request, what="home", subject=household)
    return render(request, "home.html", shown=shown, person=person)


def _look(
    connection: Connection, vault: Vault, household: str, person: Login, now: datetime
) -> _Shown | None:
    homes = views.homes(connection, vault, now, {household}, person)
    if not homes:
        return None
    return _Shown(
        home=homes[0],
        cases=views.cases_of(connection, household),
        entries=views.entries(connection, household),
        found=book.look_up(connection, vault, household),
        consents=consent.lines_of(connection, vault, household),
        items=inventory.at_home(connection, household),
        number=known_number(connection, household),
    )


async def new_page(request: web.Request) -> web.Response:
    return _form(request)


def _form(request: web.Request, *, wrong: str | None = None) -> web.Response:
    return render(
        request,
        "home_new.html",
        status=400 if wrong else 200,
        person=request[VISITOR].person,
        wrong=wrong,
        issued=None,
    )


async def new_home(request: web.Request) -> web.StreamResponse:
    """The code is shown once: only its hash is kept."""
    person, fields = await read_own_form(request)
    service, visitor = request.app[SERVICE], request[VISITOR]
    household = fields.get("household", "").strip() or new_pseudonym()
    await keep_to_dongs(request, person, household=household)
    try:
        issued = await service.database.write(
            lambda c, _: issue_code(c, household, by=person.user, now=visitor.now)
        )
    except BadPseudonymError:
        return _form(request, wrong="new.bad_pseudonym")
    except ErasedPseudonymError:
        return _form(request, wrong="new.erased_pseudonym")
    url, key = service.options.public_url, service.keys.current.kid
    return render(
        request,
        "home_new.html",
        status=201,
        person=person,
        wrong=None,
        issued=issued,
        url=url,
        key=key,
        # our own drawing of our own text: the only markup that is not escaped
        qr=Markup(qr_svg(enrolment_uri(url, issued.code, key))),  # noqa: S704
    )
