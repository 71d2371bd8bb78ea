"""`python -m benchmarks.relay.footprint`: memory, processor, card. Exit 1: a limit is missed."""

import argparse
import asyncio
from pathlib import Path
import sys
import tempfile

from benchmarks.relay.footprint import days
from benchmarks.relay.footprint.days import ALERTS_OF_A_DAY, ALERTS_OFFLINE, WEEK
from benchmarks.relay.machine import described
from tests.relay.support.process import warm

RESIDENT_MB, GROWTH_MB = 75.0, 3.0
IDLE_PERCENT, WRITTEN_MB, OFFLINE_MB = 0.2, 2.0, 2.0
MONTH = 30


def main() -> int:
    given = arguments()
    print(described())
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(
                days.measured(Path(folder), idle_s=given.idle, days=WEEK, share=given.share)
            )
            found.offline_mb = asyncio.run(
                days.offline(Path(folder), days=MONTH, share=given.share)
            )
            found.everything_mb = asyncio.run(days.everything(Path(folder)))
    finally:
        if warm.cache_info().currsize:
            warm().close()
    first, *rest = found.resident_mb
    rows = [
        ("memory after the start (RSS)", first, RESIDENT_MB, "MB"),
        ("memory, most in a week", max(rest), RESIDENT_MB, "MB"),
        ("memory, from the first day to the last", rest[-1] - rest[0], GROWTH_MB, "MB"),
        ("memory with centre, broker, page", found.everything_mb, RESIDENT_MB, "MB"),
        (f"processor, idle for {given.idle:.0f} s", found.idle_percent, IDLE_PERCENT, "%"),
        ("processor, the container's check each minute", found.check_percent, IDLE_PERCENT, "%"),
        (f"written in a day with {ALERTS_OF_A_DAY} alerts", max(found.written_mb), WRITTEN_MB,
         "MB"),
        (f"outbox after {MONTH} days offline, {ALERTS_OFFLINE} alerts", found.offline_mb,
         OFFLINE_MB, "MB"),
    ]  # fmt: skip
    print()
    print("| | measured | limit |")
    print("|---|--:|--:|")
    for name, value, limit, unit in rows:
        print(f"| {name} | {value:.2f} {unit} | {limit:g} {unit} |")
    return 1 if any(value > limit for _, value, limit, _ in rows) else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=float, default=120, help="seconds")
    parser.add_argument("--share", type=float, default=1.0, help="of a day's traffic that is sent")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
