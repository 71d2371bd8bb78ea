"""A server that does the least that an honest answer takes: `python -m … FOLDER`.

A heartbeat: who it is, read as JSON, one row of a database replaced, on the disk. A signed alert:
its signature checked, one row added, on the disk, and a signed answer. All that came meanwhile is
one commit. It knows no home, no case and no person: what a district cannot be quicker than.
Prints its port and serves until it is ended.
"""

import asyncio
from pathlib import Path
import sqlite3
import sys
from threading import Condition, Thread
from typing import Final, override

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
import msgspec
import orjson

from anshim_district import jws
from anshim_district.keys import signing_key
from benchmarks.district.answering import ANSWER, serve

_TABLES: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE beats (token TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE alerts (id TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
"""
_KEEP: Final = "INSERT OR REPLACE INTO {} SELECT value ->> 0, value ->> 1 FROM json_each(?)"

type Waiting = tuple[str, str, str, asyncio.Future[None]]


class Disk(Thread):
    """Keeps what has come, all of it in one commit, and then says so."""

    def __init__(self, file: Path, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(daemon=True)
        self._file = file
        self._loop = loop
        self._came = Condition()
        self._waiting: list[Waiting] = []

    async def keep(self, table: str, key: str, said: str) -> None:
        kept = self._loop.create_future()
        with self._came:
            self._waiting.append((table, key, said, kept))
            self._came.notify()
        await kept

    @override
    def run(self) -> None:
        database = sqlite3.connect(self._file, isolation_level=None)
        database.executescript(_TABLES)
        while True:
            with self._came:
                self._came.wait_for(lambda: self._waiting)
                waiting, self._waiting = self._waiting, []
            database.execute("BEGIN IMMEDIATE")
            for table in ("beats", "alerts"):
                rows = [(key, said) for of, key, said, _ in waiting if of == table]
                database.execute(_KEEP.format(table), (orjson.dumps(rows).decode(),))
            database.execute("COMMIT")
            self._loop.call_soon_threadsafe(_say, waiting)


def _say(waiting: list[Waiting]) -> None:
    for *_, kept in waiting:
        if not kept.done():
            kept.set_result(None)


class Least:
    def __init__(self, folder: Path) -> None:
        keys: dict[str, bytes] = msgspec.msgpack.decode((folder / "keys").read_bytes(), type=dict)
        self._keys = {kid: Ed25519PublicKey.from_public_bytes(key) for kid, key in keys.items()}
        self._own = signing_key(Ed25519PrivateKey.generate())
        self._disk = Disk(folder / "least.sqlite", asyncio.get_running_loop())
        self._disk.start()

    async def heartbeat(self, request: web.Request) -> web.Response:
        raw = await request.read()
        msgspec.json.decode(raw)
        await self._disk.keep("beats", request.headers["Authorization"], raw.decode())
        return web.Response(body=ANSWER, content_type="application/json")

    async def alert(self, request: web.Request) -> web.Response:
        [token] = msgspec.json.decode(await request.read())["events"]
        said = jws.take_apart(token)
        id_ = msgspec.json.decode(jws.verify(said, self._keys[said.kid], "anshim-event+jws"))["id"]
        await self._disk.keep("alerts", id_, token)
        ack = self._own.sign({"results": [{"id": id_, "status": "durable"}]}, "anshim-ack+jws")
        return web.Response(body=orjson.dumps({"ack": ack}), content_type="application/json")


async def run(folder: Path) -> None:
    least = Least(folder)
    await serve(web.post("/v1/heartbeats", least.heartbeat), web.post("/v1/events", least.alert))


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
