"""The Supervisor: it tells Home Assistant where this app listens, and the app of the home's broker.

Asked by the relay at its start, and by the MQTT line where the options want the home's broker.
"""

import asyncio
import os
import socket
from typing import Any

import aiohttp
import orjson

from anshim_relay import log
from anshim_relay.district import AwayError, RefusedError
from anshim_relay.pause import Pause

TOKEN = "SUPERVISOR_TOKEN"  # noqa: S105 - the name of a variable
ADDRESS = "SUPERVISOR_API"
USUAL_ADDRESS = "http://supervisor"
SERVICE = "anshim_knock"
PATIENCE = aiohttp.ClientTimeout(total=30.0)
BY_HAND = "add the integration by hand, see the documentation"


def is_here() -> bool:
    """Whether the Supervisor has started this program, as an app."""
    return TOKEN in os.environ


class Supervisor:
    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._url = os.environ.get(ADDRESS, USUAL_ADDRESS)
        self._headers = {"Authorization": f"Bearer {os.environ.get(TOKEN, '')}"}
        self._pause = Pause()

    async def announce(self, port: int, token: str) -> None:
        """Said at every start: the Supervisor knows a repeat, and passes on what has changed."""
        config = {"host": socket.gethostname(), "port": port, "token": token}
        failures = 0
        while True:
            try:
                await self._ask("POST", "/discovery", json={"service": SERVICE, "config": config})
            except AwayError as error:
                failures += 1
                log.warning("not_announced_yet", reason=error.reason, failures=failures)
                await asyncio.sleep(self._pause.after(failures))
            except RefusedError as error:
                log.error("not_announced", status=error.status, code=error.code, do=BY_HAND)
                return
            else:
                log.info("announced", service=SERVICE)
                return

    async def broker(self) -> Any:
        """What whoever provides MQTT in this home has told of it."""
        return (await self._ask("GET", "/services/mqtt")).get("data")

    async def _ask(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        """`result` says how it went; what the Supervisor is not ready for comes as a 5xx."""
        try:
            async with self._http.request(
                method, self._url + path, headers=self._headers, timeout=PATIENCE, **sent
            ) as response:
                answer = answer_in(await response.read())
        except TimeoutError as error:
            raise AwayError("timeout") from error
        except aiohttp.ClientError as error:
            raise AwayError(type(error).__name__) from error
        if response.status >= 500:  # noqa: PLR2004 - the server's own errors
            raise AwayError(f"http-{response.status}")
        if answer["result"] != "ok":
            raise RefusedError(response.status, str(answer["result"])[:64])
        return answer


def answer_in(body: bytes) -> dict[str, Any]:
    """Its `result` is `ok`, `error`, or that something else than the Supervisor answered."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    known = isinstance(answer, dict) and "result" in answer
    return answer if known else {"result": "not-the-supervisor"}
