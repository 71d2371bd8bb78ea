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


def test_groups_that_wait_run_beside_the_others_and_no_group_twice() -> None:
    lanes = run_tests.lanes_of([])
    assert [{group.lane for group, _ in lane} for lane in lanes] == [
        {run_tests.Lane.WORKS},
        {run_tests.Lane.WAITS},
    ]
    assert [group for lane in lanes for group, _ in lane] == list(run_tests.GROUPS)


def test_both_lanes_are_counted_and_their_lines_do_not_mix() -> None:
    wanted = ("tests/scripts/test_apt_sources.py", "tests/journey/test_stage.py")
    done = subprocess.run(
        [*RUN, *wanted, "-k", "notation or morning"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("===== 3 passed in ")
    for group in ("scripts", "journey"):
        told = done.stdout.split(f"──── {group}\n")[1].split("────")[0]
        assert "test session starts" in told
        assert " passed" in told


def test_a_lane_begins_nothing_more_once_a_group_has_failed() -> None:
    run = run_tests.Run(options=[], lenient=True, shown_whole=False)
    run.failed.set()
    run.lane([(group, ["tests/none"]) for group in run_tests.GROUPS])
    assert not run.counted


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


RELAY = next(group for group in run_tests.GROUPS if group.name == "relay")


def test_a_whole_group_is_shared_by_several_processes() -> None:
    assert RELAY.shared(["tests/relay", "-q"]) == ["-n", "3", "--dist=loadfile"]


@pytest.mark.parametrize(
    "arguments",
    [["tests/relay/test_cut.py"], ["tests/relay", "-k", "cut"], ["tests/relay", "-n0"]],
    ids=" ".join,
)
def test_a_part_of_it_or_what_a_person_looks_into_is_run_by_one(arguments: list[str]) -> None:
    assert RELAY.shared(arguments) == []


def test_the_lane_that_works_stands_back_behind_the_one_that_waits() -> None:
    lanes = {group.lane: group.command([])[0] for group in run_tests.GROUPS}
    assert lanes[run_tests.Lane.WORKS] == "nice"
    assert lanes[run_tests.Lane.WAITS] == sys.executable
