"""Every number of the rhythm, once, with the reason it was chosen. One set serves all homes.

The reasons are physics and habit; `benchmarks/rhythm` shows what moving each of them would do.
"""

from dataclasses import dataclass
from enum import StrEnum


class Rung(StrEnum):
    """Which step of the ladder a limit is for. Each has its own budget of needless alarms."""

    QUIET = "quiet"
    CALL = "call"


MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

# A quarter of an hour: short beside every limit, long enough that a visit to the kitchen is one
# sign of life and not nine.
QUARTER = 15 * MINUTE
QUARTERS = 96
# Shorter silences are daily life in every home and tell nothing.
LONG = 1.5 * HOUR
# Where the nature of a silence changes: not long yet, a film, a nap or an errand, a short night, a
# night, a long night.
CLASSES = (0.0, LONG, 3 * HOUR, 4.5 * HOUR, 6.5 * HOUR, 9 * HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Times in seconds, memories in trained days, strengths in pseudo-observations."""

    # Days at home between two needless alarms that the technician tolerates, by rung.
    quiet_budget: float = 30.0
    call_budget: float = 180.0
    # Habits change with the seasons: what is a month old counts half.
    half_life: float = 28.0
    # Rare silences need a longer memory than habits.
    tail_half_life: float = 90.0
    # How many quarters it takes to believe a home's liveliness at one time of day.
    life_prior: float = 4.0
    # What a cell of the table believes before it has seen anything: an hour's worth of quarters.
    cell_prior: float = 4.0
    # Life goes on after a long silence at the home's own pace at that time of day, before a home
    # has shown otherwise; and how many signs of life that belief is worth.
    pace: float = 1.0
    pace_prior: float = 8.0
    # Silences begin "about this hour": a triangle this wide to each side.
    about: float = 1.5 * HOUR
    # How many quarters it takes to believe that days off are livelier or quieter at one time.
    off_prior: float = 2.0
    # Days off besides the weekends, as days of the wall clock since 1970.
    holidays: frozenset[int] = frozenset()
    # Days that it takes to believe how often long silences begin.
    reach_prior: float = 5.0
    # Long silences that it takes to believe that a source begins them oftener or more seldom.
    lift_prior: float = 4.0
    # A source that missed this many of its turns for this long is dead or no longer used.
    missed_turns: float = 10.0
    missed_time: float = DAY
    # A home of which less than this share can be heard teaches nothing of its rarest silences.
    dim: float = 0.5
    # A door is the way out when it frames quiet hours: seen so often, as a rule, and no other way.
    framed_least: float = 2.5
    framed_share: float = 0.5
    framed_lift: float = 3.0
    # A bedroom's door frames naps and nights alike.
    framed_nights: float = 0.25
    # Moments that belong to leaving: the door falls shut, the hall's motion sensor ends.
    leaving: float = 60.0
    # Life inside this long after "left" was not the leaving itself: "left" is not believed.
    still_in: float = 5 * MINUTE
    # Silences above this score are the home's rare ones.
    rare: float = 2.0
    # The rare ones before any was seen: how many a day, how far beyond, and how firmly believed.
    rare_a_day: float = 0.5
    rare_excess: float = 1.0
    rare_prior: float = 10.0
    # A single silence teaches at most this much, whatever it was.
    most_excess: float = 4.0

    # No alarm after a shorter silence: an errand without a door sensor, a bath, a film.
    call_floor: float = 4 * HOUR
    quiet_floor: float = 3 * HOUR
    # The longest silence of a day (a night): what is usual, and how firmly believed in days. What
    # is longer than a normal spread allows once in so many budgets is too long, whatever else
    # speaks for waiting; this rule takes the smaller part of the budget.
    night: float = 9 * HOUR
    night_spread: float = 1.25 * HOUR
    night_prior: float = 6.0
    night_budgets: float = 4.0
    shortest_cap: float = 11 * HOUR
    longest_cap: float = 16 * HOUR
    # At home nobody is left longer than this without a call, however long the nights are.
    ceiling: float = 24 * HOUR
    # Beyond this a silence is a holiday, a hospital or an outage that nobody told us about.
    unexplained: float = 16 * HOUR

    # Limits may grow by this much over those once accepted, without a person's word; they are
    # accepted first after this many days, and shrink by this part of the difference a day.
    anchor_slack: float = 3 * HOUR
    anchor_days: float = 28.0
    anchor_follows: float = 0.05

    # A home that has not shown its rhythm: as long as a long night, found on the same day.
    cold_limit: float = 13 * HOUR
    cold_longest: float = 14 * HOUR
    cold_days: float = 4.0
    # A week of them has shown every weekday; the learned limit holds from there on, and is no
    # longer than `cold_longest` until the home is well known.
    warm_days: float = 7.0
    known_days: float = 10.0

    def budget(self, rung: Rung) -> float:
        return self.call_budget if rung is Rung.CALL else self.quiet_budget

    def floor(self, rung: Rung) -> float:
        return self.call_floor if rung is Rung.CALL else self.quiet_floor
