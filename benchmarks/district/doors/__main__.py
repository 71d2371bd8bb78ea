"""`python -m benchmarks.district.doors`: schemathesis asks every operation anything.

Of a real district with a home, as a kit, a carrier, staff and as a stranger: what the served
OpenAPI document and the console's own forms allow, and what they do not. Prints what was answered;
exit 1 when anything was an error of ours, was not as the document says, or is named in the log.
"""

import argparse
from collections import Counter
from contextlib import ExitStack
import json
from pathlib import Path
import sys
import tempfile

from benchmarks.district.programs import headline
from tests.district.support.asking import Asked, ask_anything
from tests.district.support.doors import OPTIONS, PERSONAL, Doors
from tests.district.support.postgres import Postgres
from tests.district.support.process import DistrictProcess


def main() -> int:
    given = arguments()
    kind = "PostgreSQL" if given.postgresql else "SQLite"
    print(headline(f"{given.examples} questions to each operation of a district on {kind}"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        options = dict(OPTIONS)
        if given.postgresql:
            server = Postgres.started()
            stack.callback(server.close)
            options["database"] = server.fresh()
        district = DistrictProcess(folder=folder, options=options)
        stack.callback(district.end)
        district.start()
        doors = Doors.opened(district)
        asked = ask_anything(doors, examples=given.examples, number=given.seed)
        faults = faults_in(district.log, secrets=(doors.kit.token,))
    show(asked, faults)
    return 1 if asked.findings or faults else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=300)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--seed", type=int, default=1, help="the same asks the same")
    return parser.parse_args()


def faults_in(log: str, *, secrets: tuple[str, ...]) -> list[str]:
    """Errors of ours, and what names somebody or lets somebody in."""
    lines = [(line, json.loads(line)) for line in log.splitlines()]
    return [
        line
        for line, read in lines
        if "trace" in read
        or read["level"] in {"error", "critical"}
        or any(word in line for word in (*PERSONAL, *secrets))
    ]


def show(asked: Asked, faults: list[str]) -> None:
    operations: dict[str, Counter[int]] = {}
    for (name, status), many in asked.answers.items():
        operations.setdefault(name, Counter())[status] += many
    print("| operation | asked | answers |")
    print("|---|--:|---|")
    for name, statuses in operations.items():
        told = ", ".join(f"{status}: {many}" for status, many in sorted(statuses.items()))
        print(f"| `{name}` | {statuses.total()} | {told} |")
    print(
        f"\n{asked.total} questions, {len(asked.findings)} findings, {len(faults)} lines in the log"
    )
    for text in (*asked.findings.values(), *faults):
        print(f"\n{text}")


if __name__ == "__main__":
    sys.exit(main())
