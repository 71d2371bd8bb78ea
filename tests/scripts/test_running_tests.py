"""`scripts/test` runs group by group, takes pytest's own words, and forgets no folder."""

from collections import Counter
from pathlib import Path
import subprocess
import sys

import pytest

import run_tests

CHECKOUT = Path(__file__).parents[2]
RUN: list[str | Path] = [sys.executable, CHECKOUT / "scripts/lib/run_tests.py"]


def closing(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([*RUN, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()[-1]


def test_a_selection_runs_only_what_was_asked_for() -> None:
    code, line = closing("tests/scripts/test_apt_sources.py", "-k", "notation")
    assert code == 0
    assert line.startswith("===== 2 passed in ")


def test_a_selection_that_picks_nothing_is_no_success() -> None:
    code, line = closing("tests/scripts", "-k", "no_test_is_called_like_this")
    assert code == 1
    assert line.startswith("===== no tests ran in ")


def test_a_run_that_cannot_even_collect_is_an_error() -> None:
    code, line = closing("tests/scripts/test_that_does_not_exist.py")
    assert code == 1
    assert line.startswith("===== 1 error in ")


def test_one_line_adds_up_all_groups() -> None:
    counted = Counter(passed=12, failed=1, skipped=0)
    assert (
        run_tests.closing_line(counted, seconds=3.14159)
        == "===== 1 failed, 12 passed in 3.14s ====="
    )


def test_a_folder_in_no_group_is_noticed(tmp_path: Path) -> None:
    for folder in ("logic", "forgotten"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "test_something.py").touch()
    assert run_tests.folders_nobody_runs(tmp_path) == ["forgotten"]


@pytest.mark.parametrize("group", run_tests.GROUPS, ids=lambda group: group.name)
def test_only_the_integration_tests_run_inside_home_assistants_harness(
    group: run_tests.Group,
) -> None:
    assert ("no:homeassistant" in group.options()) == (group.name != "integration")
