"""A household is erased for good: what is in the way, what goes and stays; then it is done."""

from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from ..api import SERVICE
from ..forgetting import erasing
from ..forgetting.erasing import AskedBy, NobodyThereError, NotYetError, Standing
from ..forgetting.journal import JournalError
from ..forgetting.marks import shown
from .forms import read_own_form
from .looks import look
from .pages import render
from .visitor import VISITOR

_REFUSED: Final = 409
_UNCLEAR: Final = 400
_UNAVAILABLE: Final = 503


async def erase_page(request: web.Request) -> web.Response:
    standing = await _standing(request)
    await look(request, what="erase_page", subject=request.match_info["household"])
    return _page(request, standing)


async def _standing(request: web.Request) -> Standing:
    household, now = request.match_info["household"], request[VISITOR].now

    def read(connection: Connection) -> Standing:
        return erasing.standing(connection, household, now)

    try:
        return await request.app[SERVICE].database.read(read)
    except NobodyThereError as error:
        raise web.HTTPNotFound(text="error.not_found") from error


def _page(
    request: web.Request, standing: Standing, *, refusal: str | None = None, status: int = 200
) -> web.Response:
    return render(
        request,
        "erase.html",
        status=status,
        household=request.match_info["household"],
        standing=standing,
        refusal=refusal,
        asked_by=[who.value for who in AskedBy],
        **_copies(request),
        csrf=request[VISITOR].person.csrf,
    )


def _copies(request: web.Request) -> dict[str, int]:
    """The nights of those that are taken; where none is, how many still lie there."""
    nightly = request.app[SERVICE].nightly
    if nightly.is_wanted:
        return {"nights": nightly.keep, "old_copies": 0}
    return {"nights": 0, "old_copies": nightly.left()}


async def erase_home(request: web.Request) -> web.StreamResponse:
    """Its pseudonym is typed once more: a button pressed by mistake erases nobody."""
    person, fields = await read_own_form(request)
    service, household = request.app[SERVICE], request.match_info["household"]
    standing = await _standing(request)
    asked_by = fields.get("asked_by", "")
    if fields.get("household", "").strip() != household or asked_by not in set(AskedBy):
        return _page(request, standing, refusal="unclear", status=_UNCLEAR)
    now = request[VISITOR].now
    try:
        stone = await service.eraser.erase(
            household, by=person.user, asked_by=AskedBy(asked_by), now=now
        )
    except NotYetError:
        return _page(request, await _standing(request), refusal="not_yet", status=_REFUSED)
    except NobodyThereError as error:
        raise web.HTTPNotFound(text="error.not_found") from error
    except JournalError:
        return _page(request, standing, refusal="journal", status=_UNAVAILABLE)
    await service.keep_lost()
    await look(request, what="erased", subject=shown(stone.mark))
    return render(
        request, "erased.html", shown=shown(stone.mark), household=None, **_copies(request)
    )
