"""Runs the tests group by group, each in processes of its own; `scripts/test` starts it.

Home Assistant's test plugin takes hold of sockets, event loop and clock of its whole process,
so only the group that needs it gets it. Groups that mostly wait for real programs run in a lane
beside those that keep a processor busy, and before those: what they wait for has clocks that run a
hundred times as fast as time.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from pathlib import Path
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Final
import xml.etree.ElementTree as ET

CHECKOUT = Path(__file__).resolve().parents[2]
NOTHING_COLLECTED: Final = 5
WORDS: Final = ("failed", "passed", "skipped", "error")
# How far the lane that works stands back behind the lane that waits.
YIELDS: Final = 10
# With these of pytest's options somebody looks at one process, or has chosen how many.
ALONE: Final = ("-s", "-k", "-m", "-n", "--pdb", "--trace", "--capture")


class Lane(StrEnum):
    """Groups of one lane run one after the other, both lanes side by side."""

    WORKS = "works"
    WAITS = "waits"


@dataclass(frozen=True, kw_only=True)
class Group:
    """A folder below tests/, how long one test may take, and whether it lives in HA's harness.

    The whole of it is run by several `workers`, file by file, or a street's tests by one of them.
    """

    name: str
    lane: Lane = Lane.WORKS
    timeout_s: int = 180
    inside_home_assistant: bool = False
    workers: int = 1
    one_street: bool = False

    def options(self) -> list[str]:
        harness = [] if self.inside_home_assistant else ["-p", "no:homeassistant"]
        return [*harness, f"--timeout={self.timeout_s}"]

    def command(self, arguments: Sequence[str]) -> list[str]:
        first = ["nice", "-n", str(YIELDS)] if self.lane is Lane.WORKS else []
        return [*first, sys.executable, "-m", "pytest", *self.options(), *self.shared(arguments)]

    def shared(self, arguments: Sequence[str]) -> list[str]:
        """A part of it, or a test that a person looks into, is run by one process."""
        whole = f"tests/{self.name}" in {argument.rstrip("/") for argument in arguments}
        alone = any(argument.startswith(ALONE) for argument in arguments)
        if self.workers == 1 or not whole or alone:
            return []
        return ["-n", str(self.workers), f"--dist={'loadgroup' if self.one_street else 'loadfile'}"]


# what fails quickly comes first; lane by lane
GROUPS = (
    Group(name="logic", workers=2),
    Group(name="contract"),
    Group(name="scripts", workers=2),
    Group(name="relay", workers=3),
    Group(name="district", workers=2),
    Group(name="integration", inside_home_assistant=True, workers=2),
    Group(name="browser", timeout_s=300, workers=2, one_street=True),
    Group(name="journey", lane=Lane.WAITS, timeout_s=300, workers=2, one_street=True),
)


@dataclass(kw_only=True)
class Run:
    """One call of `scripts/test`: what was asked for, and what has come of it so far."""

    options: Sequence[str]
    # A selection may pick nothing in a group; without one, a group without tests is a fault.
    lenient: bool
    # With two lanes a group's output is shown whole when it ends, so that lines do not mix.
    shown_whole: bool
    counted: Counter[str] = field(default_factory=Counter)
    failed: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lane(self, groups: Sequence[tuple[Group, Sequence[str]]]) -> None:
        """Run a lane's groups, up to the first that fails in any lane."""
        for group, paths in groups:
            if self.failed.is_set():
                return
            self._group(group, [*paths, *self.options])

    def _group(self, group: Group, arguments: Sequence[str]) -> None:
        if self.shown_whole and group.lane is Lane.WAITS:
            self._tell(f"──── {group.name} runs beside the others; what it says follows")
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.xml")
            command = [*group.command(arguments), f"--junit-xml={report}", *arguments]
            code = self._pytest(group, command)
            results = results_in(report) if report.exists() else Counter(error=1)
        if code < 0:
            self._tell(f"{group.name}: pytest itself was ended by {signal.Signals(-code).name}")
        if code == NOTHING_COLLECTED and self.lenient:
            code, results = 0, Counter()
        if code != 0 and not (results["failed"] or results["error"]):
            results["error"] += 1
        with self._lock:
            self.counted.update(results)
        if code != 0:
            self.failed.set()

    def _pytest(self, group: Group, command: Sequence[str]) -> int:
        title = f"──── {group.name}"
        if not self.shown_whole:
            self._tell(title)
            return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
        done = subprocess.run(
            command,
            cwd=CHECKOUT,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._tell(f"{title}\n{done.stdout}")
        return done.returncode

    def _tell(self, text: str) -> None:
        with self._lock:
            print(text, flush=True)


def main(arguments: Sequence[str]) -> int:
    unknown = folders_nobody_runs(CHECKOUT / "tests")
    if unknown:
        print(f"tests/{unknown[0]} is in no group: name it in scripts/lib/run_tests.py")
        return 1
    paths, options = split_arguments(arguments)
    lanes = lanes_of(paths)
    run = Run(options=options, lenient=bool(arguments), shown_whole=len(lanes) > 1)
    began = time.monotonic()
    with ThreadPoolExecutor() as pool:
        for lane in [pool.submit(run.lane, groups) for groups in lanes]:
            lane.result()
    print(closing_line(run.counted, seconds=time.monotonic() - began))
    counted = run.counted
    return int(bool(counted["failed"] or counted["error"]) or not counted.total())


def lanes_of(paths: Sequence[str]) -> list[list[tuple[Group, list[str]]]]:
    """The groups that were asked for, each with its paths; a lane with none is left out."""
    asked = [(g, [p for p in paths if belongs_to(p, g)] if paths else all_of(g)) for g in GROUPS]
    wanted = [(group, its) for group, its in asked if its]
    return [list(groups) for _, groups in groupby(wanted, key=lambda pair: pair[0].lane)]


def results_in(report: Path) -> Counter[str]:
    root = ET.parse(report).getroot()  # noqa: S314 - pytest wrote it a moment ago
    suite = next(root.iter("testsuite"))
    failed, error, skipped = (int(suite.get(name, 0)) for name in ("failures", "errors", "skipped"))
    passed = int(suite.get("tests", 0)) - failed - error - skipped
    return Counter(failed=failed, passed=passed, skipped=skipped, error=error)


def closing_line(counted: Counter[str], *, seconds: float) -> str:
    """One line for all groups, in pytest's own words."""
    parts = [f"{counted[word]} {word}" for word in WORDS if counted[word]]
    return f"===== {', '.join(parts) or 'no tests ran'} in {seconds:.2f}s ====="


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Paths below tests/ select groups; all the rest is pytest's own."""
    paths = [word for word in arguments if word.startswith("tests/")]
    return paths, [word for word in arguments if word not in {*paths, "tests"}]


def belongs_to(path: str, group: Group) -> bool:
    return Path(path.split("::", 1)[0]).parts[:2] == ("tests", group.name)


def all_of(group: Group) -> list[str]:
    folder = CHECKOUT / "tests" / group.name
    return [f"tests/{group.name}"] if any(folder.rglob("test_*.py")) else []


def folders_nobody_runs(tests: Path) -> list[str]:
    named = {group.name for group in GROUPS}
    with_tests = {file.relative_to(tests).parts[0] for file in tests.rglob("test_*.py")}
    return sorted(with_tests - named)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
