"""A home's resident: written, shown to 119, imported from a list."""

from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from ..api import SERVICE
from ..households import household_exists
from ..registry import book
from ..registry.headings import COLUMNS
from ..registry.importing import (
    Row,
    UnreadableListError,
    judge,
    read_list,
    take_in,
)
from ..registry.networks import Network
from ..registry.resident import Entry, Wrong, fields_of, read_entry
from . import views
from .forms import read_own_file, read_own_form
from .looks import look
from .pages import render
from .visitor import VISITOR

_FORM: Final = (
    ("name", "text"),
    ("birth_year", "number"),
    ("address", "text"),
    ("dong", "text"),
    ("line", "text"),
    ("network", "choice"),
    ("phone", "tel"),
    ("access", "area"),
    ("risk", "number"),
)


async def resident_page(request: web.Request) -> web.Response:
    visitor, service = request[VISITOR], request.app[SERVICE]
    person, household = visitor.person, request.match_info["household"]

    def known_and_found(connection: Connection) -> tuple[bool, book.Found | None]:
        known = household_exists(connection, household)
        return known, book.look_up(connection, service.keeper.vault, household)

    known, found = await service.database.read(known_and_found)
    if not known:
        raise web.HTTPNotFound(text="error.not_found")
    await look(request, what="resident", subject=household)
    fields = fields_of(found.entry) if found and found.entry else {}
    return _form(request, household, fields, person_csrf=person.csrf)


def _form(
    request: web.Request,
    household: str,
    fields: dict[str, str],
    *,
    person_csrf: str,
    wrong: list[Wrong] | None = None,
) -> web.Response:
    return render(
        request,
        "resident.html",
        status=400 if wrong else 200,
        household=household,
        fields=fields,
        form=_FORM,
        networks=list(Network),
        wrong=wrong or [],
        csrf=person_csrf,
    )


async def keep_resident(request: web.Request) -> web.StreamResponse:
    person, fields = await read_own_form(request)
    visitor, service = request[VISITOR], request.app[SERVICE]
    household, vault = request.match_info["household"], service.keeper.vault
    entry = read_entry(fields, year=visitor.now.year)
    if not isinstance(entry, Entry):
        return _form(request, household, fields, person_csrf=person.csrf, wrong=entry)

    def keep(connection: Connection, _: object) -> None:
        if not household_exists(connection, household):
            raise web.HTTPNotFound(text="error.not_found")
        book.keep(connection, vault, household, entry, by=person.user, now=visitor.now)
        views.log_look(
            connection, user=person.user, what="wrote", subject=household, now=visitor.now
        )

    await service.database.write(keep)
    raise visitor.to(f"/homes/{household}")


async def card_page(request: web.Request) -> web.Response:
    """What is read out to 119: the address first, then how one gets in, in words to say."""
    service, household = request.app[SERVICE], request.match_info["household"]
    found = await service.database.read(lambda c: book.look_up(c, service.keeper.vault, household))
    if found is None or found.entry is None:
        raise web.HTTPNotFound(text="error.not_found")
    await look(request, what="card", subject=household)
    return render(request, "card.html", found=found, household=household)


async def import_page(request: web.Request) -> web.Response:
    return _report(request, None)


def _report(
    request: web.Request,
    rows: list[Row] | None,
    *,
    taken: bool = False,
    unreadable: UnreadableListError | None = None,
) -> web.Response:
    wrong = [row for row in rows or [] if row.wrong]
    return render(
        request,
        "import.html",
        status=400 if wrong or unreadable else 200,
        rows=rows,
        wrong=wrong,
        lacking=sum(bool(row.lacking) for row in rows or []),
        taken=taken,
        unreadable=unreadable,
        columns=list(COLUMNS),
        csrf=request[VISITOR].person.csrf,
    )


async def import_list(request: web.Request) -> web.StreamResponse:
    """Checked always, taken in only when asked and when not one row is wrong."""
    person, fields, sent = await read_own_file(request, "list")
    visitor, service = request[VISITOR], request.app[SERVICE]
    vault = service.keeper.vault
    raw = sent.file.read() if sent else b""
    try:
        rows = read_list(raw, year=visitor.now.year)
    except UnreadableListError as error:
        return _report(request, None, unreadable=error)
    if fields.get("what") != "import" or any(row.wrong for row in rows):
        judged = await service.database.read(lambda c: judge(c, vault, rows))
        # the report tells who is known here
        await look(request, what="checked", subject=f"{len(rows)} rows")
        return _report(request, judged)
    taken = await service.database.write(
        lambda c, _: take_in(c, vault, rows, by=person.user, now=visitor.now)
    )
    is_taken = not any(row.wrong for row in taken)
    if is_taken:
        await look(request, what="imported", subject=f"{len(taken)} rows")
    return _report(request, taken, taken=is_taken)
