"""What people decide: an answer to a case, a quarantined message looked at."""

import re
from typing import Final, Never

from aiohttp import web
from sqlalchemy import Connection

from ..accounts import Login
from ..api import SERVICE
from ..cases.happenings import Answers
from ..cases.words import Answer, Outcome
from ..intake.strangers import CannotAdoptError, adopt
from ..storage.database import After
from . import apart, views
from .forms import read_own_form
from .looks import look
from .reading import show_case, show_quarantine
from .visitor import VISITOR

_REFUSED: Final = 409
_UNCLEAR: Final = 400
_MOST_LINES: Final = 2**31 - 1
_NUMBER: Final = re.compile(r"[0-9]{1,10}")


async def answer_case(request: web.Request) -> web.StreamResponse:
    """The answer, the receipt to the home and the timeline are one commit."""
    person, fields = await read_own_form(request)
    service, visitor = request.app[SERVICE], request[VISITOR]
    case = request.match_info["case"]
    view = await service.database.read(lambda c: views.one_case(c, case))
    if view is None:
        raise web.HTTPNotFound(text="error.not_found")
    answers = _answers(case, person, fields)
    if answers is None:
        return await show_case(request, case, refusal="outcome_missing", status=_UNCLEAR)
    decision = await service.database.write(
        lambda c, a: service.casework.happen(c, a, view.household, answers, visitor.now)
    )
    if decision.refusal:
        return await show_case(request, case, refusal=decision.refusal, status=_REFUSED)
    raise visitor.to("/board" if fields.get("from") == "board" else f"/cases/{case}")


def _answers(case: str, person: Login, fields: dict[str, str]) -> Answers | None:
    try:
        answer = Answer(fields.get("answer", ""))
        outcome = Outcome(fields.get("outcome", "")) if answer is Answer.HANDLED else None
    except ValueError:
        return None
    return Answers(case=case, answer=answer, by=person.user, outcome=outcome, teams=person.teams)


async def see_quarantined(request: web.Request) -> web.StreamResponse:
    person, _ = await read_own_form(request)
    visitor = request[VISITOR]
    number = request.match_info["n"]
    if _NUMBER.fullmatch(number) is None or int(number) > _MOST_LINES:
        raise web.HTTPNotFound(text="error.not_found")

    def see(connection: Connection, after: After) -> bool:
        after.board = apart.mark_seen(connection, int(number), person, visitor.now)
        return after.board

    if not await request.app[SERVICE].database.write(see):
        await _elsewhere(request, number)
    raise visitor.to("/quarantine")


async def adopt_stranger(request: web.Request) -> web.StreamResponse:
    """A person knows the kit again: what waited for that is taken in the same commit."""
    person, _ = await read_own_form(request)
    service, visitor = request.app[SERVICE], request[VISITOR]
    kid = request.match_info["kid"]
    pace = service.options.heartbeat_seconds
    # who speaks for a home elsewhere is decided there
    if await service.database.read(lambda c: apart.calls_elsewhere(c, kid, person)):
        await _elsewhere(request, kid)
    try:
        household = await service.database.write(
            lambda c, a: adopt(
                c, a, kid, filing=service.filing, pace_s=pace, by=person.user, now=visitor.now
            )
        )
    except CannotAdoptError as error:
        return await show_quarantine(request, refusal=error.because, status=_REFUSED)
    raise visitor.to(f"/homes/{household}")


async def _elsewhere(request: web.Request, subject: str) -> Never:
    """Whether it is there at all is nobody's business either."""
    await look(request, what="refused", subject=subject)
    raise web.HTTPNotFound(text="error.not_found")
