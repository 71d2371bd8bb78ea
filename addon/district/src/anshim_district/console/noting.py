"""Staff writes down about a case what no choice of a list says: also about one that is closed."""

import secrets
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from ..api import SERVICE
from ..cases.model import Noted
from ..casework import note as note_down
from ..registry import notes
from ..registry.vault import VaultClosedError
from ..storage.database import After
from . import views
from .forms import read_own_form
from .reading import show_case
from .visitor import VISITOR

_UNFIT: Final = 400
_SEALED: Final = 503


async def add_note(request: web.Request) -> web.StreamResponse:
    """Sealed, and on the timeline, in one commit. Whatever is refused stands in the form again."""
    person, fields = await read_own_form(request)
    service, visitor = request.app[SERVICE], request[VISITOR]
    case, typed = request.match_info["case"], fields.get("text", "")
    form = fields.get("form") or secrets.token_urlsafe()

    def keep(connection: Connection, after: After) -> bool:
        view = views.one_case(connection, case)
        if view is None:
            return False
        text = notes.read_text(typed)
        note = notes.Note(household=view.household, case=case, by=person.user, form=form, text=text)
        id_ = notes.add(connection, service.keeper.vault, note)
        if id_ is not None:
            noted = Noted(
                case=case, code="note_written", at=visitor.now, by=note.by, facts={"note": id_}
            )
            note_down(connection, view.household, noted, visitor.now)
            after.board = True
        return True

    try:
        if not await service.database.write(keep):
            raise web.HTTPNotFound(text="error.not_found")
    except notes.UnfitNoteError as error:
        return await show_case(request, case, refusal=error.because, typed=typed, status=_UNFIT)
    except VaultClosedError:
        return await show_case(request, case, refusal="note_sealed", typed=typed, status=_SEALED)
    raise visitor.to(f"/cases/{case}")
