"""Serves the page on a port of its own, so that nothing said to it can reach the intake.

Started by the relay like any other loop. A page that cannot be served is said in the log and
stops nothing.
"""

import asyncio
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from anshim_relay import log, supervisor
from anshim_relay.condition import Condition
from anshim_relay.enrolment import Enroller
from anshim_relay.intake import Wake
from anshim_relay.outbox.writer import BrokenError, FullError
from anshim_relay.page import report
from anshim_relay.page.drill import Drills, NotNowError
from anshim_relay.page.enrolling import Enrolling, Entered
from anshim_relay.page.gate import Gate, guarded
from anshim_relay.page.picture import Picture, taken
from anshim_relay.page.texts import LANGUAGES
from anshim_relay.page.visitor import Visitor
from anshim_relay.parts import Parts

MAX_FORM = 8 * 1024
SHUTDOWN_S = 0.5
AGAIN_S = 30.0
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class Page:
    def __init__(
        self,
        condition: Condition,
        enroller: Enroller,
        parts: Parts,
        wake: Wake,
        hurry: Callable[[], None],
    ) -> None:
        self._condition = condition
        self._parts = parts
        self._began = condition.timekeeper.moment().reading.steady
        self._gate = Gate(is_app=supervisor.is_here())
        self._drills = Drills(condition, wake, hurry)
        self._enrolling = Enrolling(enroller, parts.address, parts.options.district_key)

    async def serve(self) -> None:
        """For ever; a port that is taken may become free."""
        while True:
            await self._serve_while_possible()
            await asyncio.sleep(AGAIN_S)

    async def _serve_while_possible(self) -> None:
        """An app listens on its own network, where only the Supervisor comes through the gate."""
        host = "0.0.0.0" if supervisor.is_here() else "127.0.0.1"  # noqa: S104 - see above
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, self._parts.options.page_port).start()
            log.info("page_served", host=host, port=runner.addresses[0][1])
            await asyncio.Event().wait()
        except OSError as error:
            log.error("page_not_served", errno=error.errno, do="choose another page_port")
        finally:
            await runner.cleanup()

    def application(self) -> web.Application:
        app = web.Application(
            client_max_size=MAX_FORM, middlewares=[guarded, failures, self._gate.middleware()]
        )
        app.router.add_get("/", self._page)
        app.router.add_get("/live", self._live)
        app.router.add_get("/report", self._report)
        app.router.add_post("/drill", self._drill)
        app.router.add_post("/enrol", self._enrol)
        app.router.add_post("/language", self._language)
        app.router.add_get("/static/{name:[a-z]+\\.(css|js|svg)}", static)
        return app

    async def _picture(self) -> Picture:
        return await taken(self._condition, self._began, self._condition.timekeeper.moment())

    async def _page(self, request: web.Request) -> web.Response:
        return await self._rendered(request, "page.html", entered=Entered())

    async def _live(self, request: web.Request) -> web.Response:
        return await self._rendered(request, "live.html")

    async def _rendered(
        self, request: web.Request, template: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        """Beside the loop, which has calls for help to take in."""
        text = await asyncio.to_thread(
            rendered,
            template,
            Visitor.of(request),
            picture=await self._picture(),
            drill=await self._drills.progress(),
            csrf=self._gate.token,
            address=self._parts.address,
            **values,
        )
        return web.Response(status=status, text=text, content_type="text/html")

    async def _report(self, request: web.Request) -> web.Response:
        picture = await self._picture()
        name = report.file_name(picture)
        return web.Response(
            text=report.written(
                Visitor.of(request).language, picture, self._condition, self._parts.options
            ),
            content_type="text/plain",
            headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'},
        )

    async def _drill(self, request: web.Request) -> web.Response:
        """One that is on its way already is the answer to a second press."""
        try:
            await self._drills.send(self._condition.timekeeper.moment())
        except NotNowError:
            log.info("drill_not_sent")
        return back("./#drill")

    async def _enrol(self, request: web.Request) -> web.Response:
        entered = await self._enrolling.enter(await request.post())
        if entered.wrong:
            return await self._rendered(request, "page.html", status=422, entered=entered)
        return back("./")

    async def _language(self, request: web.Request) -> web.Response:
        chosen, response = (await request.post()).get("language"), back("./")
        if isinstance(chosen, str) and chosen in LANGUAGES:
            Visitor.of(request).remember(response, chosen)
        return response


def rendered(template: str, visitor: Visitor, **values: Any) -> str:
    """The template engine is loaded when somebody looks: most homes never pay for it."""
    from anshim_relay.page.rendering import render  # noqa: PLC0415 - see above

    return render(template, visitor, **values)


def back(where: str) -> web.Response:
    """To a place beside this one: the page does not know its whole address behind an ingress."""
    return web.Response(status=303, headers={hdrs.LOCATION: where})


async def static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    found = files("anshim_relay").joinpath("page", "static", name)
    if not found.is_file():
        raise web.HTTPNotFound
    return web.Response(
        body=found.read_bytes(),
        content_type=TYPES[name.rpartition(".")[2]],
        charset="utf-8",
        headers={hdrs.CACHE_CONTROL: "private, max-age=600"},
    )


@web.middleware
async def failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A person gets a sentence that says what to do, never a trace."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status == 404:  # noqa: PLR2004 - not found
            return sentence(request, error.status, "failed.not_found")
        return sentence(request, error.status, "failed.not_so")
    except FullError:
        return sentence(request, 507, "failed.full")
    except BrokenError:
        return sentence(request, 503, "failed.busy")
    except Exception as error:  # noqa: BLE001 - whatever it is, the person must not stand before nothing
        log.bug("page_failed", error)
        return sentence(request, 500, "failed.bug")


def sentence(request: web.Request, status: int, key: str) -> web.Response:
    return web.Response(status=status, text=Visitor.of(request).t(key) + "\n")
