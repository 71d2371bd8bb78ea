"""The power is cut, not only the process: a short run of `benchmarks/relay/power_cuts`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.relay.district import district_program
from benchmarks.relay.power_cuts import alone, together
from benchmarks.relay.power_cuts.alone import End, unsynced
from benchmarks.relay.power_cuts.disk import CannotCutError, Disk, Kind
from benchmarks.relay.power_cuts.together import home_program


@pytest.fixture(autouse=True, scope="module")
def power(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        disk = Disk(tmp_path_factory.mktemp("power") / "disk", Kind.EXT4)
    except CannotCutError as error:
        pytest.skip(f"no power can be cut here: {error}")
    disk.throw_away()


@pytest.fixture(autouse=True, scope="module")
def programs() -> Iterator[None]:
    yield
    for program in (unsynced, district_program, home_program):
        if program.cache_info().currsize:
            program().close()


async def test_everything_kept_outlives_a_power_cut(tmp_path: Path) -> None:
    tally = await alone.measured(End.CUT, 6, kind=Kind.EXT4, folder=tmp_path, seed=7)

    assert tally.kept
    assert tally.under_way
    assert (tally.lost, tally.signed_twice) == (0, 0)


async def test_without_syncing_a_power_cut_is_seen_to_lose(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    tally = await alone.measured(
        End.CUT, 2, kind=Kind.EXT4, folder=tmp_path, seed=7, starter=unsynced, line=0
    )
    assert tally.lost


async def test_home_relay_and_district_cut_together_lose_nothing_and_open_no_second_case(
    tmp_path: Path,
) -> None:
    verdict = await together.measured(2, kind=Kind.EXT4, folder=tmp_path, seed=7)

    assert verdict.episodes
    assert (verdict.lost, verdict.second_cases, verdict.quarantined) == (0, 0, 0)
