"""Runs the tests group by group, each in a process of its own; `scripts/test` starts it.

Home Assistant's test plugin takes hold of sockets, event loop and clock of its whole process,
so only the group that needs it gets it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import signal
import subprocess
import sys
import tempfile
import time
from typing import Final
import xml.etree.ElementTree as ET

CHECKOUT = Path(__file__).resolve().parents[2]
NOTHING_COLLECTED: Final = 5
WORDS: Final = ("failed", "passed", "skipped", "error")


@dataclass(frozen=True, kw_only=True)
class Group:
    """A folder below tests/, how long one test may take, and whether it lives in HA's harness."""

    name: str
    timeout_s: int = 180
    inside_home_assistant: bool = False

    def options(self) -> list[str]:
        harness = [] if self.inside_home_assistant else ["-p", "no:homeassistant"]
        return [*harness, f"--timeout={self.timeout_s}"]


# what fails quickly comes first
GROUPS = (
    Group(name="logic"),
    Group(name="contract"),
    Group(name="scripts"),
    Group(name="relay"),
    Group(name="district"),
    Group(name="integration", inside_home_assistant=True),
    Group(name="journey", timeout_s=300),
    Group(name="browser", timeout_s=300),
)


def main(arguments: Sequence[str]) -> int:
    unknown = folders_nobody_runs(CHECKOUT / "tests")
    if unknown:
        print(f"tests/{unknown[0]} is in no group: name it in scripts/lib/run_tests.py")
        return 1
    paths, options = split_arguments(arguments)
    counted: Counter[str] = Counter()
    began = time.monotonic()
    for group in GROUPS:
        asked = [path for path in paths if belongs_to(path, group)] if paths else all_of(group)
        if asked:
            failed = run_group(group, [*asked, *options], counted, lenient=bool(arguments))
            if failed:
                break
    print(closing_line(counted, seconds=time.monotonic() - began))
    return int(bool(counted["failed"] or counted["error"]) or not counted.total())


def run_group(
    group: Group, arguments: Sequence[str], counted: Counter[str], *, lenient: bool
) -> bool:
    """Run one group and add up its results; whether it failed.

    A selection may pick nothing in a group; without one, a group without tests is a fault.
    """
    print(f"──── {group.name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", *group.options(), f"--junit-xml={report}"]
        code = subprocess.run([*command, *arguments], cwd=CHECKOUT, check=False).returncode
        results = results_in(report) if report.exists() else Counter(error=1)
    counted.update(results)
    if code < 0:
        print(f"{group.name}: pytest itself was ended by {signal.Signals(-code).name}")
    if code == NOTHING_COLLECTED and lenient:
        return False
    if code != 0 and not (results["failed"] or results["error"]):
        counted["error"] += 1
    return code != 0


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
