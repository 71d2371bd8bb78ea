"""A server that only answers: the same aiohttp, a body read, a body sent, nothing kept.

What no district can be quicker than on this machine. Prints its port and serves until it is ended.
"""

import asyncio
import sys

from aiohttp import web

ANSWER = b'{"now":"2026-11-26T00:00:00.000Z","heartbeat_seconds":60,"counter":0}'


async def answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=ANSWER, content_type="application/json")


async def serve(*routes: web.RouteDef) -> None:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(web.post("/v1/heartbeats", answer), web.post("/v1/events", answer)))
