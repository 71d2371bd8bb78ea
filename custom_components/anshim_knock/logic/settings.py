"""What the technician chose: the limit and the ladder's times. An argument of every decision."""

from dataclasses import dataclass
from datetime import timedelta

MAX_CEILING_MARGIN = timedelta(hours=12)


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
    # How long an outer door or a guardian's OK puts a rung off, and how often.
    defer: timedelta = timedelta(minutes=30)
    most_deferrals: int = 2
    longest_hold: timedelta = timedelta(minutes=30)
    rearm: timedelta = timedelta(hours=4)
    emergency_rearm: timedelta = timedelta(minutes=30)
    # Blindness shorter than this is a restart or a hiccup and nobody's trouble.
    blind_settle: timedelta = timedelta(minutes=10)
    drill_step: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        """Refuse settings under which a silence could go unasked."""
        if self.limit <= timedelta(0):
            msg = "the limit must be longer than zero"
            raise ValueError(msg)
        if not timedelta(0) <= self.ceiling_margin <= MAX_CEILING_MARGIN:
            msg = "the ceiling may lie at most 12 hours beyond the limit"
            raise ValueError(msg)
