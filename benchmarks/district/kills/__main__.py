"""`python -m benchmarks.district.kills`: kill -9 in mid-load, and what was acknowledged is there.

With `--postgresql` two workers share one database and one of them is killed each time, while the
other goes on. Prints one row; exit 1 when anything acknowledged was lost or a home has two cases.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
import random
import sys
import tempfile

from benchmarks.district.programs import headline
from tests.district.conftest import installed
from tests.district.support.kit import Json, Kit
from tests.district.support.postgres import Postgres
from tests.district.support.process import DistrictProcess, until
from tests.district.test_crashes import Sender, at_console

_AT_ONCE = 100


def main() -> int:
    given = arguments()
    kind = "two workers on PostgreSQL" if given.postgresql else "SQLite"
    print(headline(f"{given.kills} kills of a district with {given.homes} homes, {kind}"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workers = started(folder, given, stack)
        kits = [installed(workers[0], at_console(workers[0])) for _ in range(given.homes)]
        kept: list[tuple[Kit, Json]] = []
        lost = 0
        chance = random.Random(given.seed)
        for number in range(given.kills):
            said = lived_through(workers, kits, number, chance)
            lost += missing(workers[0], said[-_AT_ONCE:])
            kept += said
        lost = max(lost, missing(workers[0], kept))
        second = second_cases(workers[0], kits)
    print("| kills | acknowledged | lost | homes with a second case |")
    print("|--:|--:|--:|--:|")
    print(f"| {given.kills} | {len(kept)} | {lost} | {second} |")
    return 1 if lost or second else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--homes", type=int, default=4)
    parser.add_argument("--postgresql", action="store_true", help="two workers on a server")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def started(folder: Path, given: argparse.Namespace, stack: ExitStack) -> Sequence[DistrictProcess]:
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
    return workers


def lived_through(
    workers: Sequence[DistrictProcess], kits: Sequence[Kit], number: int, chance: random.Random
) -> list[tuple[Kit, Json]]:
    """What was acknowledged until one was killed. The others' senders go on until they are let."""
    senders = []
    for place, kit in enumerate(kits):
        kit.client = workers[(place + number) % len(workers)].client()
        senders.append(Sender(kit, most=400))
        senders[-1].start()
    until(lambda: all(sender.acknowledged for sender in senders), what="a first acknowledgement")
    senders[0].join(chance.uniform(0.0, 0.3))
    victim = workers[number % len(workers)]
    victim.kill()
    for sender in senders:
        sender.join(60)
    victim.start_cold()
    for kit in kits:
        kit.client = workers[0].client()
    return [(sender.kit, event) for sender in senders for event in sender.acknowledged]


def missing(worker: DistrictProcess, said: Sequence[tuple[Kit, Json]]) -> int:
    """Acknowledged, and not known when it is said again."""
    lost = 0
    by_kit: dict[str, list[tuple[Kit, Json]]] = {}
    for kit, event in said:
        by_kit.setdefault(kit.id, []).append((kit, event))
    for words in by_kit.values():
        kit = words[0][0]
        kit.client = worker.client()
        for start in range(0, len(words), _AT_ONCE):
            sent = kit.send(*(event for _, event in words[start : start + _AT_ONCE]))
            lost += sum(one.status != "repeat" for one in sent)
    return lost


def second_cases(worker: DistrictProcess, kits: Sequence[Kit]) -> int:
    board = at_console(worker).board()
    return sum(sum(kit.household in case.text for case in board) != 1 for kit in kits)


if __name__ == "__main__":
    sys.exit(main())
