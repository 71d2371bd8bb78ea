"""The console's routes, and the middleware around them: headers, visitor, errors as pages."""

from collections.abc import Awaitable, Callable
import logging
from pathlib import Path
from typing import Final

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from .. import probes
from ..registry.vault import VaultClosedError
from . import (
    account,
    answering,
    audit,
    consents,
    council,
    duty,
    entrance,
    erasing,
    giving,
    homes,
    items,
    keeping,
    lost,
    noting,
    people,
    reading,
    rounds,
    staff,
)
from .gate import pass_gate
from .pages import render
from .stream import stream
from .visitor import VISITOR, find_visitor

_LOG: Final = logging.getLogger(__name__)
_STATIC: Final = Path(__file__).parent.parent / "static"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


_ROUTES: Final = (
    web.get("/", reading.start),
    web.get("/login", entrance.login_page),
    web.post("/login", entrance.log_in),
    web.post("/logout", entrance.log_out),
    web.post("/language", entrance.choose_language),
    web.get("/login/code", account.code_page),
    web.post("/login/code", account.give_code),
    web.get("/account", account.account_page),
    web.post("/account/password", account.change_password),
    web.post("/account/second", account.keep_second),
    web.get("/prove", account.prove_page),
    web.post("/prove", account.prove),
    web.get("/staff", staff.staff_page),
    web.post("/staff", staff.add_member),
    web.post("/staff/{user}", staff.change_member),
    web.get("/duty", duty.duty_page),
    web.post("/duty/days", duty.change_days),
    web.post("/duty/shifts", duty.change_shifts),
    web.post("/duty/rules", duty.change_rules),
    web.post("/duty/phones", duty.change_phones),
    web.get("/rounds", rounds.rounds_page),
    web.get("/council", council.council_page),
    web.get("/council.csv", council.council_csv),
    web.get("/audit", audit.audit_page),
    web.get("/audit.csv", audit.audit_csv),
    web.get("/keeping", keeping.keeping_page),
    web.post("/keeping", keeping.confirm),
    web.get("/board", reading.board_page),
    web.get("/board/fragment", reading.board_fragment),
    web.get("/live", stream),
    web.get("/cases/{case}", reading.case_page),
    web.get("/cases/{case}/news", reading.case_news),
    web.post("/cases/{case}/answer", answering.answer_case),
    web.post("/cases/{case}/give", giving.give_case),
    web.post("/cases/{case}/note", noting.add_note),
    web.get("/homes", homes.homes_page),
    web.get("/homes/new", homes.new_page),
    web.post("/homes/new", homes.new_home),
    web.get("/homes/import", people.import_page),
    web.post("/homes/import", people.import_list),
    web.get("/homes/{household}", homes.home_page),
    web.get("/homes/{household}/resident", people.resident_page),
    web.post("/homes/{household}/resident", people.keep_resident),
    web.get("/homes/{household}/card", people.card_page),
    web.post("/homes/{household}/consent", consents.keep_consent),
    web.get("/homes/{household}/lost", lost.lost_page),
    web.post("/homes/{household}/lost", lost.report_lost),
    web.get("/homes/{household}/erase", erasing.erase_page),
    web.post("/homes/{household}/erase", erasing.erase_home),
    web.get("/items", items.items_page),
    web.post("/items", items.add_item),
    web.post("/items/{item}", items.move_item),
    web.get("/quarantine", reading.quarantine_page),
    web.post("/quarantine/{n}/seen", answering.see_quarantined),
    web.post("/strangers/{kid}/adopt", answering.adopt_stranger),
)


def add_console(app: web.Application) -> None:
    app.middlewares.append(_around)
    app.add_routes([*_ROUTES, web.static("/static", _STATIC, append_version=True)])


@web.middleware
async def _around(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path.startswith("/v1/") or request.path in probes.PATHS:
        return await handler(request)
    request[VISITOR] = await find_visitor(request)
    try:
        await pass_gate(request)
        response = await handler(request)
    except web.HTTPRedirection as redirection:
        _protect(request, redirection)
        raise
    except ConnectionError:
        raise  # whoever asked has gone
    except Exception as error:  # noqa: BLE001 - staff is always answered in words of theirs
        response = _said(request, error)
    if not response.prepared:
        _protect(request, response)
    return response


def _said(request: web.Request, error: Exception) -> web.Response:
    match error:
        case web.HTTPRequestEntityTooLarge():
            return _error(request, "error.too_large", 413)
        case web.HTTPClientError():
            return _error(request, error.text or "", error.status)
        case VaultClosedError():
            return _error(request, "error.sealed", 503)
    _LOG.error("a page failed", exc_info=error)
    if isinstance(error, SQLAlchemyError):
        return _error(request, "error.unavailable", 503)
    return _error(request, "error.failed", 500)


def _error(request: web.Request, key: str, status: int) -> web.Response:
    known = key if key.startswith("error.") else "error.not_found"
    return render(request, "error.html", status=status, message=known)


def _protect(request: web.Request, response: web.StreamResponse) -> None:
    ancestors = "'self'" if request[VISITOR].base else "'none'"
    response.headers.update(
        {
            "Content-Security-Policy": _POLICY.format(ancestors=ancestors),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
    )
    if not request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
