"""Korean holidays, with substitute and election days. Asked by the calendar of the duty hours.

What knows them weighs 13 MB, and is needed once a year: it is loaded in a process of its own,
which ends.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
import json
import subprocess
import sys

from anshim_relay import log

PATIENCE_S = 30.0
ASK = """
import holidays, json, sys
years = [int(year) for year in sys.argv[1:]]
found = holidays.country_holidays("KR", years=years, expand=False)
print(json.dumps([day.isoformat() for day in found]))
"""


class Korea:
    """Of this year and the next at once; of any other when somebody asks, which takes a moment."""

    def __init__(self) -> None:
        self._years: set[int] = set()
        self._days: frozenset[date] = frozenset()
        this = datetime.now(UTC).year
        self._learn(this, this + 1)

    def __call__(self, day: date) -> bool:
        if day.year not in self._years:
            self._learn(day.year)
        return day in self._days

    def _learn(self, *years: int) -> None:
        self._days |= holidays_of(years)
        self._years |= set(years)


def holidays_of(years: Iterable[int]) -> frozenset[date]:
    """Where no process can be had, the memory is spent."""
    command = [sys.executable, "-c", ASK, *map(str, years)]
    try:
        asked = subprocess.run(  # noqa: S603 - our own words and years
            command, capture_output=True, check=True, timeout=PATIENCE_S
        )
        found = json.loads(asked.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        log.warning("holidays_loaded_here", error=type(error).__name__)
        return loaded_here(years)
    return frozenset(date.fromisoformat(day) for day in found)


def loaded_here(years: Iterable[int]) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - see above

    return frozenset(holidays.country_holidays("KR", years=list(years), expand=False))
