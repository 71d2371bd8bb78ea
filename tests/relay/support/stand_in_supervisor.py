"""The part of the Supervisor's published API that an app may use without any role.

Discovery, and the services that other apps provide.

It answers as its documentation says: `{"result": "ok", "data": {…}}` or `{"result": "error",
"message": …}`, and knows only services that the app's config.yaml announces.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
import uuid

from aiohttp import web
import yaml

CONFIG = Path(__file__).parents[3] / "addon" / "relay" / "config.yaml"
TOKEN = "supervisor-token-for-tests"


class StandInSupervisor:
    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}
        self.asked = 0
        self.not_ready = 0
        self.refuses = False
        # What an app that provides MQTT has told; None: there is none.
        self.mqtt: dict[str, Any] | None = None
        self.asked_for_mqtt = 0
        self.url = ""

    @property
    def environment(self) -> dict[str, str]:
        return {"SUPERVISOR_TOKEN": TOKEN, "SUPERVISOR_API": self.url}

    async def discovery(self, request: web.Request) -> web.Response:
        self.asked += 1
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return answer(401, message="Unauthorized")
        if self.not_ready:
            self.not_ready -= 1
            return web.Response(status=502, text="Bad Gateway")
        body = await request.json()
        announced = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["discovery"]
        if self.refuses or body["service"] not in announced or not isinstance(body["config"], dict):
            return answer(400, message="App must list services it provides via discovery!")
        self.found[body["service"]] = body["config"]
        return answer(200, data={"uuid": uuid.uuid4().hex})

    async def service(self, request: web.Request) -> web.Response:
        self.asked_for_mqtt += 1
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return answer(401, message="Unauthorized")
        wanted = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["services"]
        if "mqtt:want" not in wanted:
            return answer(403, message="No access to mqtt service!")
        if self.mqtt is None:
            return answer(400, message="Service not enabled")
        return answer(200, data=self.mqtt)


def answer(status: int, **body: Any) -> web.Response:
    result = "ok" if status == 200 else "error"
    return web.json_response({"result": result} | body, status=status)


@asynccontextmanager
async def stand_in_supervisor() -> AsyncIterator[StandInSupervisor]:
    supervisor = StandInSupervisor()
    app = web.Application()
    app.router.add_post("/discovery", supervisor.discovery)
    app.router.add_get("/services/mqtt", supervisor.service)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    supervisor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield supervisor
    await runner.cleanup()
