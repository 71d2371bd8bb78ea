"""How long what is kept for, what went last night, and whether the clock is believed."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from ..api import SERVICE
from ..forgetting import sweeper
from ..forgetting.periods import CODES, DOWNLINK, FORMER_KITS, Keep
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
    state = await service.database.read(sweeper.state_of)
    return render(
        request,
        "keeping.html",
        lines=_lines(service.options.keep),
        state=state,
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


async def believe(request: web.Request) -> web.StreamResponse:
    await read_own_form(request)
    visitor = request[VISITOR]
    await request.app[SERVICE].database.write(lambda c, _: sweeper.believe_clock(c, visitor.now))
    await look(request, what="clock", subject="keeping")
    raise visitor.to("/keeping")
