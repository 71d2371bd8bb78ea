"""Consent of a home, as the district has it on paper; a withdrawal stops intake at once."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from ..api import SERVICE
from ..cases.happenings import Unwatched
from ..cases.model import Noted
from ..casework import note
from ..households import household_exists
from ..registry.consent import ConsentState, Content, Said, record
from ..storage.database import After
from .forms import read_own_form
from .visitor import VISITOR

_LONGEST: Final = 64
_TO_END_OF_DAY: Final = timedelta(hours=23, minutes=59, seconds=59)


async def keep_consent(request: web.Request) -> web.StreamResponse:
    person, fields = await read_own_form(request)
    visitor, service = request[VISITOR], request.app[SERVICE]
    household = request.match_info["household"]
    said = _said(household, fields, by=person.user, now=visitor.now, zone=service.options.time_zone)

    def keep(connection: Connection, after: After) -> None:
        if not household_exists(connection, household):
            raise web.HTTPNotFound(text="error.not_found")
        if record(connection, service.keeper.vault, said, visitor.now):
            service.casework.happen(connection, after, household, Unwatched(), visitor.now)
        facts: dict[str, str | int | None] = {
            "state": said.state.value,
            "recorded_by": person.user,
            "text": said.text_version or None,
        }
        noted = Noted(case=None, code="consent", at=said.at, by="staff", facts=facts)
        note(connection, household, noted, visitor.now)
        after.board = True

    await service.database.write(keep)
    raise visitor.to(f"/homes/{household}")


def _said(household: str, fields: dict[str, str], *, by: str, now: datetime, zone: str) -> Said:
    try:
        state = ConsentState(fields.get("state", ""))
        day = fields.get("at", "")
        # a paper has no time of day: what was signed on a day counts by its end
        midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) if day else now
        signed = midnight + _TO_END_OF_DAY if day else now
    except ValueError as error:
        raise web.HTTPBadRequest(text="error.not_found") from error
    signed_by = fields.get("signed_by", "").strip()[:_LONGEST]
    text_version = fields.get("text_version", "").strip()[:_LONGEST]
    if not signed_by or (state is ConsentState.GIVEN and not text_version):
        raise web.HTTPBadRequest(text="error.incomplete")
    # a withdrawal counts from now on, whatever day is on the paper
    is_given = state is ConsentState.GIVEN
    return Said(
        household=household,
        state=state,
        at=min(signed.astimezone(UTC), now) if is_given else now,
        by=by,
        text_version=text_version,
        content=Content(
            signed_by=signed_by,
            items=("life_signs",) if is_given else (),
            sensitive="sensitive" in fields,
            third_party="third_party" in fields,
            # asked on older papers only: nothing of ours uses where somebody is
            location=False,
            telephone="telephone" in fields,
        ),
    )
