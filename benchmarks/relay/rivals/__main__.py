"""`python -m benchmarks.relay.rivals`: the relay and a Mosquitto bridge, by turns in one run.

The disk and the machine change within minutes, so only ratios of the same run count. Ends with
exit 1 when a limit is missed.
"""

import argparse
import asyncio
from dataclasses import dataclass, field
import json
from pathlib import Path
from statistics import median
import sys
import tempfile

from benchmarks.relay.district import district_program
from benchmarks.relay.machine import described, processor_s, sync_ms
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


@dataclass(frozen=True, kw_only=True)
class Found:
    """By rival: acknowledged in a second, ms to the other end, µs of the processor at home."""

    rates: Table = field(default_factory=dict)
    latencies: Table = field(default_factory=dict)
    costs: Table = field(default_factory=dict)
    syncs: list[float] = field(default_factory=list)

    def rated(self, name: str, rate: float, cost: float) -> None:
        self.rates.setdefault(name, []).append(rate)
        self.costs.setdefault(name, []).append(cost)


def main() -> int:
    given = arguments()
    print(described())
    try:
        found = asyncio.run(by_turns(given))
    except NoMosquittoError as error:
        print(f"There is no rival here: {error}.", file=sys.stderr)
        return MISSING
    finally:
        for program in (warm, district_program):
            if program.cache_info().currsize:
                program().close()
    return 1 if shown(found) else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    # TCP holds a small packet back for up to 40 ms, once in a while. A thousand messages take a
    # bridge no longer: whether it met that or not made its rate half or whole.
    parser.add_argument("--messages", type=int, default=10_000, help="of each turn")
    parser.add_argument("--singles", type=int, default=30, help="of each turn, for the time")
    parser.add_argument("--at-once", type=int, default=100, help="not yet acknowledged")
    return parser.parse_args()


async def by_turns(given: argparse.Namespace) -> Found:
    found = Found()
    for turn in range(given.turns):
        with tempfile.TemporaryDirectory() as folder:
            found.syncs.append(sync_ms(Path(folder)))
            for saving in ("durable", "default"):
                await a_bridge(given, Path(folder, saving), saving, found)
            await a_relay(given, Path(folder, "relay"), found)
        print(f"turn {turn + 1} of {given.turns} done", file=sys.stderr)
    return found


async def a_bridge(given: argparse.Namespace, folder: Path, saving: str, found: Found) -> None:
    payload = json.dumps(said(ALERT, 1, "h-testhome1")).encode()
    name = f"Mosquitto bridge, {saving}"
    async with bridge(folder, saving, payload, given.at_once) as both:
        before = processor_s(both.pid)
        rate = await asyncio.to_thread(both.rate, given.messages)
        found.rated(name, rate, each_us(processor_s(both.pid) - before, given.messages))
        for _ in range(given.singles):
            taken = await asyncio.to_thread(both.latency_ms)
            found.latencies.setdefault(name, []).append(taken)


async def a_relay(given: argparse.Namespace, folder: Path, found: Found) -> None:
    async with ours(folder) as home:
        for _ in range(given.singles):
            found.latencies.setdefault(ALONE, []).append(await home.latency_ms())
        for name, together in ((ALONE, 1), (BATCHED, TOGETHER)):
            before = processor_s(home.relay.pid)
            rate = await home.rate(given.messages, at_once=given.at_once, together=together)
            cost = each_us(processor_s(home.relay.pid) - before, given.messages)
            found.rated(name, rate, cost)
            await home.relay.nothing_waits()


def each_us(seconds: float, count: int) -> float:
    return seconds / count * 1_000_000


def shown(found: Found) -> bool:
    rates = {name: median(values) for name, values in found.rates.items()}
    sync = median(found.syncs)
    durable, default = (rates[f"Mosquitto bridge, {saving}"] for saving in ("durable", "default"))
    print()
    print("| | turns | acknowledged/s (median) | of the durable bridge | of the default one "
          "| processor at home, each | to the other end (median) |")  # fmt: skip
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, rate in rates.items():
        times = found.latencies.get(name)
        arrived = f"{median(times):.1f} ms" if times else ""
        cost = median(found.costs[name])
        print(f"| {name} | {len(found.rates[name])} | {rate:.0f} | {rate / durable:.1f} "
              f"| {rate / default:.2f} | {cost:.0f} µs | {arrived} |")  # fmt: skip
    limit = 3 * sync + 3
    print(f"\nOne fsync between the turns: {sync:.2f} ms; 3 of them and 3 ms are {limit:.1f} ms.")
    best = max(rates[ALONE], rates[BATCHED])
    slow = best < DURABLE * durable or best < DEFAULT * default
    return slow or median(found.latencies[ALONE]) > limit


if __name__ == "__main__":
    sys.exit(main())
