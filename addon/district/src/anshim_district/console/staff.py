"""Staff and roles, for the administrator."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from .. import accounts, staffing
from ..access import Role
from ..api import SERVICE
from ..staffing import StaffError
from .forms import read_own_form
from .looks import look
from .pages import render
from .visitor import VISITOR

type Job = Callable[[Connection], None]
_LONGEST: Final = 64


async def staff_page(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(
    request: web.Request, *, refusal: str | None = None, issued: tuple[str, str] | None = None
) -> web.Response:
    person = request[VISITOR].person
    members = await request.app[SERVICE].database.read(staffing.members)
    return render(
        request,
        "staff.html",
        status=409 if refusal else 200,
        members=members,
        roles=list(Role),
        refusal=refusal,
        issued=issued,
        csrf=person.csrf,
    )


async def add_member(request: web.Request) -> web.StreamResponse:
    _, fields = await read_own_form(request)
    user, password = fields.get("user", "").strip(), staffing.new_password()
    hashed = await asyncio.to_thread(accounts.hash_password, password)
    role, dongs = fields.get("role", ""), _dongs(fields)
    return await _do(
        request,
        lambda c: staffing.add_member(c, user=user, role=role, dongs=dongs, hashed=hashed),
        subject=user,
        issued=(user, password),
    )


async def change_member(request: web.Request) -> web.StreamResponse:
    _, fields = await read_own_form(request)
    user, what = request.match_info["user"], fields.get("what", "")
    if what == "reset":
        password = staffing.new_password()
        hashed = await asyncio.to_thread(accounts.hash_password, password)
        return await _do(
            request,
            lambda c: staffing.reset_password(c, user=user, hashed=hashed),
            subject=user,
            issued=(user, password),
        )
    role, dongs = fields.get("role", ""), _dongs(fields)
    jobs: dict[str, Job] = {
        "change": lambda c: staffing.change_member(c, user=user, role=role, dongs=dongs),
        "forget_second": lambda c: staffing.forget_second(c, user=user),
        "close": lambda c: staffing.close_account(c, user=user),
        "open": lambda c: staffing.open_account(c, user=user),
    }
    if what not in jobs:
        raise web.HTTPBadRequest(text="error.incomplete")
    return await _do(request, jobs[what], subject=user)


async def _do(
    request: web.Request, job: Job, *, subject: str, issued: tuple[str, str] | None = None
) -> web.StreamResponse:
    try:
        await request.app[SERVICE].database.write(lambda c, _: job(c))
    except StaffError as error:
        return await _page(request, refusal=error.because)
    await look(request, what="staff", subject=subject)
    if issued:
        return await _page(request, issued=issued)
    raise request[VISITOR].to("/staff")


def _dongs(fields: dict[str, str]) -> list[str]:
    typed = fields.get("dongs", "").replace("\n", ",").split(",")
    return [dong.strip()[:_LONGEST] for dong in typed if dong.strip()]
