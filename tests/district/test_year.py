"""A simulated month on the district's real code: whoever dies in it is reached in time.

The whole year is `python -m benchmarks.year`; its table is in docs/district.md.
"""

import pytest

from benchmarks.year.__main__ import main


def test_everybody_who_dies_in_a_simulated_month_is_reached_before_the_ceiling(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = main(["--homes", "60", "--days", "30", "--deaths", "14", "--seed", "7"])
    table = capsys.readouterr().out
    assert result == 0, table
    *_, of_all = (line for line in table.splitlines() if line.startswith("| all |"))
    died, reached = of_all.split("|")[2:4]
    assert int(died) >= 10, table
    assert died == reached
