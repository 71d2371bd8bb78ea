"""The limit by risk score: five items as Korean districts ask them, one to five days.

For homes where nothing can be learnt, or where the district's own rule must hold.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from .parameters import DAY


class Item(StrEnum):
    """What makes it likelier that a silence is a person in need, unnoticed by anybody else."""

    # Nobody calls or visits at least once a week.
    ISOLATED = "isolated"
    # An illness that can strike suddenly, or a fall in the last year.
    ILL = "ill"
    # Depression, alcohol, dementia, an attempt on their own life.
    MIND = "mind"
    # Rent or bills unpaid, basic livelihood support.
    POVERTY = "poverty"
    # Aged 75 or more, or with a disability.
    FRAIL = "frail"


# Items that apply -> days. Every item takes a day; nobody waits longer than five, and one day is
# the least that a rule without a rhythm can keep.
DAYS: Mapping[int, float] = MappingProxyType({0: 5.0, 1: 4.0, 2: 3.0, 3: 2.0, 4: 1.0, 5: 1.0})


def limit(items: Collection[Item]) -> float:
    """Seconds of silence after which somebody is asked."""
    return DAYS[len(set(items))] * DAY
