"""The HTTP server towards the home: one token for everything, every refusal a problem document."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
import orjson

from anshim_relay import log
from anshim_relay.desk import Desk
from anshim_relay.intake import MAX_BODY, Intake
from anshim_relay.metrics import Metrics
from anshim_relay.outbox.writer import BrokenError
from anshim_relay.problems import Code, Refused

PROBLEM = "application/problem+json"
BEARER = "Bearer "
FROM_AIOHTTP = {404: Code.NOT_FOUND, 405: Code.METHOD, 413: Code.TOO_LARGE, 415: Code.MEDIA_TYPE}
HEADERS = {
    Code.UNAUTHORISED: {"WWW-Authenticate": "Bearer"},
    Code.UNAVAILABLE: {"Retry-After": "2"},
}


def application(intake: Intake, desk: Desk, metrics: Metrics, token: str) -> web.Application:
    app = web.Application(client_max_size=MAX_BODY, middlewares=[problems, admission(token)])
    app.router.add_post("/v1/events", intake.post)
    app.router.add_get("/v1/downlink", desk.downlink)
    app.router.add_get("/v1/status", desk.status)
    app.router.add_get("/metrics", metrics.answer)
    return app


def admission(token: str) -> Middleware:
    expected = token.encode()

    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.removeprefix(BEARER).encode(errors="replace"), expected):
            raise Refused(Code.UNAUTHORISED)
        return await handler(request)

    return admit


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return problem(refused)
    except web.HTTPException as error:
        code = FROM_AIOHTTP.get(error.status)
        if code is None:
            raise
        return problem(Refused(code), dict(error.headers))
    except BrokenError, web.RequestPayloadError, ConnectionError:
        # It was not kept, or did not arrive whole, which says nothing about it: it may come again.
        return problem(Refused(Code.UNAVAILABLE))
    except Exception as error:  # noqa: BLE001 - the home must get an answer that it can act on
        log.bug("request_failed", error)
        return problem(Refused(Code.UNAVAILABLE))


def problem(refused: Refused, headers: dict[str, str] | None = None) -> web.Response:
    log.warning("refused", code=refused.code, fields=",".join(f.field for f in refused.flaws))
    allow = {name: value for name, value in (headers or {}).items() if name == "Allow"}
    return web.Response(
        status=refused.status,
        body=orjson.dumps(refused.document()),
        content_type=PROBLEM,
        headers=HEADERS.get(refused.code, {}) | allow,
    )
