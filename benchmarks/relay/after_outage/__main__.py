"""`python -m benchmarks.relay.after_outage`: what comes first when the line is back, and how soon.

Two tables: one relay with a thousand alerts waiting and a call for help; many relays at once. Ends
with exit 1 when a limit is missed.
"""

import argparse
import asyncio
from pathlib import Path
import sys
import tempfile

from benchmarks.relay.after_outage import fleet as fleets, overtaking
from benchmarks.relay.after_outage.fleet import Fleet, Returned
from benchmarks.relay.after_outage.overtaking import Moment, Overtaken
from benchmarks.relay.district import district_program
from benchmarks.relay.figures import percentile
from benchmarks.relay.machine import described
from tests.relay.support.process import warm

HELP_MS = 100.0
ALL_S = 30.0
# While an alert waits, a relay tries again after so many seconds at most.
PAUSE_S = 4.0


def main() -> int:
    given = arguments()
    print(described())
    try:
        missed = (overtaken(given) if given.rounds else False) | (
            returned(given) if given.relays else False
        )
    finally:
        for program in (warm, district_program):
            if program.cache_info().currsize:
                program().close()
    return 1 if missed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="outages of the one relay")
    parser.add_argument("--waiting", type=int, default=1000, help="alerts that wait in each")
    parser.add_argument("--relays", type=int, default=4000, help="that return at once")
    parser.add_argument("--alerts", type=int, default=2, help="that wait at each")
    parser.add_argument("--calling", type=float, default=0.05, help="share that calls for help")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def overtaken(given: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(
            overtaking.measured(given.rounds, waiting=given.waiting, folder=Path(folder))
        )
    print()
    print("| help is called | outages | p50 | p99 | max | alerts overtaken (median) "
          "| all alerts there (p50) |")  # fmt: skip
    print("|---|--:|--:|--:|--:|--:|--:|")
    for moment, measured in found.items():
        print(row(moment, measured), flush=True)
    return any(percentile(measured.help_ms, 99) > HELP_MS for measured in found.values())


def row(moment: Moment, measured: Overtaken) -> str:
    helped = measured.help_ms
    return (
        f"| {moment} | {len(helped)} | {percentile(helped, 50):.0f} ms "
        f"| {percentile(helped, 99):.0f} ms | {max(helped):.0f} ms "
        f"| {percentile(measured.overtaken, 50)} | {percentile(measured.alerts_ms, 50):.0f} ms |"
    )


def returned(given: argparse.Namespace) -> bool:
    print()
    print("| relays | first tries within | alerts | all there after | p50 | calls for help | p50 "
          "| p99 | last | alerts before the last call | requests "
          "| processor time of the district | of the relays |")  # fmt: skip
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    last = []
    for spread in (PAUSE_S, 0.0):
        fleet = Fleet(
            relays=given.relays, alerts=given.alerts, calling=given.calling, spread=spread
        )
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(fleets.measured(fleet, Path(folder), seed=given.seed))
        last.append(max(found.alerts_s))
        print(fleet_row(fleet, found), flush=True)
    return max(last) > ALL_S


def fleet_row(fleet: Fleet, found: Returned) -> str:
    alerts, helped = found.alerts_s, found.help_s
    return (
        f"| {fleet.relays} | {fleet.spread:.0f} s | {len(alerts)} | {max(alerts):.1f} s "
        f"| {percentile(alerts, 50):.1f} s | {len(helped)} | {percentile(helped, 50):.1f} s "
        f"| {percentile(helped, 99):.1f} s | {max(helped):.1f} s "
        f"| {found.alerts_before_the_last_call:.0%} | {found.requests} "
        f"| {found.district_s:.1f} s | {found.relays_s:.1f} s |"
    )


if __name__ == "__main__":
    sys.exit(main())
