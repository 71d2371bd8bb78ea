"""The kits' side over HTTP (contract §6, §7): `/v1/…`.

Each handler: door, one write, a signed or plain answer.
"""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Annotated, Final

from aiohttp import web
import msgspec
from msgspec import Meta
import orjson

from . import CONTRACT, __version__, downlink
from .clock import rfc3339
from .door import Refusal, read_event
from .intake.enrolment import EnrolmentBody, candidate, enrol
from .intake.evidence import Evidence
from .intake.heartbeats import Beat
from .intake.reading import UNKNOWN_KEY, Doubtful, read_signed
from .intake.revocation import Shower, put_down, refusal_for, shown
from .intake.sessions import Session
from .intake.strangers import is_remembered, knock_of, remember
from .intake.taking import EventsBody
from .messages import Heartbeat, Hello
from .problems import Problem, read_body, read_json, read_whole
from .reach.callbacks import Callback
from .reach.centre import CentreAnswer, NotTakenError
from .reach.webhook import is_genuine, secret_bytes
from .revoked import GoneError, RevokedError
from .service import Service

SERVICE: Final = web.AppKey("service", Service)
OPENAPI: Final = files("anshim_district").joinpath("static/openapi.json").read_bytes()
# the lane of hellos by keys nobody knows
_STRANGERS: Final = "strangers"
_LONGEST_WAIT: Final = 55.0
_MAX_COUNTER: Final = 2**31 - 1


class HelloBody(msgspec.Struct, frozen=True, kw_only=True):
    hello: Annotated[str, Meta(max_length=32768)]


def add_api(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/v1/health", health),
            web.get("/v1/openapi.json", openapi),
            web.post("/v1/enrolments", enrolments),
            web.post("/v1/hello", hello),
            web.post("/v1/events", events),
            web.post("/v1/heartbeats", heartbeats),
            web.get("/v1/downlink", down),
            web.post("/v1/reach/callbacks", callbacks),
            web.post("/v1/evidence/{sender}", evidence),
            web.post("/v1/centre/answers", centre_answers),
        ]
    )


def answer(body: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


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


async def enrolments(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    who = candidate(await read_body(request, EnrolmentBody))
    now = service.clock.now()
    pace = service.options.heartbeat_seconds
    post = service.casework.post
    kit = await service.database.write(
        lambda c, a: enrol(c, a, who, post=post, pace_s=pace, now=now)
    )
    return answer(
        {
            "kit": kit.kit,
            "household": kit.household,
            "kid": kit.kid,
            "district": {"id": service.options.district.id, "keys": service.keys.announced},
            "heartbeat_seconds": pace,
            "now": rfc3339(now),
        },
        status=201,
    )


async def hello(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    body = await read_body(request, HelloBody)
    signed = await read_signed(body.hello, service.kits)
    if isinstance(signed, Doubtful):
        await _remember_stranger(service, body.hello, signed)
        status = 401 if signed.kit is None else 400
        code = "unauthorised" if signed.kit is None else "schema"
        raise Problem(code, status, f"Hello not accepted: {signed.because}.", signed.flaw)
    said, kit = signed.event, signed.kit
    greeting = said.body
    if not isinstance(greeting, Hello):
        raise Problem.schema("/hello", "value", "Send an event of the kind hello.")
    now = service.clock.now()
    if greeting.refusal:
        who = Shower(kit=kit.id, kid=kit.kid, household=kit.household, refusal=greeting.refusal)
        await _remember_lost(service, who, now)
    try:
        opened = await service.database.write(
            lambda c, a: service.reception.open_session(
                c, a, kit, hello_id=said.id, hello=greeting, now=now
            )
        )
    except RevokedError as error:
        refusal = refusal_for(service.keys, kit=kit.id, hello=said.id, since=error.since, now=now)
        raise Problem.revoked(refusal) from error
    keys = {
        "id": service.options.district.id,
        "keys": service.keys.announced,
        "now": rfc3339(now),
    }
    session = {
        "kit": kit.id,
        "hello": said.id,
        "token": opened.token,
        "expires": rfc3339(opened.expires),
        "now": rfc3339(now),
        "heartbeat_seconds": opened.interval_s,
        "counter": opened.counter,
        "have": _marks(opened.have),
    }
    sign = service.keys.current.sign
    return answer(
        {"session": sign(session, "anshim-session+jws"), "keys": sign(keys, "anshim-keys+jws")}
    )


def _marks(have: dict[str, int]) -> list[dict[str, str | int]]:
    return [{"epoch": epoch, "seq": seq} for epoch, seq in have.items()]


async def _remember_stranger(service: Service, hello: str, doubtful: Doubtful) -> None:
    """A kit that a restore has made unknown must not knock unseen."""
    who = knock_of(hello) if doubtful.because == UNKNOWN_KEY else None
    if who is None:
        return
    now = service.clock.now()
    shows = Shower(kit=who.kit, kid=who.kid, household=who.household, refusal=who.refusal)
    if who.refusal and await _remember_lost(service, shows, now):
        return
    known = await service.database.read(lambda c: is_remembered(c, who.kid))
    if known or service.lane.admits(_STRANGERS, now):
        await service.database.write(lambda c, a: remember(c, a, who, now))


async def _remember_lost(service: Service, who: Shower, now: datetime) -> bool:
    """Whether it is lost by its own word, which is ours."""
    lost = shown(who, service.keys)
    if lost is None:
        return False
    await service.database.write(lambda c, a: put_down(c, a, service.casework, lost, now))
    await service.keep_lost()
    return True


async def events(request: web.Request) -> web.Response:
    body = await read_body(request, EventsBody)
    return answer(await request.app[SERVICE].taking.take(body))


async def heartbeats(request: web.Request) -> web.Response:
    service = request.app[SERVICE]
    session = await _session(request)
    raw = await read_json(request)
    read = read_event(raw)
    if isinstance(read, Refusal):
        code = "malformed" if read.because == "malformed" else "schema"
        raise Problem(code, 400, f"{read.flaw.detail}.", read.flaw)
    beat = read.body
    if not isinstance(beat, Heartbeat):
        raise Problem.schema("/type", "value", "Send an event of the kind heartbeat.")
    if read.kit != session.kit or read.household not in {session.household, None}:
        raise Problem.of("foreign-subject", 403, "This session belongs to another kit.")
    now = service.clock.now()
    try:
        heard = await service.listening.hear(Beat(session=session, said=beat, at=now))
    except GoneError as error:
        service.sessions.forget(session_token(request))
        raise _no_session() from error
    told: dict[str, object] = {
        "now": rfc3339(now),
        "heartbeat_seconds": heard.interval_s,
        "counter": heard.counter,
    }
    return answer(told if heard.have is None else told | {"have": _marks(heard.have)})


async def down(request: web.Request) -> web.Response:
    """A long poll; `after` acknowledges."""
    service = request.app[SERVICE]
    session = await _session(request)
    after, wait = _number(request, "after", _MAX_COUNTER), _number(request, "wait", _LONGEST_WAIT)
    try:
        waiting = await _listened(service, session, int(after), wait)
    except GoneError as error:
        service.sessions.forget(session_token(request))
        raise _no_session() from error
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


async def _session(request: web.Request) -> Session:
    service = request.app[SERVICE]
    token = session_token(request)
    session = await service.sessions.find(token, service.clock.now()) if token else None
    if session is None:
        raise _no_session()
    return session


def session_token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _no_session() -> Problem:
    return Problem.of("session-unknown", 401, "Say hello again for a new session.")


def _number(request: web.Request, name: str, most: float) -> float:
    text = request.query.get(name, "0")
    if not text.isascii() or not text.isdigit() or int(text[:12]) > most:
        raise Problem.schema(f"/{name}", "range", f"{name} is a whole number up to {most:g}.")
    return int(text[:12])
