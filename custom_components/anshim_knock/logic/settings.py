"""What the technician chose: the limit and the ladder's times. An argument of every decision."""

from dataclasses import dataclass, fields
from datetime import timedelta

from .evening import Night
from .rhythm.verdict import Why as LimitWhy

# Bounds of the design and of the contract: beyond them a silence could go unasked.
MAX_LIMIT = timedelta(days=10)
MAX_CEILING_MARGIN = timedelta(hours=12)
MAX_HOLD = timedelta(minutes=30)
MAX_REARM = timedelta(hours=4)
MAX_EMERGENCY_REARM = timedelta(minutes=30)
MAX_TAKE_BACK = timedelta(minutes=1)
# However well a home's rhythm is known, and however little of it could be seen.
LEARNED_CEILING = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the home's rhythm says of a silence that began with the last sign of life.

    How long it may last: before the home asks, and before somebody calls. Made anew for each
    decision.
    """

    quiet: timedelta
    call: timedelta
    # Which rule set `quiet`, and how many days are missing until the rhythm is known.
    why: LimitWhy = LimitWhy.LEARNED
    days_missing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Times of one household. Defaults are what a district's technician would leave alone."""

    # Watched silence after which the home is quiet.
    limit: timedelta = timedelta(hours=12)
    # Unwatched time that may pass beyond the limit before a person is asked in any case.
    ceiling_margin: timedelta = MAX_CEILING_MARGIN
    knock_after: timedelta = timedelta(minutes=15)
    visit_after: timedelta = timedelta(minutes=30)
    # Said again while nobody has it.
    visit_again: timedelta = timedelta(minutes=30)
    emergency_again: timedelta = timedelta(minutes=5)
    # How long a call for help may be taken back: long enough to hear what one has pressed.
    take_back: timedelta = timedelta(seconds=20)
    # How long an outer door or a guardian's OK puts a rung off, and how often.
    defer: timedelta = timedelta(minutes=30)
    most_deferrals: int = 2
    longest_hold: timedelta = MAX_HOLD
    rearm: timedelta = MAX_REARM
    emergency_rearm: timedelta = MAX_EMERGENCY_REARM
    # Blindness shorter than this is a restart or a hiccup and nobody's trouble.
    blind_settle: timedelta = timedelta(minutes=10)
    drill_step: timedelta = timedelta(seconds=30)
    # The limit follows the home's rhythm: `expected`, where it says something, takes the place of
    # `limit`. Nothing is longer than the learned ceiling then, whether it says something or not.
    learned: bool = False
    expected: Expected | None = None
    # Where the home is, for the rule about evenings; without it there is none.
    night: Night | None = None

    def __post_init__(self) -> None:
        """Refuse settings under which a silence could go unasked. Raises `ValueError`."""
        for field in fields(self):
            span = getattr(self, field.name)
            if isinstance(span, timedelta):
                _refuse_nothing(field.name, span)
        if self.most_deferrals < 0:
            raise ValueError("most_deferrals must not be negative: choose 0 to 2")
        for name, longest in _LONGEST.items():
            if getattr(self, name) > longest:
                raise ValueError(f"{name} must be at most {longest}: choose a shorter time")


_LONGEST = {
    "limit": MAX_LIMIT,
    "ceiling_margin": MAX_CEILING_MARGIN,
    "longest_hold": MAX_HOLD,
    "rearm": MAX_REARM,
    "emergency_rearm": MAX_EMERGENCY_REARM,
    "take_back": MAX_TAKE_BACK,
}
# Zero has a meaning only here: ask a blind home at its limit, report blindness at once.
_MAY_BE_ZERO = frozenset({"ceiling_margin", "blind_settle"})


def _refuse_nothing(name: str, span: timedelta) -> None:
    """A rung that takes no time would be climbed over and over in one moment."""
    least = timedelta(0)
    if span < least or (span == least and name not in _MAY_BE_ZERO):
        raise ValueError(f"{name} must be longer than {span}: choose a longer time")
