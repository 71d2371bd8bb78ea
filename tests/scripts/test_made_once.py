"""An interrupted or concurrent run never leaves half an environment that passes for whole."""

from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import signal
import subprocess
import sys
import threading
import time

import pytest

from environment.once import forget_unused, is_complete, made_once

LIBRARY = Path(__file__).parents[2] / "scripts/lib"
MONTH_S = 31 * 24 * 3600


class PowerCutError(Exception):
    """Stands for whatever ends a run in the middle."""


def fill(folder: Path) -> None:
    (folder / "whole").touch()


def break_off(folder: Path) -> None:
    (folder / "half").touch()
    raise PowerCutError


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    made_once(tmp_path / "thing", fill)
    assert made_once(tmp_path / "thing", break_off) == tmp_path / "thing"


def test_a_run_that_broke_off_leaves_nothing_that_counts(tmp_path: Path) -> None:
    with pytest.raises(PowerCutError):
        made_once(tmp_path / "thing", break_off)
    assert not is_complete(tmp_path / "thing")


def test_the_next_run_begins_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(PowerCutError):
        made_once(tmp_path / "thing", break_off)
    made_once(tmp_path / "thing", fill)
    assert is_complete(tmp_path / "thing")
    assert not (tmp_path / "thing/half").exists()


def test_of_two_runs_at_once_one_makes_it_and_both_have_it(tmp_path: Path) -> None:
    both_are_here = threading.Barrier(2)
    makers = []

    def make(folder: Path) -> None:
        makers.append(folder)
        fill(folder)

    def run() -> Path:
        both_are_here.wait(timeout=10)
        return made_once(tmp_path / "thing", make)

    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(run) for _ in range(2)]
    assert {run.result() for run in runs} == {tmp_path / "thing"}
    assert len(makers) == 1


KILLED_WHILE_A_PROGRAM_WRITES = """
import os, signal, sys
from pathlib import Path
from environment.commands import output_of
from environment.once import made_once

def make(folder):
    output_of(["sh", "-c", f"kill -9 {os.getpid()}; sleep 2; touch {folder}/late"], do="")

made_once(Path(sys.argv[1]), make)
"""


def test_what_a_killed_run_left_running_ends_before_the_next_run_begins(tmp_path: Path) -> None:
    script: list[str | Path] = ["-c", KILLED_WHILE_A_PROGRAM_WRITES, tmp_path / "thing"]
    killed = subprocess.run([sys.executable, *script], cwd=LIBRARY, check=False)
    assert killed.returncode == -signal.SIGKILL
    made_once(tmp_path / "thing", fill)
    assert sorted(file.name for file in (tmp_path / "thing").iterdir()) == [".complete", "whole"]


def test_an_environment_nobody_asked_for_in_a_month_makes_room(tmp_path: Path) -> None:
    old, new, current = (made_once(tmp_path / f"e-{name}", fill) for name in ("old", "new", "now"))
    long_ago = time.time() - MONTH_S
    for folder in (old, current):
        os.utime(folder / ".complete", (long_ago, long_ago))
    forget_unused(tmp_path, pattern="e-*", days=30, keep=current)
    assert (old.exists(), new.exists(), current.exists()) == (False, True, True)
