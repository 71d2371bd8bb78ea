"""What is asked of the district over HTTP, `/v1/…`, beside what kits say (`kits_side`).

What waits for a kit; what providers, carriers and the control centre's system tell.
"""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Final

from aiohttp import web

from . import CONTRACT, __version__, downlink
from .bodies import answer, read_body, read_whole
from .connections import QUICK
from .intake.evidence import Evidence
from .intake.sessions import Session
from .kits_side import kits_side, no_session, session_of, session_token
from .problems import Problem
from .reach.callbacks import Callback
from .reach.centre import CentreAnswer, NotTakenError
from .reach.webhook import is_genuine, secret_bytes
from .revoked import GoneError
from .service import Service

SERVICE: Final = web.AppKey("service", Service)
OPENAPI: Final = files("anshim_district").joinpath("static/openapi.json").read_bytes()
_LONGEST_WAIT: Final = 55.0
_MAX_COUNTER: Final = 2**31 - 1


def add_api(app: web.Application) -> None:
    app[QUICK] = kits_side(app[SERVICE])
    app.add_routes([web.post(path, handler) for path, handler in app[QUICK].items()])
    app.add_routes(
        [
            web.get("/v1/health", health),
            web.get("/v1/openapi.json", openapi),
            web.get("/v1/downlink", down),
            web.post("/v1/reach/callbacks", callbacks),
            web.post("/v1/evidence/{sender}", evidence),
            web.post("/v1/centre/answers", centre_answers),
        ]
    )


async def health(request: web.Request) -> web.Response:
    """Healthy is who can write: a row of its own is changed on the disk.

    A telephone line that is down is said, and is no reason to be started anew.
    """
    service = request.app[SERVICE]
    await service.presence.prove(service.clock.now())
    told: dict[str, object] = {"ok": True, "version": __version__, "contract": CONTRACT}
    if service.outside.line is not None:
        told["telephone"] = "up" if service.outside.line.registration.is_up else "down"
    return answer(told)


async def openapi(_request: web.Request) -> web.Response:
    """The same for everybody: what tools need to know of this side."""
    return web.Response(body=OPENAPI, content_type="application/json")


async def down(request: web.Request) -> web.Response:
    """A long poll; `after` acknowledges."""
    service = request.app[SERVICE]
    session = await session_of(service, request, service.clock.now())
    after, wait = _number(request, "after", _MAX_COUNTER), _number(request, "wait", _LONGEST_WAIT)
    try:
        waiting = await _listened(service, session, int(after), wait)
    except GoneError as error:
        service.sessions.forget(session_token(request))
        raise no_session() from error
    return answer({"messages": waiting.messages, "latest": waiting.latest})


async def _listened(
    service: Service, session: Session, after: int, wait: float
) -> downlink.Waiting:
    with service.live.listen_kit(session.kit) as news:
        if after:
            await _acknowledge(service, session.kit, after)
        waiting = await _waiting(service, session, after)
        if not waiting.messages and wait and await news.wait(wait):
            waiting = await _waiting(service, session, after)
    return waiting


async def _acknowledge(service: Service, kit: str, counter: int) -> None:
    post, now = service.casework.post, service.clock.now()
    try:
        await service.database.write(
            lambda c, a: downlink.acknowledge(c, a, post, kit, counter, now=now)
        )
    except downlink.NeverSentError as error:
        raise Problem.schema("/after", "range", "Nothing was ever sent by this number.") from error


async def callbacks(request: web.Request) -> web.Response:
    """What the provider of texts and calls says, signed as Standard Webhooks has it."""
    service = request.app[SERVICE]
    reach, now = service.options.reach, service.clock.now()
    id_ = await _signed_by(request, (secret_bytes(reach.secret),) if reach.url else (), now)
    said = await read_body(request, Callback)
    known = await service.database.write(
        lambda c, a: service.ear.hearing.hear(c, a, id_, said, now)
    )
    if not known:
        raise Problem.of("not-found", 404, "Nothing went out under this reference.")
    return web.Response(status=204)


async def evidence(request: web.Request) -> web.Response:
    """Signs of life that a carrier or a call centre knows of."""
    service = request.app[SERVICE]
    senders = {sender.id: sender for sender in service.options.evidence}
    sender, now = senders.get(request.match_info["sender"]), service.clock.now()
    if sender is None:
        raise Problem.of("not-found", 404, "Nobody of this name tells anything here.")
    id_ = await _signed_by(request, (secret_bytes(sender.secret),), now)
    said = await read_body(request, Evidence)
    counted = await service.database.write(
        lambda c, a: service.witness.hear(
            c, a, said.records, sender=sender.id, means=sender.means, id_=id_, now=now
        )
    )
    return answer(
        {"counted": counted.counted, "set_aside": counted.set_aside, "repeat": counted.repeat}
    )


async def centre_answers(request: web.Request) -> web.Response:
    """What the control centre's own system says of a case that it was told of."""
    service = request.app[SERVICE]
    now, keys = service.clock.now(), service.outside.keys
    id_ = await _signed_by(request, keys, now)
    said = await read_body(request, CentreAnswer)
    try:
        news = await service.database.write(
            lambda c, a: service.outside.centre.hear(c, a, id_, said, now)
        )
    except NotTakenError as error:
        if error.because == "unknown_case":
            raise Problem.of("not-found", 404, "You were told of no such case.") from error
        raise Problem.of("refused", 409, f"This answer counts no more: {error.because}.") from error
    return answer({"repeat": not news})


async def _signed_by(request: web.Request, keys: Sequence[bytes], now: datetime) -> str:
    """The message's id, if it was signed with one of these just now."""
    id_ = request.headers.get("webhook-id", "")[:128]
    body = await read_whole(request)
    if not any(
        is_genuine(
            key,
            id_=id_,
            timestamp=request.headers.get("webhook-timestamp", ""),
            signatures=request.headers.get("webhook-signature", ""),
            body=body,
            now=now,
        )
        for key in keys
    ):
        raise Problem.of("unauthorised", 401, "Sign the message as Standard Webhooks has it.")
    return id_


async def _waiting(service: Service, session: Session, after: int) -> downlink.Waiting:
    now, kit = service.clock.now(), session.kit
    waiting = await service.database.read(lambda c: downlink.waiting(c, kit, after, now))
    if waiting.messages:
        await service.database.write(lambda c, _: downlink.hand_out(c, kit, waiting.highest))
    return waiting


def _number(request: web.Request, name: str, most: float) -> float:
    text = request.query.get(name, "0")
    if not text.isascii() or not text.isdigit() or int(text[:12]) > most:
        raise Problem.schema(f"/{name}", "range", f"{name} is a whole number up to {most:g}.")
    return int(text[:12])
