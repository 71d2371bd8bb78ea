"""`python -m benchmarks.district.silence`: 100,000 homes overdue at once, a million idle ones.

The real overseer and the real front door in one process; the requests come from another. One home
in a hundred is near its limit: those are cases at once, the others are one outage. The clock is
the machine's.
"""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sys
import tempfile
import time
from typing import Any

from aiohttp import web
import msgspec
from sqlalchemy import func, select

from anshim_district.clock import SystemClock
from anshim_district.options import Options
from anshim_district.server import make_app
from anshim_district.service import Service
from anshim_district.storage.tables import cases, outages, pulses
from benchmarks.district.homes import Home, calls_for_help, heartbeat, homes, live_in, settle
from benchmarks.district.programs import Answers, Requests, answers_of, headline
from benchmarks.district.silence.closed import close_many
from tests.district.support.kit import now_text

_DAY = timedelta(days=1)
_PATIENCE_S = 300
_CALLS_A_SECOND = 2
_CLAIM_MOST_S, _INTAKE_MOST_S, _FIRST_MOST_S, _IDLE_MOST_S = 1.0, 0.5, 1.0, 0.010
_OPTIONS = {
    "district": {"id": "test-gu", "name": "시험구"},
    "admin": {"password": "문을-두드리는-집"},
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    claimed: int
    claim_s: float
    first_case_s: float
    first_outage_s: float
    all_s: float
    cases: int
    outages: int
    intake: Answers
    help: Answers


def main() -> int:
    given = arguments()
    print(headline(f"{given.silent} of {given.silent + given.alive} homes overdue at once, SQLite"))
    good = True
    with tempfile.TemporaryDirectory() as folder:
        seen = asyncio.run(all_at_once(Path(folder), given))
        good &= told(seen, given)
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(idle(Path(folder), given.idle))
        print(f"| a sweep over {given.idle} idle homes | {took * 1000:.2f} ms | 10 ms |")
        good &= took <= _IDLE_MOST_S
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(idle(Path(folder), given.alive, closed=given.closed))
        print(f"| a sweep beside {given.closed} closed cases | {took * 1000:.2f} ms | 10 ms |")
        good &= took <= _IDLE_MOST_S
    return 0 if good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--silent", type=int, default=100_000)
    parser.add_argument("--alive", type=int, default=4_000, help="homes that go on beating")
    parser.add_argument("--dongs", type=int, default=40)
    parser.add_argument("--settle", type=float, default=60, help="seconds")
    parser.add_argument("--after", type=float, default=15, help="seconds of heartbeats after")
    parser.add_argument("--idle", type=int, default=1_000_000)
    parser.add_argument("--closed", type=int, default=200_000, help="cases of three years")
    return parser.parse_args()


def opened(folder: Path, **times: float) -> Service:
    options = msgspec.convert(_OPTIONS | {"times": times}, Options)
    service = Service.put_together(options, folder, SystemClock())
    service.open(folder)
    return service


async def all_at_once(folder: Path, given: argparse.Namespace) -> Seen:
    service = opened(folder, settle_seconds=given.settle)
    everybody = homes(given.silent + given.alive, keys=1)
    silent, alive = everybody[: given.silent], everybody[given.silent :]
    near = [home for home in silent if home.number % 100 == 0]
    far = [home for home in silent if home.number % 100]
    now, soon = datetime.now(UTC), timedelta(seconds=given.silent / 8000)
    engine = service.database.engine
    settle(engine, far, now, due=soon)
    settle(engine, near, now, due=soon, near=True)
    settle(engine, alive, now, due=_DAY)
    live_in(engine, everybody, now, areas=given.dongs)
    return await watched(service, folder, alive, now + soon, given)


async def watched(
    service: Service, folder: Path, alive: list[Home], due: datetime, given: argparse.Namespace
) -> Seen:
    beats = Requests.written(folder / "beats", [heartbeat(home, now_text()) for home in alive])
    many = round(_CALLS_A_SECOND * (given.settle + given.after))
    calls = Requests.written(folder / "calls", calls_for_help(alive, many))
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(make_app(service), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stack.callback(service.database.close)
        await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        seconds, port = given.settle + given.after, runner.addresses[0][1]
        calling = calls.begin(port, seconds=seconds, pace=_CALLS_A_SECOND, lines=8)
        beating = beats.begin(port, seconds=seconds, pace=len(alive) / 60, again=True)
        heard = asyncio.gather(*(asyncio.to_thread(answers_of, one) for one in (beating, calling)))
        began = time.perf_counter()
        claimed, claim_s = await claim(service)
        overseeing = asyncio.create_task(service.overseer.run())
        first_case = asyncio.create_task(since(began, service, has_case))
        first_outage = asyncio.create_task(since(began + given.settle, service, has_outage))
        everybody = asyncio.create_task(since(began + given.settle, service, is_done))
        intake, help_ = await heard
        seen = Seen(
            claimed=claimed,
            claim_s=claim_s,
            first_case_s=await first_case,
            first_outage_s=await first_outage,
            all_s=await everybody,
            cases=await counted(service, select(func.count()).select_from(cases)),
            outages=await counted(service, select(func.count()).select_from(outages)),
            intake=intake,
            help=help_,
        )
        overseeing.cancel()
    return seen


async def claim(service: Service) -> tuple[int, float]:
    """As the overseer does it, through the same writer, until all of it is on the disk."""
    began = time.perf_counter()
    claimed = await service.overseer.claim(datetime.now(UTC))
    return claimed, time.perf_counter() - began


async def counted(service: Service, question: Any) -> int:
    return await service.database.read(lambda connection: connection.scalar(question)) or 0


async def has_case(service: Service) -> bool:
    return bool(await counted(service, select(func.count()).select_from(cases)))


async def has_outage(service: Service) -> bool:
    return bool(await counted(service, select(func.count()).select_from(outages)))


async def is_done(service: Service) -> bool:
    left = select(func.count()).select_from(pulses).where(pulses.c.claimed.is_not(None))
    return not await counted(service, left)


async def since(
    began: float, service: Service, happened: Callable[[Service], Coroutine[Any, Any, bool]]
) -> float:
    async with asyncio.timeout(_PATIENCE_S):
        while not await happened(service):  # noqa: ASYNC110 - what is looked at is on the disk
            await asyncio.sleep(0.02)
    return time.perf_counter() - began


def told(seen: Seen, given: argparse.Namespace) -> bool:
    slow = seen.intake.slowest(0.99)
    print("| | measured | wanted |")
    print("|---|--:|--:|")
    print(f"| {seen.claimed} homes claimed, on the disk | {seen.claim_s:.2f} s | 1 s |")
    print(
        f"| heartbeats meanwhile ({len(seen.intake.took)}), p99 | {slow * 1000:.0f} ms | 500 ms |"
    )
    print(f"| the slowest of them | {seen.intake.slowest(1) * 1000:.0f} ms | |")
    print(
        f"| calls for help meanwhile ({len(seen.help.took)}), the slowest "
        f"| {seen.help.slowest(1) * 1000:.0f} ms | 500 ms |"
    )
    print(f"| first case (near its limit, waits for nobody) | {seen.first_case_s:.2f} s | |")
    print(
        f"| first outage after {given.settle:g} s to settle | {seen.first_outage_s:.2f} s | 1 s |"
    )
    print(f"| every home in a case or an outage, after settling | {seen.all_s:.2f} s | |")
    print(f"| cases, outages | {seen.cases}, {seen.outages} | |")
    return (
        seen.claimed == given.silent
        and seen.claim_s <= _CLAIM_MOST_S
        and max(slow, seen.help.slowest(1)) <= _INTAKE_MOST_S
        and seen.intake.good
        and seen.help.good
        and seen.first_outage_s <= _FIRST_MOST_S
    )


async def idle(folder: Path, many: int, *, closed: int = 0) -> float:
    """The median of ten steps with nothing to do, after the first."""
    service, everybody, now = opened(folder), homes(many, keys=1), datetime.now(UTC)
    settle(service.database.engine, everybody, now, due=_DAY)
    close_many(service.database.engine, everybody, closed, now)
    took = []
    for _ in range(11):
        began = time.perf_counter()
        await service.overseer.step(datetime.now(UTC))
        took.append(time.perf_counter() - began)
    service.database.close()
    return sorted(took[1:])[5]


if __name__ == "__main__":
    sys.exit(main())
