"""What each source adds to the home's signs of life, and which of them is the way out.

A silence means less while a busy source is dead, and something else after the front door. Both are
counted per source and forgotten over weeks.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from math import fsum, log

from .parameters import DAY, HOUR, MINUTE, Parameters

# So long somebody is up and about on a day.
_UP = 15 * HOUR


@dataclass(slots=True, kw_only=True)
class Voice:
    """One source. Decayed counts, except `turn` (the home's lively quarters when it last spoke)."""

    # Quarters of the day in which it spoke, spoke alone, and its part of those it shared.
    lively: float = 0.0
    alone: float = 0.0
    part: float = 0.0
    turn: int = 0
    spoke: float = 0.0
    # Quiet hours of the day that it began, ended, and both.
    began: float = 0.0
    ended: float = 0.0
    framed: float = 0.0
    # Nights that it framed.
    nights: float = 0.0
    # Long silences that it began, and how many were to be expected at those hours.
    long: float = 0.0
    due: float = 0.0


@dataclass(slots=True, kw_only=True)
class Voices:
    """All sources of a home."""

    known: dict[str, Voice] = field(default_factory=dict)
    lively: float = 0.0
    turns: int = 0
    quiet_hours: float = 0.0

    def spoke_in_quarter(self, names: Collection[str], at: float) -> None:
        """A quarter of an hour is over in which these sources showed life."""
        self.lively += 1.0
        self.turns += 1
        part = 1.0 / len(names)
        for name in names:
            voice = self.known.setdefault(name, Voice())
            voice.lively += 1.0
            voice.part += part
            voice.alone += part == 1.0
            voice.turn, voice.spoke = self.turns, at

    def forget(self, share: float) -> None:
        self.lively *= share
        self.quiet_hours *= share
        for voice in self.known.values():
            voice.lively *= share
            voice.alone *= share
            voice.part *= share
            voice.began *= share
            voice.ended *= share
            voice.framed *= share
            voice.nights *= share
            voice.long *= share
            voice.due *= share

    def missing(
        self, now: float, before: Collection[str], parameters: Parameters
    ) -> frozenset[str]:
        """Sources that stay silent while the others go on: dead, or no longer used.

        The clock is the life of the others, so that silence of the whole home accuses none. One
        that was missing `before` is until it speaks, however much of it is forgotten meanwhile.
        """
        if not self.lively:
            return frozenset()
        turns, lively = self.turns, self.lively
        return frozenset(
            name
            for name, voice in self.known.items()
            if (name in before and voice.turn < turns)
            or (
                (turns - voice.turn) * voice.lively > parameters.missed_turns * lively
                and now - voice.spoke > parameters.missed_time
            )
        )

    def audible(self, lost: Iterable[str]) -> float:
        """The share of lively quarters that would still show without these sources."""
        gone = [self.known[name] for name in lost if name in self.known]
        if not gone or not self.lively:
            return 1.0
        # The same in every order: a set's changes with each start of the program.
        silenced = gone[0].alone if len(gone) == 1 else fsum(voice.part for voice in gone)
        return max(0.0, 1.0 - silenced / self.lively)

    def quiet_hours_over(self, first: str, last: str, since: float, until: float) -> None:
        """Quiet hours by day that one door frames were perhaps spent outside."""
        length, midnight = until - since, since - since % DAY
        if length < 45 * MINUTE:
            return
        if since < midnight + 6 * HOUR or until > midnight + 22 * HOUR:
            asleep = since < midnight + 3 * HOUR < until or until > midnight + 27 * HOUR
            self.known.setdefault(first, Voice()).nights += asleep and first == last
            return
        self.quiet_hours += 1.0
        self.known.setdefault(first, Voice()).began += 1.0
        ending = self.known.setdefault(last, Voice())
        ending.ended += 1.0
        ending.framed += first == last

    def wait(self, days: float) -> float:
        """How long the home by day waits for its next lively quarter, as a mean."""
        return min(_UP * days / self.lively, _UP) if self.lively else 0.0

    def spoke_last(self, name: str, *, became_long: bool, expected: float) -> None:
        """A silence at home is over that this source began."""
        voice = self.known.setdefault(name, Voice())
        voice.long += became_long
        voice.due += expected

    def lift(self, name: str, parameters: Parameters) -> float:
        """How much oftener than usual at its hours this source begins a long silence, as a log."""
        voice, firm = self.known.get(name), parameters.lift_prior
        return log((voice.long + firm) / (voice.due + firm)) if voice else 0.0

    def is_way_out(self, name: str, parameters: Parameters) -> bool:
        """Whether quiet hours that this source begins are as a rule ended by it, and only those."""
        voice = self.known.get(name)
        if voice is None or voice.framed < parameters.framed_least:
            return False
        if voice.nights > parameters.framed_nights * (voice.framed + voice.nights):
            return False
        others = max(self.quiet_hours - voice.began, 0.0)
        by_chance = (voice.ended - voice.framed + 0.25) / (others + 1.0)
        as_rule = voice.framed / voice.began
        return as_rule >= parameters.framed_share and as_rule >= parameters.framed_lift * by_chance
