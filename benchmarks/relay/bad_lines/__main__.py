"""`python -m benchmarks.relay.bad_lines`: each fault of a line many times, then loss and clocks.

The faults are those of a small proxy. Lost packets are the kernel's own, in network namespaces of
their own (root, `ip` and `nft`; where they are missing it is said). Ends with exit 1 when something
was lost, was new twice or came late.
"""

import argparse
import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
import sys
import tempfile

from benchmarks.relay.bad_lines import clocks, faults
from benchmarks.relay.bad_lines.faults import Found
from benchmarks.relay.bad_lines.loss import LossyLine, NoLossError
from benchmarks.relay.figures import percentile
from benchmarks.relay.machine import described
from tests.relay.support.bad_line import Fault
from tests.relay.support.process import warm

MISSING = 2
type Trial = Callable[..., Coroutine[None, None, Found]]


def main() -> int:
    given = arguments()
    print(described())
    print()
    print("| fault | times | lost | new twice | p50 | p95 | max | limit (p95) |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    try:
        wrong = [line(fault, given) for fault in given.faults]
        wrong += [clock(name, given) for name in clocks.CLOCKS if given.clocks]
        missing = bool(given.lossy or given.swallowed) and lossy(given, wrong)
    finally:
        if warm.cache_info().currsize:
            warm().close()
    return 1 if any(wrong) else MISSING if missing else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    every = [fault for fault in Fault if fault is not Fault.NONE]
    parser.add_argument("--times", type=int, default=20, help="that each fault happens")
    parser.add_argument("--faults", type=Fault, nargs="*", default=every)
    parser.add_argument("--clocks", type=int, default=3, help="times that each clock is wrong")
    parser.add_argument("--lossy", type=int, default=20, help="alerts over a line that loses 10 %%")
    parser.add_argument("--swallowed", type=int, default=20, help="times that all packets are lost")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def line(fault: Fault, given: argparse.Namespace) -> bool:
    found = tried(
        lambda folder: faults.measured(fault, given.times, folder=folder, seed=given.seed)
    )
    return shown(faults.name_of(fault), found, faults.limit_s(fault))


def clock(name: str, given: argparse.Namespace) -> bool:
    found = tried(lambda folder: clocks.measured(name, given.clocks, folder=folder))
    return shown(f"clock: {name}", found, clocks.LIMIT_S)


def lossy(given: argparse.Namespace, wrong: list[bool]) -> bool:
    try:
        with LossyLine() as apart:
            for name, trial in trials(apart, given):
                wrong.append(shown(name, tried(trial), faults.MENDED_S))
    except NoLossError as error:
        print(f"No packets can be lost here: {error}.", file=sys.stderr)
        return True
    return False


def trials(apart: LossyLine, given: argparse.Namespace) -> Iterator[tuple[str, Trial]]:
    if given.lossy:
        yield "10 % of packets lost", partial(apart.measured, given.lossy)
    if given.swallowed:
        all_ = partial(apart.swallowed, given.swallowed, seed=given.seed)
        yield "all packets lost for up to 6 s", all_


def tried(trial: Trial) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(trial(folder=Path(folder)))


def shown(name: str, found: Found, limit_s: float) -> bool:
    p95 = percentile(found.seconds, 95)
    print(
        f"| {name} | {len(found.seconds)} | {found.lost} | {found.new_twice} "
        f"| {percentile(found.seconds, 50):.1f} s | {p95:.1f} s | {max(found.seconds):.1f} s "
        f"| {limit_s:.0f} s |",
        flush=True,
    )
    return bool(found.lost or found.new_twice) or p95 > limit_s


if __name__ == "__main__":
    sys.exit(main())
