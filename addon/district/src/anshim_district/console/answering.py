"""What people decide: an answer to a case, a quarantined message looked at."""

import re
from typing import Final, Never

from aiohttp import web
from sqlalchemy import Connection

from ..accounts import Login
from ..api import SERVICE
from ..cases.happenings import Answers
from ..cases.model import Case
from ..cases.words import Answer, Family, Outcome
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

    def take(connection: Connection, after: After) -> str | None:
        now = views.one_case(connection, case)
        if now is not None and _was_answered_so(now.case, answers):
            return None  # a bad line: the first answer was kept, and what came back of it was not
        if now is not None and _called_since(now.case, answers, fields.get("said", "")):
            return "called_since"
        happened = service.casework.happen(connection, after, view.household, answers, visitor.now)
        return happened.refusal

    refusal = await service.database.write(take)
    if refusal:
        return await show_case(request, case, refusal=refusal, status=_REFUSED)
    raise visitor.to("/board" if fields.get("from") == "board" else f"/cases/{case}")


def _was_answered_so(case: Case, answers: Answers) -> bool:
    """The same person closed it with the same outcome."""
    same = (case.closed_by, case.outcome) == (answers.by, answers.outcome)
    return not case.is_open and answers.outcome is not None and same


def _called_since(case: Case, answers: Answers, shown: str) -> bool:
    """Help was called for again after the page was made that would end the call for help.

    Whoever was seen well may have fallen since: the page is shown anew, and may say it again.
    """
    ends = answers.outcome is not None and answers.outcome.closes
    is_stale = shown.isascii() and shown.isdigit() and int(shown[:9]) < case.said
    return ends and case.is_open and case.family is Family.EMERGENCY and is_stale


def _answers(case: str, person: Login, fields: dict[str, str]) -> Answers | None:
    try:
        answer = Answer(fields.get("answer", ""))
        outcome = Outcome(fields.get("outcome", "")) if answer is Answer.HANDLED else None
    except ValueError:
        return None
    return Answers(
        case=case,
        answer=answer,
        by=person.user,
        outcome=outcome,
        teams=person.teams,
        at_home="at_home" in fields,
    )


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
