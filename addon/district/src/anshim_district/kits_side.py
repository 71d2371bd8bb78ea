"""What kits say over HTTPS (contract §6, §7): who they are, that they live, what has happened.

Each handler: door, one write, a signed or plain answer. What else they ask stands in `api`.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Final

from aiohttp import web
import msgspec
from msgspec import Meta

from .bodies import answer, read_as
from .clock import rfc3339
from .connections import Handler
from .door import Refusal, read_event
from .intake.admission import Admission
from .intake.enrolment import EnrolmentBody, candidate, enrol
from .intake.gate import Gate
from .intake.heartbeats import Beat
from .intake.reading import UNKNOWN_KEY, Doubtful, read_signed
from .intake.revocation import Shower, put_down, refusal_for, shown
from .intake.sessions import Session
from .intake.strangers import is_remembered, knock_of, remember
from .intake.taking import EventsBody
from .messages import Heartbeat, Hello
from .metrics.counted import HEARTBEATS
from .problems import Problem
from .revoked import GoneError, RevokedError
from .service import Service

# the lane of hellos by keys nobody knows
_STRANGERS: Final = "strangers"


class HelloBody(msgspec.Struct, frozen=True, kw_only=True):
    hello: Annotated[str, Meta(max_length=32768)]


def kits_side(service: Service) -> Mapping[str, Handler]:
    """By path; all of it is sent with POST."""
    admission = Admission(gate=Gate(), kits=service.kits, figures=service.figures)
    return {
        "/v1/enrolments": admission.talk(partial(_enrolments, service)),
        "/v1/hello": admission.talk(partial(_hello, service)),
        "/v1/events": admission.events(partial(_events, service)),
        "/v1/heartbeats": admission.heartbeats(partial(_heartbeats, service)),
    }


async def _enrolments(service: Service, _request: web.Request, raw: bytes) -> web.Response:
    who = candidate(read_as(raw, EnrolmentBody))
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


async def _hello(service: Service, _request: web.Request, raw: bytes) -> web.Response:
    body = read_as(raw, HelloBody)
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


async def _events(service: Service, _request: web.Request, raw: bytes) -> web.Response:
    return answer(await service.taking.take(read_as(raw, EventsBody)))


async def _heartbeats(service: Service, request: web.Request, raw: bytes) -> web.Response:
    now = service.clock.now()
    session = await session_of(service, request, now)
    read = read_event(raw)
    if isinstance(read, Refusal):
        code = "malformed" if read.because == "malformed" else "schema"
        raise Problem(code, 400, f"{read.flaw.detail}.", read.flaw)
    beat = read.body
    if not isinstance(beat, Heartbeat):
        raise Problem.schema("/type", "value", "Send an event of the kind heartbeat.")
    if read.kit != session.kit or read.household not in {session.household, None}:
        raise Problem.of("foreign-subject", 403, "This session belongs to another kit.")
    try:
        heard = await service.listening.hear(Beat(session=session, said=beat, at=now))
    except GoneError as error:
        service.sessions.forget(session_token(request))
        raise no_session() from error
    service.figures.heard[HEARTBEATS, "accepted", ""] += 1
    told: dict[str, object] = {
        "now": rfc3339(now),
        "heartbeat_seconds": heard.interval_s,
        "counter": heard.counter,
    }
    return answer(told if heard.have is None else told | {"have": _marks(heard.have)})


async def session_of(service: Service, request: web.Request, now: datetime) -> Session:
    token = session_token(request)
    session = await service.sessions.find(token, now) if token else None
    if session is None:
        raise no_session()
    return session


def session_token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def no_session() -> Problem:
    return Problem.of("session-unknown", 401, "Say hello again for a new session.")
