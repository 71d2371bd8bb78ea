"""GET /v1/downlink and GET /v1/status: what the home fetches from its relay."""

import asyncio
from typing import Any

from aiohttp import web
import orjson

from anshim_relay import bell, log
from anshim_relay.bell import Bell
from anshim_relay.condition import Condition
from anshim_relay.envelope import INT32
from anshim_relay.outbox.downbox import Numbered
from anshim_relay.outbox.keeping import Moment
from anshim_relay.problems import Code, Flaw, Reason, Refused

LONGEST_WAIT_S = 55


class Desk:
    def __init__(self, condition: Condition, arrived: Bell) -> None:
        self._condition = condition
        self._arrived = arrived

    async def status(self, request: web.Request) -> web.Response:
        return json(await self._condition.status(self._condition.timekeeper.moment()))

    async def downlink(self, request: web.Request) -> web.Response:
        """In this order.

        1. what the home has is forgotten
        2. what it does not have is looked for, and waited for.
        """
        outbox = self._condition.outbox
        self._condition.home.came(self._condition.timekeeper.moment().reading)
        after = number(request, "after", INT32)
        wait = number(request, "wait", LONGEST_WAIT_S)
        if after:
            await outbox.forget_down(after)
        messages = await self._messages(after, wait)
        body = {
            "messages": [{"n": m.n, "event": orjson.Fragment(m.event)} for m in messages],
            "latest": await outbox.down_latest(),
        }
        return json(body)

    async def _messages(self, after: int, wait: int) -> list[Numbered]:
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            signal = self._arrived.listen()
            found = await self._in_time(after)
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0 or not await bell.wait(signal, left) or self._arrived.closed:
                return found

    async def _in_time(self, after: int) -> list[Numbered]:
        """What ran out while it waited for the home is not handed on any more, and counted."""
        moment = self._condition.timekeeper.moment()
        found = await self._condition.outbox.down_after(after)
        good = [message for message in found if not ran_out(message, moment)]
        if found and not good:
            await self._drop(found)
        return good

    async def _drop(self, late: list[Numbered]) -> None:
        self._condition.refusals.add(len(late))
        log.error("down_refused", reason="expired-waiting", messages=len(late))
        await self._condition.outbox.drop_down(late[-1].n)


def ran_out(message: Numbered, moment: Moment) -> bool:
    return moment.seconds is not None and message.expires <= moment.seconds


def number(request: web.Request, name: str, most: int) -> int:
    text = request.query.get(name, "0")
    if not text.isascii() or not text.isdecimal():
        raise Refused(Code.SCHEMA, [Flaw(field=f"/{name}", reason=Reason.TYPE)])
    if len(text) > len(str(INT32)) or int(text) > most:
        raise Refused(Code.SCHEMA, [Flaw(field=f"/{name}", reason=Reason.RANGE)])
    return int(text)


def json(body: Any) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")
