"""A kit that was lost: its page says what follows, and its button does it."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection, select

from ..api import SERVICE
from ..intake.revocation import NoSuchKitError, revoke
from ..storage.database import After
from ..storage.tables import households, kits, pulses, revocations
from .forms import read_own_form
from .looks import look
from .pages import render
from .visitor import VISITOR


@dataclass(frozen=True, slots=True, kw_only=True)
class KitView:
    kit: str
    enrolled: datetime
    heard: datetime
    # it speaks for the home now
    speaks: bool
    lost: datetime | None


def kits_of(connection: Connection, household: str) -> list[KitView]:
    """The newest first."""
    rows = connection.execute(
        select(
            kits.c.id,
            kits.c.enrolled,
            pulses.c.heard,
            households.c.kit.label("speaker"),
            revocations.c.since,
        )
        .join(pulses, pulses.c.kit == kits.c.id)
        .join(households, households.c.id == kits.c.household)
        .outerjoin(revocations, revocations.c.kit == kits.c.id)
        .where(kits.c.household == household)
        .order_by(kits.c.enrolled.desc(), kits.c.id)
    )
    return [
        KitView(
            kit=row.id,
            enrolled=row.enrolled,
            heard=row.heard,
            speaks=row.id == row.speaker,
            lost=row.since,
        )
        for row in rows
    ]


async def lost_page(request: web.Request) -> web.Response:
    service, household = request.app[SERVICE], request.match_info["household"]
    found = await service.database.read(lambda c: kits_of(c, household))
    if not found:
        raise web.HTTPNotFound(text="error.not_found")
    person = request[VISITOR].person
    return render(request, "lost.html", household=household, kits=found, person=person)


async def report_lost(request: web.Request) -> web.StreamResponse:
    """1. written down who did it  2. one commit, for all workers  3. beside the keys as well."""
    person, fields = await read_own_form(request)
    service, visitor = request.app[SERVICE], request[VISITOR]
    household, kit = request.match_info["household"], fields.get("kit", "")
    await look(request, what="lost_kit", subject=household)

    def report(connection: Connection, after: After) -> None:
        revoke(
            connection,
            after,
            service.casework,
            household=household,
            kit=kit,
            by=person.user,
            now=visitor.now,
        )

    try:
        await service.database.write(report)
    except NoSuchKitError as error:
        raise web.HTTPNotFound(text="error.not_found") from error
    await service.keep_lost()
    raise visitor.to(f"/homes/{household}")
