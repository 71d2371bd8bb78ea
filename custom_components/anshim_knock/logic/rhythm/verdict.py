"""What the rhythm says when asked: a moment, the rule behind it, and the whole explanation."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .parameters import Rung


class Place(StrEnum):
    """Whether somebody can go out where a source is."""

    INSIDE = "inside"
    # A door that may or may not lead out: the rhythm finds out.
    DOOR = "door"
    # The way out, by the technician's word.
    OUTER_DOOR = "outer_door"


class Why(StrEnum):
    """Which rule set the limit. Each has a text that a technician reads."""

    # The home has not shown its rhythm yet.
    COLD = "cold"
    LEARNED = "learned"
    # The learned limit would be shorter than any alarm may be.
    SHORTEST = "shortest"
    # Longer than any night of this home.
    LONGEST = "longest"
    # The limit would have grown beyond what was accepted: a decline is not learnt in silence.
    HELD = "held"
    # The way out was the last that moved.
    OUT = "out"
    CEILING = "ceiling"
    AWAY = "away"
    NOTHING_YET = "nothing_yet"


@dataclass(frozen=True, slots=True)
class Verdict:
    """When the limit is reached if nothing more comes; infinite while nobody is at home."""

    at: float
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why the limit is what it is, in numbers that a text can be made of. Times in seconds."""

    verdicts: Mapping[Rung, Verdict]
    since: float | None
    # Days between silences that begin about this hour and become long.
    days_between: float
    # How many times rarer the present silence is than the rarest that the budget allows; from 1
    # the rung is reached.
    used: Mapping[Rung, float]
    # The longest that this home is usually silent in a day, with its spread.
    longest_usual: float
    # The share of the home's life that its living sources can show.
    audible: float
    watched: bool
    # Days at home that were learnt from, and how many are missing until the learned limit holds.
    days: float
    days_missing: float
    ways_out: frozenset[str]
    missing: frozenset[str]
    declining: bool
