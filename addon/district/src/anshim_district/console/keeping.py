"""How long what is kept for, what went last night; the clock and the journal are confirmed."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from ..api import SERVICE
from ..forgetting import sweeper
from ..forgetting.missing import confirm_missing, missing_journal
from ..forgetting.periods import CODES, DOWNLINK, FORMER_KITS, Keep
from ..storage.database import After
from .forms import read_own_form
from .looks import look
from .pages import render
from .visitor import VISITOR


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    name: str
    days: int


async def keeping_page(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    state, missing = await service.database.read(
        lambda c: (sweeper.state_of(c), missing_journal(c))
    )
    return render(
        request,
        "keeping.html",
        lines=_lines(service.options.keep),
        state=state,
        missing=missing,
        days=sweeper.MOST_JUMP.days,
        csrf=request[VISITOR].person.csrf,
    )


def _lines(keep: Keep) -> list[_Line]:
    days: Final = {
        "messages": keep.messages_days,
        "cases": keep.cases_days,
        "evidence": keep.evidence_days,
        "sent": keep.sent_days,
        "looks": keep.looks_days,
        "codes": CODES.days,
        "conditions": FORMER_KITS.days,
        "downlink": DOWNLINK.days,
    }
    return [_Line(name=name, days=count) for name, count in days.items()]


async def confirm(request: web.Request) -> web.StreamResponse:
    """That the clock is right, or that the missing journal was seen to: whichever form it was."""
    _, fields = await read_own_form(request)
    visitor, database = request[VISITOR], request.app[SERVICE].database
    if fields.get("what") == "journal":
        await database.write(_seen_to)
        await look(request, what="journal", subject="keeping")
    else:
        await database.write(lambda c, _: sweeper.believe_clock(c, visitor.now))
        await look(request, what="clock", subject="keeping")
    raise visitor.to("/keeping")


def _seen_to(connection: Connection, after: After) -> None:
    confirm_missing(connection)
    after.board = True
