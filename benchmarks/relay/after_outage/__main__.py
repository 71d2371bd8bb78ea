"""`python -m benchmarks.relay.after_outage`: what comes first when the line is back, and how soon.

Two tables: one relay with a thousand alerts waiting and a call for help; many relays at once. Ends
with exit 1 when a limit is missed.
"""

import argparse
import asyncio
from pathlib import Path
import sys
import tempfile

from benchmarks.relay.after_outage import overtaking
from benchmarks.relay.after_outage.overtaking import Moment, Overtaken
from benchmarks.relay.district import district_program
from benchmarks.relay.figures import percentile
from benchmarks.relay.machine import described
from tests.relay.support.process import warm

HELP_MS = 100.0


def main() -> int:
    given = arguments()
    print(described())
    try:
        missed = overtaken(given)
    finally:
        for program in (warm, district_program):
            if program.cache_info().currsize:
                program().close()
    return 1 if missed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="outages of the one relay")
    parser.add_argument("--waiting", type=int, default=1000, help="alerts that wait in each")
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


if __name__ == "__main__":
    sys.exit(main())
