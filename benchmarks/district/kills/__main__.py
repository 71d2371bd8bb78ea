"""`python -m benchmarks.district.kills`: ended in mid-load, and what was acknowledged is there.

By kill -9; with `--power` the disk under SQLite loses what was not synced (root, loop devices and
the file system's tools), and with `--unsynced` as well it is a district that does not sync: the
control, which must lose. With `--postgresql` two workers share one database and one of them is
killed each time, while the other goes on. Prints one row; exit 1 when anything acknowledged was
lost or a home has two cases, or when the control lost nothing; exit 2 when no power can be cut.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
import functools
from pathlib import Path
import random
import sys
import tempfile

from benchmarks.district.kills.endings import Ending, Killed, PowerCut
from benchmarks.district.programs import headline
from benchmarks.relay.power_cuts.disk import CannotCutError, Kind
from tests.district.conftest import installed
from tests.district.support.kit import Json, Kit
from tests.district.support.postgres import Postgres
from tests.district.support.process import SOURCE, DistrictProcess, until, warm
from tests.district.test_crashes import at_console
from tests.relay.support.warm import Warm

_AT_ONCE = 100
_WRONG, _MISSING = 1, 2

type Word = tuple[Kit, Json]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`lost`: acknowledged before an end, and not known after it."""

    ends: int
    acknowledged: int
    lost: int
    second_cases: int


def main() -> int:
    given = arguments()
    print(headline(f"{given.kills} ends of a district with {given.homes} homes, {kind_of(given)}"))
    try:
        with ExitStack() as stack:
            verdict = tried(given, stack)
    except CannotCutError as error:
        print(f"No power can be cut: {error}.", file=sys.stderr)
        return _MISSING
    print("| ends | acknowledged | lost | homes with a second case |")
    print("|--:|--:|--:|--:|")
    print(f"| {verdict.ends} | {verdict.acknowledged} | {verdict.lost} | {verdict.second_cases} |")
    if given.unsynced:
        return 0 if verdict.lost else _WRONG
    return _WRONG if verdict.lost or verdict.second_cases else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="how often it ends")
    parser.add_argument("--homes", type=int, default=4)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--postgresql", action="store_true", help="two workers on a server")
    how.add_argument("--power", type=Kind, choices=list(Kind), help="cut it, on such a disk")
    parser.add_argument("--unsynced", action="store_true", help="the control of --power")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.unsynced and not given.power:
        parser.error("--unsynced needs --power: kill -9 takes nothing from it")
    return given


def kind_of(given: argparse.Namespace) -> str:
    if given.postgresql:
        return "kill -9 of one of two workers on PostgreSQL"
    if not given.power:
        return "kill -9, SQLite"
    program = "control that does not sync" if given.unsynced else "SQLite"
    return f"power cut of {given.power}, {program}"


def tried(given: argparse.Namespace, stack: ExitStack) -> Verdict:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    workers, ending = started(folder, given, stack)
    kits = [installed(workers[0], at_console(workers[0])) for _ in range(given.homes)]
    kept: list[Word] = []
    lost: set[str] = set()
    ends, chance = 0, random.Random(given.seed)
    # of the control homes and kits may be lost as well: one loss is enough
    while ends < given.kills and not (lost and given.unsynced):
        said = lived_through(workers, kits, (ends, ending), chance)
        ends += 1
        lost |= missing(workers[0], said if given.power else said[-_AT_ONCE:])
        kept += said
    lost |= missing(workers[0], kept)
    second = second_cases(workers[0], kits)
    return Verdict(ends=ends, acknowledged=len(kept), lost=len(lost), second_cases=second)


@functools.cache
def unsynced() -> Warm:
    root = Path(__file__).parents[3]
    return Warm(SOURCE, root, module="benchmarks.district.kills.unsynced")


def started(
    folder: Path, given: argparse.Namespace, stack: ExitStack
) -> tuple[Sequence[DistrictProcess], Ending]:
    if given.power:
        starter: Callable[[], Warm] = unsynced if given.unsynced else warm
        district = DistrictProcess(folder=folder / "0", starter=starter)
        cut = PowerCut.under(district, given.power, stack)
        stack.callback(district.end)
        district.start()
        return [district], cut
    options = {}
    if given.postgresql:
        server = Postgres.started()
        stack.callback(server.close)
        options = {"database": server.fresh()}
    workers = [
        DistrictProcess(folder=folder / str(number), options=options)
        for number in range(2 if given.postgresql else 1)
    ]
    (folder / "0" / "data").mkdir(parents=True)
    for number, worker in enumerate(workers):
        if number:
            worker.folder.mkdir()
            worker.data.symlink_to(workers[0].data, target_is_directory=True)
        stack.callback(worker.end)
        worker.start_cold()
    return workers, Killed()


def lived_through(
    workers: Sequence[DistrictProcess],
    kits: Sequence[Kit],
    round_: tuple[int, Ending],
    chance: random.Random,
) -> list[Word]:
    """What was acknowledged until one ended. The others' senders go on until they are let."""
    number, ending = round_
    senders = []
    for place, kit in enumerate(kits):
        kit.client = workers[(place + number) % len(workers)].client()
        senders.append(ending.sender(kit))
        senders[-1].start()
    until(lambda: all(sender.acknowledged for sender in senders), what="a first acknowledgement")
    senders[0].join(chance.uniform(0.0, 0.3))
    victim = workers[number % len(workers)]
    ending.end(victim)
    for sender in senders:
        sender.join(60)
    ending.start(victim)
    for kit in kits:
        kit.client = workers[0].client()
    return [(sender.kit, event) for sender in senders for event in sender.acknowledged]


def missing(worker: DistrictProcess, said: Sequence[Word]) -> set[str]:
    """Acknowledged, and not known when it is said again: from then on it is."""
    lost: set[str] = set()
    by_kit: dict[str, list[Word]] = {}
    for kit, event in said:
        by_kit.setdefault(kit.id, []).append((kit, event))
    for words in by_kit.values():
        kit = words[0][0]
        kit.client = worker.client()
        for start in range(0, len(words), _AT_ONCE):
            some = [event for _, event in words[start : start + _AT_ONCE]]
            sent = kit.send(*some)
            lost |= {
                event["id"] for event, one in zip(some, sent, strict=True) if one.status != "repeat"
            }
    return lost


def second_cases(worker: DistrictProcess, kits: Sequence[Kit]) -> int:
    board = at_console(worker).board()
    return sum(sum(kit.household in case.text for case in board) != 1 for kit in kits)


if __name__ == "__main__":
    sys.exit(main())
