"""Pages that show: the board, a case, the quarantine.

Looking at a case is recorded before it is shown.
"""

from dataclasses import dataclass
import secrets

from aiohttp import web
from sqlalchemy import Connection

from ..access import start_of
from ..api import SERVICE
from ..registry import book, notes
from . import apart, texts, views
from .colleagues import Colleague, colleagues
from .pages import render
from .visitor import VISITOR


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    view: views.CaseView
    entries: list[views.Entry]
    others: list[views.CaseView]
    found: book.Found | None
    # by the timeline's id; without its text where the vault is closed
    notes: dict[str, str | None]
    colleagues: list[Colleague]
    # the newest line of the home: a page with an older one is out of date
    newest: int


async def start(request: web.Request) -> web.StreamResponse:
    login = request[VISITOR].login
    raise request[VISITOR].to(start_of(login.role) if login else "/login")


async def board_page(request: web.Request) -> web.Response:
    return await _board(request, "board.html")


async def board_fragment(request: web.Request) -> web.Response:
    """What the page's script puts in the board's place when something has changed."""
    return await _board(request, "board_cases.html")


async def _board(request: web.Request, template: str) -> web.Response:
    visitor, service = request[VISITOR], request.app[SERVICE]
    person = visitor.person
    board = await service.database.read(
        lambda c: views.board(c, service.keeper.vault, person, visitor.now)
    )
    line = service.outside.line.registration if service.outside.line else None
    down = {
        name: one.down_since
        for name, one in (("line", line), ("receiver", service.outside.receiver))
        if one is not None and one.down_since is not None
    }
    return render(
        request,
        template,
        board=board,
        person=person,
        refusal=None,
        down=down,
        has_carrier=service.dispatcher.carrier is not None,
    )


async def case_page(request: web.Request) -> web.Response:
    return await show_case(request, request.match_info["case"])


async def case_news(request: web.Request) -> web.Response:
    """Whether the page that shows a case is out of date, and what time is left: nothing personal.

    Asked by the open page at each change and each beat, so that it is fetched, and its look
    written down, only when there is something to see.
    """
    visitor, case = request[VISITOR], request.match_info["case"]

    def ask(connection: Connection) -> tuple[views.CaseView, int] | None:
        view = views.one_case(connection, case)
        return (view, views.newest_line(connection, view.household)) if view else None

    asked = await request.app[SERVICE].database.read(ask)
    if asked is None:
        raise web.HTTPNotFound(text="error.not_found")
    view, newest = asked
    left = texts.left(visitor.language, view.next[2], visitor.now) if view.next else ""
    return web.Response(text=f"{newest}\n{left}")


async def show_case(
    request: web.Request,
    case: str,
    *,
    refusal: str | None = None,
    typed: str = "",
    status: int = 200,
) -> web.Response:
    """`typed`: what somebody wrote that was refused."""
    visitor, database = request[VISITOR], request.app[SERVICE].database
    vault = request.app[SERVICE].keeper.vault
    person = visitor.person

    def look(connection: Connection) -> _Shown | None:
        view = views.one_case(connection, case)
        if view is None:
            return None
        others = [v for v in views.cases_of(connection, view.household) if v.case.id != case]
        return _Shown(
            view=view,
            entries=views.entries(connection, view.household, case),
            others=others,
            found=book.look_up(connection, vault, view.household),
            notes=notes.of_case(connection, vault, case),
            colleagues=colleagues(connection, view.household, person, visitor.now),
            newest=views.newest_line(connection, view.household),
        )

    shown = await database.read(look)
    if shown is None:
        raise web.HTTPNotFound(text="error.not_found")
    await database.write(
        lambda c, _: views.log_look(c, user=person.user, what="case", subject=case, now=visitor.now)
    )
    return render(
        request,
        "case.html",
        status=status,
        shown=shown,
        view=shown.view,
        person=person,
        refusal=refusal,
        typed=typed,
        form=secrets.token_urlsafe(),
        longest=notes.LONGEST,
    )


async def quarantine_page(request: web.Request) -> web.Response:
    return await show_quarantine(request)


async def show_quarantine(
    request: web.Request, *, refusal: str | None = None, status: int = 200
) -> web.Response:
    visitor, database = request[VISITOR], request.app[SERVICE].database
    person = visitor.person
    lines = await database.read(lambda c: apart.set_apart(c, person))
    strangers = await database.read(lambda c: apart.calling(c, person))
    await database.write(
        lambda c, _: views.log_look(
            c, user=person.user, what="quarantine", subject="list", now=visitor.now
        )
    )
    return render(
        request,
        "quarantine.html",
        status=status,
        lines=lines,
        strangers=strangers,
        person=person,
        refusal=refusal,
    )
