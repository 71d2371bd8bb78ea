"""What the figures of the district come from runs, and says what it measured."""

import subprocess
import sys

import pytest

from tests.district.support.process import environment


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("load", "--homes", "20", "--minutes", "0.02", "--rounds", "0"),
         ("| heartbeats |", "| alerts |", "Processor:")),
        (("silence", "--silent", "60", "--alive", "20", "--settle", "0.5", "--after", "1",
          "--idle", "50", "--closed", "70"),
         ("| 60 homes claimed", "| first outage", "| a sweep over 50 idle homes |",
          "| a sweep beside 70 closed cases |")),
        (("purge", "--rows", "300", "--homes", "20", "--seconds", "0.3"),
         ("| before |", "| meanwhile |", "300 rows gone in ")),
        (("takeover", "--rounds", "0"), ("| the worker at the broker |",)),
    ],
    ids=lambda value: value[0],
)  # fmt: skip
def test_a_short_run_tells_what_it_measured(words: tuple[str, ...], shown: tuple[str, ...]) -> None:
    name, *options = words
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.district.{name}", *options],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    # 1: less than wanted, as on any machine that has other things to do
    assert done.returncode in {0, 1}, done.stderr
    for text in shown:
        assert text in done.stdout, done.stdout
