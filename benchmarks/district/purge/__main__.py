"""`python -m benchmarks.district.purge`: homes are heard while the night's deleting goes on.

The real sweeper and the real front door in one process, SQLite; heartbeats come from another, first
while nothing else happens, then until the last old row is gone. `--rows 1000000` is what the page
on the district shows.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sys
import tempfile
import time

from aiohttp import web
import msgspec
from sqlalchemy import insert

from anshim_district.clock import SystemClock
from anshim_district.forgetting import sweeper
from anshim_district.options import Options
from anshim_district.server import make_app
from anshim_district.service import Service
from anshim_district.storage.tables import events
from benchmarks.district.homes import Home, heartbeat, homes, settle
from benchmarks.district.programs import Answers, Requests, headline
from tests.district.support.kit import now_text

_DAY = timedelta(days=1)
_AT_ONCE = 5000
_MOST_S = 0.5
# as long as a signed alert is
_TOKEN = "x" * 700
_OPTIONS = {
    "district": {"id": "test-gu", "name": "시험구"},
    "admin": {"password": "문을-두드리는-집"},
}


@dataclass(kw_only=True)
class Heard:
    took: list[float] = field(default_factory=list)
    good: bool = True

    def add(self, answers: Answers) -> None:
        self.took += answers.took
        self.good &= answers.good

    def slowest(self, share: float) -> str:
        took = sorted(self.took)
        return f"{took[min(len(took) - 1, int(len(took) * share))] * 1000:.0f} ms"


@dataclass(frozen=True, kw_only=True)
class Seen:
    before: Heard
    meanwhile: Heard
    went: int
    took_s: float


def main() -> int:
    given = arguments()
    print(headline(f"{given.rows} old messages deleted while {given.homes} homes beat, SQLite"))
    with tempfile.TemporaryDirectory() as folder:
        seen = asyncio.run(swept(Path(folder), given))
    print("| heartbeats | answers | median | p99 | slowest |")
    print("|---|--:|--:|--:|--:|")
    for name, heard in (("before", seen.before), ("meanwhile", seen.meanwhile)):
        shares = " | ".join(heard.slowest(share) for share in (0.5, 0.99, 1))
        print(f"| {name} | {len(heard.took)} | {shares} |")
    rate = seen.went / seen.took_s
    print(f"\n{seen.went} rows gone in {seen.took_s:.0f} s ({rate:.0f} a second).")
    p99 = sorted(seen.meanwhile.took)[int(len(seen.meanwhile.took) * 0.99)]
    is_good = seen.before.good and seen.meanwhile.good and seen.went == given.rows
    return 0 if is_good and p99 <= _MOST_S else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--homes", type=int, default=4_000)
    parser.add_argument("--pace", type=float, default=67, help="heartbeats a second")
    parser.add_argument("--seconds", type=float, default=10, help="of heartbeats before")
    return parser.parse_args()


async def swept(folder: Path, given: argparse.Namespace) -> Seen:
    options = msgspec.convert(_OPTIONS, Options)
    service = Service.put_together(options, folder, SystemClock())
    service.open(folder)
    now = datetime.now(UTC)
    alive = homes(given.homes, keys=1)
    settle(service.database.engine, alive, now, due=_DAY)
    lay_old(service, alive, given.rows, now - timedelta(days=365))
    # the night after tomorrow, of a clock that is believed
    night = (now + 2 * _DAY).replace(hour=20, minute=0)
    beats = Requests.written(folder / "beats", [heartbeat(home, now_text()) for home in alive])
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(make_app(service), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stack.callback(service.database.close)
        port = runner.addresses[0][1]
        before = Heard()
        before.add(await sent(beats, port, given, given.seconds))
        await service.database.write(lambda c, _: sweeper.believe_clock(c, now))
        return await watched(service, beats, port, given, night=night, before=before)


async def watched(
    service: Service,
    beats: Requests,
    port: int,
    given: argparse.Namespace,
    *,
    night: datetime,
    before: Heard,
) -> Seen:
    """Beats go on, a few seconds at a time, until the sweep has ended."""
    meanwhile, began = Heard(), time.perf_counter()
    ended = 0.0

    async def sweep() -> dict[str, int]:
        nonlocal ended
        went = await service.sweeper.step(night)
        ended = time.perf_counter()
        return went or {}

    sweeping = asyncio.create_task(sweep())
    while not sweeping.done():
        meanwhile.add(await sent(beats, port, given, min(5, given.seconds)))
    went = await sweeping
    return Seen(
        before=before,
        meanwhile=meanwhile,
        went=sum(went.values()),
        took_s=ended - began,
    )


async def sent(beats: Requests, port: int, given: argparse.Namespace, seconds: float) -> Answers:
    return await asyncio.to_thread(beats.send, port, seconds=seconds, pace=given.pace, again=True)


def lay_old(service: Service, some: list[Home], rows: int, when: datetime) -> None:
    with service.database.engine.begin() as connection:
        for start in range(0, rows, _AT_ONCE):
            connection.execute(
                insert(events),
                [
                    _old(n, some[n % len(some)], when)
                    for n in range(start, min(rows, start + _AT_ONCE))
                ],
            )


def _old(n: int, home: Home, when: datetime) -> dict[str, object]:
    return {
        "id": f"{home.household}.{n}",
        "content": f"{n:043}",
        "kit": home.kit,
        "household": home.household,
        "kind": "quiet",
        "epoch": "epoch",
        "seq": n,
        "received": when,
        "jws": _TOKEN,
    }


if __name__ == "__main__":
    sys.exit(main())
