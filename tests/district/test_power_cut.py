"""The power is cut, not only the process: short runs of `benchmarks.district.kills`."""

import subprocess
import sys

import pytest

from tests.district.support.process import environment

_MISSING = 2


def ran(*words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.district.kills", "--power", "ext4", *words],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    if done.returncode == _MISSING:
        pytest.skip(done.stderr)
    return done


def test_what_the_district_acknowledged_outlives_a_power_cut() -> None:
    done = ran("--kills", "4", "--homes", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    ends, acknowledged, lost, second = figures(done.stdout)
    assert ends == 4
    assert acknowledged >= 8
    assert (lost, second) == (0, 0)


def test_without_syncing_a_power_cut_is_seen_to_lose() -> None:
    """Otherwise the test above could not fail."""
    done = ran("--kills", "6", "--homes", "2", "--unsynced")
    assert done.returncode == 0, done.stdout + done.stderr
    _, _, lost, _ = figures(done.stdout)
    assert lost


def figures(shown: str) -> list[int]:
    row = [line for line in shown.splitlines() if line.startswith("| ")][-1]
    return [int(cell) for cell in row.strip("| ").split(" | ")]
