"""`python -m benchmarks.district.takeover`: until another worker listens at the broker.

Two workers on one PostgreSQL, and a real Mosquitto. The one that listens is killed, or it hangs as
on a machine that stands still; from then until the other listens. Prints one row for each way.
"""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import ExitStack
import os
from pathlib import Path
import signal
from statistics import median
import sys
import tempfile
import time

from benchmarks.district.programs import headline
from tests.district.support.postgres import Postgres
from tests.district.support.process import DistrictProcess, until
from tests.relay.support.mosquitto import PASSWORD, Mosquitto

_LOOKS_EVERY_S = 4.0
_LISTENS = '"what":"listening at the broker"'


def main() -> int:
    given = arguments()
    print(headline(f"{given.rounds} rounds of each, two workers on PostgreSQL"))
    print("| the worker at the broker | another listens after (median) | slowest |")
    print("|---|--:|--:|")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = Mosquitto(folder / "broker", None)
        asyncio.run(broker.open())
        stack.callback(lambda: asyncio.run(broker.close()))
        server = Postgres.started()
        stack.callback(server.close)
        mqtt = {"url": f"mqtt://127.0.0.1:{broker.port}", "user": "district", "password": PASSWORD}
        workers = made(folder, {"database": server.fresh(), "mqtt": mqtt}, stack)
        for name, way in (("is killed", DistrictProcess.kill), ("hangs", hang)):
            phases = (_LOOKS_EVERY_S * (n + 0.5) / given.rounds for n in range(given.rounds))
            took = sorted(until_another_listens(workers, way, phase) for phase in phases)
            if took:
                print(f"| {name} | {median(took):.1f} s | {took[-1]:.1f} s |")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def made(folder: Path, options: dict[str, object], stack: ExitStack) -> list[DistrictProcess]:
    workers = [DistrictProcess(folder=folder / name, options=options) for name in ("one", "two")]
    workers[0].data.mkdir(parents=True)
    workers[1].folder.mkdir()
    workers[1].data.symlink_to(workers[0].data, target_is_directory=True)
    for worker in workers:
        stack.callback(worker.end)
    return workers


def hang(worker: DistrictProcess) -> None:
    if worker.process is not None:
        os.kill(worker.process.pid, signal.SIGSTOP)


def until_another_listens(
    workers: list[DistrictProcess], end: Callable[[DistrictProcess], None], phase: float
) -> float:
    for worker in workers:
        (worker.folder / "log").unlink(missing_ok=True)
    one, other = workers
    one.start()
    until(lambda: _LISTENS in one.log, what="the first at the broker")
    other.start()
    # the other looks every few seconds: at any moment between two looks, not right after one
    time.sleep(phase)
    end(one)
    began = time.monotonic()
    until(lambda: _LISTENS in other.log, within=60, what="the other at the broker")
    took = time.monotonic() - began
    for worker in workers:
        worker.kill()
    return took


if __name__ == "__main__":
    sys.exit(main())
