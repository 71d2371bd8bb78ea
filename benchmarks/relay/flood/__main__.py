"""`python -m benchmarks.relay.flood`: how soon Help is at the district, calm and under a flood.

Ends with exit 1 when a call is lost or comes late.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import subprocess
import sys
import tempfile

from benchmarks.relay.district import ROOT, district_program
from benchmarks.relay.figures import percentile
from benchmarks.relay.machine import described
from benchmarks.relay.messages import HELP
from benchmarks.relay.rivals.ours import Ours, ours
from tests.relay.support.process import warm

HELP_MS = 2000.0
PAUSE_S = 0.05


def main() -> int:
    given = arguments()
    print(described())
    try:
        with tempfile.TemporaryDirectory() as folder:
            calm, flooded = asyncio.run(both(given, Path(folder)))
    finally:
        for program in (warm, district_program):
            if program.cache_info().currsize:
                program().close()
    print()
    print("| Help, from the button to the district | calls | p50 | p99 | max |")
    print("|---|--:|--:|--:|--:|")
    for name, times in (("calm", calm), (f"flooded by {4 * given.each} talkers", flooded)):
        print(f"| {name} | {len(times)} | {percentile(times, 50):.0f} ms "
              f"| {percentile(times, 99):.0f} ms | {max(times):.0f} ms |")  # fmt: skip
    return 1 if percentile(flooded, 99) > HELP_MS else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--each", type=int, default=4, help="talkers of each of four kinds")
    return parser.parse_args()


async def both(given: argparse.Namespace, folder: Path) -> tuple[list[float], list[float]]:
    """A call that is lost raises."""
    async with ours(folder) as home:
        calm = await calls(home, given.calls)
        with flooded(home, given.each):
            return calm, await calls(home, given.calls)


async def calls(home: Ours, count: int) -> list[float]:
    times = []
    for _ in range(count):
        times.append(await home.latency_ms(HELP))
        await asyncio.sleep(PAUSE_S)
    return times


@contextmanager
def flooded(home: Ours, each: int) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.relay.flood.flooder", "--each", str(each)]
    command += ["--relay", str(home.relay.port), "--district", str(home.district.port)]
    command += ["--household", home.household]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
