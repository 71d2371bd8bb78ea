"""Equipment: what there is, where it is, what is to be brought back or given new batteries."""

from collections.abc import Callable

from aiohttp import web
from sqlalchemy import Connection

from ..api import SERVICE
from ..households import household_exists
from ..registry import inventory
from ..registry.inventory import Because, ItemError
from . import views
from .forms import read_own_form
from .looks import look
from .pages import render
from .visitor import VISITOR

_LONGEST = 64


async def items_page(request: web.Request) -> web.Response:
    return await _page(request)


async def _page(request: web.Request, *, refusal: str | None = None) -> web.Response:
    service, person = request.app[SERVICE], request[VISITOR].person

    def read(
        connection: Connection,
    ) -> tuple[list[inventory.Item], dict[str, dict[str, int]], dict[str, views.Label]]:
        items = inventory.all_items(connection)
        homes = {item.household for item in items if item.household}
        labels = views.labels(connection, service.keeper.vault, homes)
        return items, inventory.stock(connection), labels

    items, stock, labels = await service.database.read(read)
    await look(request, what="items", subject="list")
    return render(
        request,
        "items.html",
        status=409 if refusal else 200,
        items=items,
        stock=stock,
        labels=labels,
        kinds=inventory.KINDS,
        because=list(Because),
        refusal=refusal,
        csrf=person.csrf,
    )


async def add_item(request: web.Request) -> web.StreamResponse:
    _, fields = await read_own_form(request)
    label = fields.get("label", "").strip()[:_LONGEST]
    now = request[VISITOR].now
    return await _do(
        request, lambda c: inventory.add(c, kind=fields.get("kind", ""), label=label, now=now)
    )


async def move_item(request: web.Request) -> web.StreamResponse:
    """To a home, away from one, or back into the cupboard."""
    person, fields = await read_own_form(request)
    await _ask_about_kit(request, fields)
    item, now = request.match_info["item"], request[VISITOR].now
    to, because = fields.get("household", "").strip(), fields.get("because", "")

    def move(connection: Connection) -> None:
        if to:
            if not household_exists(connection, to):
                raise ItemError("no_such_home")
            inventory.bind(connection, item, to, by=person.user, now=now)
        elif because in set(Because):
            inventory.release(connection, item, Because(because), now=now)
        else:
            inventory.back_in_stock(connection, item)

    return await _do(request, move)


async def _ask_about_kit(request: web.Request, fields: dict[str, str]) -> None:
    """A kit that was lost still has its key: what follows from that is said and done elsewhere."""
    if fields.get("because") != Because.LOST:
        return
    item = request.match_info["item"]
    home = await request.app[SERVICE].database.read(lambda c: inventory.home_of_kit(c, item))
    if home is not None:
        raise request[VISITOR].to(f"/homes/{home}/lost")


async def _do(request: web.Request, job: Callable[[Connection], object]) -> web.StreamResponse:
    try:
        await request.app[SERVICE].database.write(lambda c, _: job(c))
    except ItemError as error:
        return await _page(request, refusal=error.because)
    raise request[VISITOR].to("/items")
