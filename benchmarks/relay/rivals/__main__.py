"""`python -m benchmarks.relay.rivals`: the relay and a Mosquitto bridge, by turns in one run.

The disk and the machine change within minutes, so only ratios of the same run count. Ends with
exit 1 when a limit is missed.
"""

import argparse
import asyncio
import json
from pathlib import Path
from statistics import median
import sys
import tempfile

from benchmarks.relay.district import district_program
from benchmarks.relay.machine import described, sync_ms
from benchmarks.relay.messages import ALERT, said
from benchmarks.relay.rivals.bridge import NoMosquittoError, bridge
from benchmarks.relay.rivals.ours import ours
from tests.relay.support.process import warm

MISSING = 2
DURABLE, DEFAULT = 4.0, 0.8
# As many as the contract allows in one request.
TOGETHER = 50
ALONE, BATCHED = "relay, one in a request", f"relay, {TOGETHER} in a request"
type Table = dict[str, list[float]]


def main() -> int:
    given = arguments()
    print(described())
    try:
        rates, latencies, syncs = asyncio.run(by_turns(given))
    except NoMosquittoError as error:
        print(f"There is no rival here: {error}.", file=sys.stderr)
        return MISSING
    finally:
        for program in (warm, district_program):
            if program.cache_info().currsize:
                program().close()
    return 1 if shown(rates, latencies, median(syncs)) else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--messages", type=int, default=1000, help="of each turn")
    parser.add_argument("--singles", type=int, default=30, help="of each turn, for the time")
    parser.add_argument("--at-once", type=int, default=100, help="not yet acknowledged")
    return parser.parse_args()


async def by_turns(given: argparse.Namespace) -> tuple[Table, Table, list[float]]:
    rates: Table = {}
    latencies: Table = {}
    syncs: list[float] = []
    for turn in range(given.turns):
        with tempfile.TemporaryDirectory() as folder:
            syncs.append(sync_ms(Path(folder)))
            for saving in ("durable", "default"):
                await a_bridge(given, Path(folder, saving), saving, rates, latencies)
            await a_relay(given, Path(folder, "relay"), rates, latencies)
        print(f"turn {turn + 1} of {given.turns} done", file=sys.stderr)
    return rates, latencies, syncs


async def a_bridge(
    given: argparse.Namespace, folder: Path, saving: str, rates: Table, latencies: Table
) -> None:
    payload = json.dumps(said(ALERT, 1, "h-testhome1")).encode()
    name = f"Mosquitto bridge, {saving}"
    async with bridge(folder, saving, payload, given.at_once) as both:
        rates.setdefault(name, []).append(await asyncio.to_thread(both.rate, given.messages))
        for _ in range(given.singles):
            taken = await asyncio.to_thread(both.latency_ms)
            latencies.setdefault(name, []).append(taken)


async def a_relay(given: argparse.Namespace, folder: Path, rates: Table, latencies: Table) -> None:
    async with ours(folder) as relay:
        for _ in range(given.singles):
            latencies.setdefault(ALONE, []).append(await relay.latency_ms())
        for name, together in ((ALONE, 1), (BATCHED, TOGETHER)):
            taken = await relay.rate(given.messages, at_once=given.at_once, together=together)
            rates.setdefault(name, []).append(taken)


def shown(rates: Table, latencies: Table, sync: float) -> bool:
    durable, default = (median(rates[f"Mosquitto bridge, {s}"]) for s in ("durable", "default"))
    print()
    print("| | turns | acknowledged/s (median) | of the durable bridge | of the default one "
          "| to the other end (median) |")  # fmt: skip
    print("|---|--:|--:|--:|--:|--:|")
    for name, values in rates.items():
        rate, times = median(values), latencies.get(name)
        arrived = f"{median(times):.1f} ms" if times else ""
        print(f"| {name} | {len(values)} | {rate:.0f} | {rate / durable:.1f} "
              f"| {rate / default:.2f} | {arrived} |")  # fmt: skip
    limit = 3 * sync + 3
    print(f"\nOne fsync between the turns: {sync:.2f} ms; 3 of them and 3 ms are {limit:.1f} ms.")
    best = max(median(rates[ALONE]), median(rates[BATCHED]))
    slow = best < DURABLE * durable or best < DEFAULT * default
    return slow or median(latencies[ALONE]) > limit


if __name__ == "__main__":
    sys.exit(main())
