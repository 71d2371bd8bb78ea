"""`python -m benchmarks.relay.power_cuts`: cuts, kills and ends, and the control that must lose.

Needs root, loop devices and the tools of the file systems. Prints one table; exit 1 when anything
promised was lost, or when the unsynced control lost nothing; exit 2 when something is missing here.
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
import tempfile

from benchmarks.relay.district import district_program
from benchmarks.relay.machine import described
from benchmarks.relay.power_cuts import alone, together
from benchmarks.relay.power_cuts.alone import End, Tally, unsynced
from benchmarks.relay.power_cuts.disk import CannotCutError, Kind, check
from benchmarks.relay.power_cuts.together import Verdict, home_program
from tests.relay.support.process import warm
from tests.relay.support.warm import Warm

WRONG, MISSING = 1, 2


@dataclass(frozen=True, kw_only=True)
class Trial:
    name: str
    how: End
    ends: int
    starter: Callable[[], Warm] = warm
    must_lose: bool = False


def main() -> int:
    given = arguments()
    trials = [
        Trial(name="relay", how=End.CUT, ends=given.cuts),
        Trial(name="relay", how=End.KILL, ends=given.kills),
        Trial(name="relay", how=End.TERM, ends=given.terms),
        Trial(name="control, synchronous=NORMAL", how=End.CUT, ends=given.controls,
              starter=unsynced, must_lose=True),
        Trial(name="control, synchronous=NORMAL", how=End.KILL, ends=given.controls,
              starter=unsynced),
    ]  # fmt: skip
    wrong = missing = False
    print(described())
    print()
    print(
        "| disk | program | end | ends | with a commit under way | kept | lost | ends with a loss |"
    )
    print("|---|---|---|--:|--:|--:|--:|--:|")
    try:
        for kind in given.disks:
            try:
                wrong |= all_of(trials, kind, given)
            except CannotCutError as error:
                missing = True
                print(f"No power can be cut on {kind}: {error}.", file=sys.stderr)
    finally:
        for program in (warm, unsynced, district_program, home_program):
            if program.cache_info().currsize:
                program().close()
    return WRONG if wrong else MISSING if missing else 0


def all_of(trials: Sequence[Trial], kind: Kind, given: argparse.Namespace) -> bool:
    check(kind)
    wrong = [tried(trial, kind, given.seed) for trial in trials]
    return any([*wrong, all_three(given.together, kind, given.seed)])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=160, help="power cuts of each disk")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--terms", type=int, default=25)
    parser.add_argument("--controls", type=int, default=15)
    parser.add_argument("--together", type=int, default=26, help="cuts of home, relay and district")
    parser.add_argument("--disks", type=Kind, nargs="+", default=list(Kind))
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def tried(trial: Trial, kind: Kind, seed: int) -> bool:
    if not trial.ends:
        return False
    with tempfile.TemporaryDirectory() as folder:
        tally = asyncio.run(
            alone.measured(trial.how, trial.ends, kind=kind, folder=Path(folder), seed=seed,
                           starter=trial.starter)
        )  # fmt: skip
    print(row(trial, kind, tally), flush=True)
    as_expected = (tally.lost > 0) is trial.must_lose and not tally.signed_twice
    return not as_expected


def row(trial: Trial, kind: Kind, tally: Tally) -> str:
    return (
        f"| {kind} | {trial.name} | {trial.how} | {tally.ends} | {tally.under_way} "
        f"| {tally.kept} | {tally.lost} | {tally.ends_with_loss} |"
    )


def all_three(cuts: int, kind: Kind, seed: int) -> bool:
    if not cuts:
        return False
    with tempfile.TemporaryDirectory() as folder:
        verdict: Verdict = asyncio.run(
            together.measured(cuts, kind=kind, folder=Path(folder), seed=seed)
        )
    print(f"| {kind} | home + relay + district | {End.CUT} | {verdict.cuts} | | {verdict.promised} "
          f"| {verdict.lost} | {verdict.second_cases} second cases of {verdict.episodes} |",
          flush=True)  # fmt: skip
    return verdict.wrong


if __name__ == "__main__":
    sys.exit(main())
