"""Tells Home Assistant where this app listens, through the Supervisor. Run by the relay at start.

Home Assistant then offers the integration by itself, with address and token filled in.
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
                await self._post("/discovery", {"service": SERVICE, "config": config})
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

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        """`result` says how it went; what the Supervisor is not ready for comes as a 5xx."""
        try:
            async with self._http.post(
                self._url + path, json=body, headers=self._headers, timeout=PATIENCE
            ) as response:
                result = result_in(await response.read())
        except TimeoutError as error:
            raise AwayError("timeout") from error
        except aiohttp.ClientError as error:
            raise AwayError(type(error).__name__) from error
        if response.status >= 500:  # noqa: PLR2004 - the server's own errors
            raise AwayError(f"http-{response.status}")
        if result != "ok":
            raise RefusedError(response.status, result)


def result_in(body: bytes) -> str:
    """`ok`, `error`, or that something else than the Supervisor answered."""
    try:
        return str(orjson.loads(body)["result"])[:64]
    except orjson.JSONDecodeError, KeyError, TypeError:
        return "not-the-supervisor"
