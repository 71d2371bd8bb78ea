"""The rhythm of one home: fed with its life, asked when its present silence is too long.

A learner that changes in place, beside the ladder's frozen state: it holds some thousand counts,
and what it holds can be learnt again from the journal. All times are seconds on the home's wall
clock (`clockface` makes them).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from math import exp, inf

from .anchor import Anchor
from .doors import Doors
from .ears import Ears
from .hazard import Pace
from .parameters import DAY, HOUR, LONG, QUARTER, Parameters, Rung
from .silence import Silence
from .tail import Nights, Tail
from .verdict import Explanation, Place, Verdict, Why
from .voices import Voices

_MOST_RARER = 100.0


@dataclass(slots=True, kw_only=True)
class Rhythm:
    """What is learnt of a home, and its present silence."""

    parameters: Parameters = field(default_factory=Parameters)
    pace: Pace = field(default_factory=Pace)
    tail: Tail = field(default_factory=Tail)
    nights: Nights = field(default_factory=Nights)
    ears: Ears = field(default_factory=Ears)
    doors: Doors = field(default_factory=Doors)
    anchor: Anchor = field(default_factory=Anchor)
    # The present one.
    silence: Silence | None = None
    # Whether the resident is in; `None` when nothing tells.
    home: bool | None = None
    left: float = 0.0
    # Days at home that were learnt from; those since the tables were made; their longest silence.
    days: float = 0.0
    fresh: float = 0.0
    longest: float = 0.0
    taught: float = -inf
    # The sources that spoke in the present quarter of an hour, and the last of them.
    quarter: int = 0
    speakers: dict[str, None] = field(default_factory=dict)
    last: str = ""
    spoke: float = inf

    def __post_init__(self) -> None:
        """A new home starts from what is known of people at large."""
        self.use(self.parameters)
        if not self.pace.known:
            self.pace.learn(self.parameters)

    @property
    def voices(self) -> Voices:
        """What each of its sources adds."""
        return self.ears.voices

    @property
    def ways_out(self) -> frozenset[str]:
        """Sources by which somebody may have left."""
        return self.doors.ways_out

    @property
    def shortest(self) -> float:
        """No silence is too long before it has lasted so long, whatever else is known."""
        return self.parameters.quiet_floor

    def activity(
        self, at: float, source: str, place: Place = Place.INSIDE, *, told: float | None = None
    ) -> None:
        """A sign of life, perhaps `told` later than it happened.

        Until it was told the silence before it lasted; the one after it began when it happened.
        """
        told = at if told is None else told
        self.doors.learn(source, place, self.voices, self.parameters)
        silence = self.silence
        if silence is not None and at < silence.since:
            if silence.since - told < HOUR:
                return
            self._clock_set_back(at)
            silence = None
        way_out = source in self.ways_out
        still_in = not way_out and self._said_away_and_is_not(at)
        if silence is not None and not still_in and int(told // QUARTER) == self.quarter:
            silence.begin_again(at, blind=self.ears.blind)
        else:
            self._end_silence(told)
            self._frame(at, source)
            if still_in:
                self.home = None
            self._begin(at, doubted=still_in)
            self.quarter = int(told // QUARTER)
        self.speakers[source] = None
        self.last, self.spoke = source, at
        if self.silence is not None:
            self.silence.lift = self.voices.lift(source, self.parameters)
        if way_out:
            self.doors.went_out = at

    def presence(self, at: float, *, home: bool | None) -> None:
        """Something that knows says that the resident left or came back, which is life as well.

        `None`: it knows no longer. That is no sign of life, and the silence goes on.
        """
        if home is None:
            self.home = None
            return
        if self.silence is not None and at < self.silence.since:
            at = self.silence.since
        self._end_silence(at)
        self.home, self.left = home, at
        self._begin(at)

    def watch(self, at: float, *, lost: Collection[str], blind: bool) -> None:
        """Which sources cannot be heard from now on, and whether any can."""
        silence = self.silence
        if silence is not None:
            verdicts = {rung: self.deadline(rung) for rung in Rung}
            silence.reached = {rung: v for rung, v in verdicts.items() if v.at <= at}
        self._count(at)
        self.ears.blind = blind
        if self.ears.lose(lost) and self.anchor.accepted:
            self._stretch()
        if silence is not None:
            silence.seen &= not blind
            silence.rate = self.ears.audible

    def use(self, parameters: Parameters) -> None:
        """What was chosen may change, and every year has holidays of its own."""
        self.parameters, self.pace.holidays = parameters, parameters.holidays

    def accept(self) -> None:
        """A person says that the longer silences of late are how life is now."""
        self.anchor.accept()

    def deadline(self, rung: Rung) -> Verdict:
        """When the limit of a rung is reached if nothing more comes."""
        silence = self.silence
        if silence is None:
            return Verdict(inf, Why.NOTHING_YET)
        if self.home is False:
            return Verdict(inf, Why.AWAY)
        return silence.reached.get(rung) or self._limit(silence, rung)

    def explain(self) -> Explanation:
        """The present silence in numbers; call `watch` first for one that is up to date."""
        p, silence = self.parameters, self.silence
        reach = self._reach(silence) if silence else 0.0
        score = silence.score + silence.rate * reach if silence else 0.0
        beyond = {rung: score - self.tail.threshold(p.budget(rung), p) for rung in Rung}
        # Days of silence are as rare as numbers go.
        used = {rung: exp(min(rarer, _MOST_RARER)) for rung, rarer in beyond.items()}
        return Explanation(
            verdicts={rung: self.deadline(rung) for rung in Rung},
            since=silence.since if silence else None,
            days_between=exp(reach),
            used=used,
            longest_usual=self.nights.longest(p.quiet_budget, p),
            audible=self.ears.audible,
            watched=not self.ears.blind,
            days=self.days,
            days_missing=max(p.warm_days - self.days, 0.0),
            ways_out=self.ways_out,
            missing=self.ears.missing,
            declining=self.anchor.held > 0,
        )

    def usual(self) -> float | None:
        """How long silences that begin about this hour usually last at most."""
        return None if self.silence is None else self.pace.usual(self.silence.since)

    def limits(self, rung: Rung) -> list[float]:
        """The limit of a silence at home with all sources live, by the hour in which it begins."""
        return self._limits(rung, rate=1.0, alive=1.0)

    def _limits(self, rung: Rung, *, rate: float, alive: float) -> list[float]:
        longest = self._longest(rung, alive)
        day = self.silence.since // DAY * DAY if self.silence else 0.0
        starts = [day + (hour + 0.5) * HOUR for hour in range(24)]
        silences = [Silence(since=at, counted=at, rate=rate) for at in starts]
        return [self._learned(s, rung, s.since + longest).at - s.since for s in silences]

    def _longest(self, rung: Rung, alive: float) -> float:
        """Longer than any night of this home, as long as it takes to hear that one is over."""
        p = self.parameters
        wait = self.voices.wait(self.pace.days) if alive < 1.0 else 0.0
        return self.nights.longest(p.budget(rung), p, rate=alive, wait=wait)

    def _limit(self, silence: Silence, rung: Rung) -> Verdict:
        """Watched time is held against the limits, wall-clock time against the ceiling."""
        p, begun = self.parameters, silence.begun
        cold = self.days < p.warm_days
        ceiling = silence.since + (p.cold_longest if self.days < p.known_days else p.ceiling)
        if self.ears.blind:
            return Verdict(ceiling, Why.CEILING)
        longest = min(begun + self._longest(rung, self.ears.alive), ceiling)
        if self._perhaps_out():
            return Verdict(longest if self.home else ceiling, Why.OUT)
        if self.days < p.cold_days:
            return Verdict(min(begun + p.cold_limit, ceiling), Why.COLD)
        verdict = self._learned(silence, rung, longest)
        shortest = min(begun + self._cold_limit(), ceiling) if cold else -inf
        return Verdict(shortest, Why.COLD) if verdict.at < shortest else verdict

    def _learned(self, silence: Silence, rung: Rung, longest: float) -> Verdict:
        p, begun = self.parameters, silence.begun
        missing = self.tail.threshold(p.budget(rung), p) - silence.score
        missing -= silence.rate * self._reach(silence)
        at = inf
        if missing <= 0:
            at = silence.counted
        elif silence.rate:
            at = self.pace.reached(begun, silence.counted, missing / silence.rate, longest)
        shortest = min(begun + p.floor(rung), longest)
        held = begun + self.anchor.longest(int(silence.since % DAY // HOUR), p)
        if at < shortest:
            return Verdict(shortest, Why.SHORTEST)
        if held < min(at, longest):
            return Verdict(max(held, shortest), Why.HELD)
        return Verdict(at, Why.LEARNED) if at <= longest else Verdict(longest, Why.LONGEST)

    def _reach(self, silence: Silence) -> float:
        """How rare it is that a long silence begins like this one."""
        return self.pace.reach(silence.since) - silence.lift

    def _cold_limit(self) -> float:
        p = self.parameters
        warmed = (self.days - p.cold_days) / (p.warm_days - p.cold_days)
        return p.cold_limit * (1.0 - warmed)

    def _perhaps_out(self) -> bool:
        """The way out was the last that moved."""
        silence = self.silence
        return silence is not None and self.doors.were_last(silence.since, self.parameters)

    def _stretch(self) -> None:
        """What was accepted holds for the ears that are left."""
        alive = self.ears.alive
        if alive == 1.0:
            self.anchor.stretched = []
        else:
            dimmed = self._free_limits(rate=alive, alive=alive)
            self.anchor.hears(self._free_limits(rate=1.0, alive=1.0), dimmed)

    def _said_away_and_is_not(self, at: float) -> bool:
        """Life so long after "left" is not the leaving itself: only the phone left."""
        return self.home is False and at - self.left > self.parameters.still_in

    def _begin(self, at: float, *, doubted: bool = False) -> None:
        self.quarter = int(at // QUARTER)
        rate, seen = self.ears.audible, not self.ears.blind
        self.silence = Silence(since=at, counted=at, rate=rate, seen=seen, doubted=doubted)

    def _frame(self, at: float, source: str) -> None:
        """Quiet hours have a source before and after them, whatever presence said."""
        if not self.ears.blind and 0.0 < at - self.spoke < self.parameters.unexplained:
            self.voices.quiet_hours_over(self.last, source, self.spoke, at)

    def _count(self, at: float) -> None:
        if self.silence is not None:
            self.silence.count(at, self.pace, blind=self.ears.blind)

    def _end_silence(self, at: float) -> None:
        silence = self.silence
        if silence is None:
            return
        if self.speakers:
            self.voices.spoke_in_quarter(self.speakers, silence.since)
            self.speakers = {}
        self._count(at)
        lasted = at - silence.since
        explained = silence.seen and not silence.doubted
        explained = explained and lasted < self.parameters.unexplained
        if explained and self.home is not False and not self._perhaps_out():
            self._teach(silence, at)
        self.ears.miss(at, self.parameters)

    def _teach(self, silence: Silence, at: float) -> None:
        """Nothing else trains: not time away, not time unwatched, not what nobody explained."""
        since = silence.since
        lived = (at - max(since, self.taught)) / DAY
        self.taught = at
        # What is scored before the home is known says more about our ignorance than about it.
        if self.days >= self.parameters.cold_days:
            self.tail.days += lived
            if at - since >= LONG and silence.rate >= self.parameters.dim:
                # As all ears would have heard it: the few that are left make no silence ordinary.
                score = silence.score / silence.rate + self._reach(silence)
                self.tail.seen(score, self.parameters)
        if self.last:
            due = self.pace.becomes_long(since)
            self.voices.spoke_last(self.last, became_long=at - since >= LONG, expected=due)
        self.pace.silent(since, at)
        self.pace.days += lived
        self.days += lived
        self.fresh += lived
        self.longest = max(self.longest, at - since)
        if self.fresh >= 1.0:
            self._new_day()

    def _new_day(self) -> None:
        p = self.parameters
        self.pace.learn(p)
        self.doors.find_ways_out(self.voices, p)
        # Like is compared with like: a day off says nothing of a decline.
        day = 0.0 if self.silence is None else self.silence.since // DAY
        if self.days >= p.anchor_days and not self.pace.is_off(int(day)):
            self._hold()
        share = 0.5 ** (self.fresh / p.half_life)
        self.pace.forget(share)
        self.voices.forget(share)
        self.tail.forget(0.5 ** (self.fresh / p.tail_half_life))
        self.nights.over(self.longest, share)
        self.fresh = self.longest = 0.0

    def _hold(self) -> None:
        """What is accepted is the life that all sources hear, however deaf the home is now."""
        if not self.anchor.accepted:
            self.anchor.accepted = self._free_limits(rate=1.0, alive=1.0)
            self._stretch()
        limits = self._free_limits(rate=self.ears.audible, alive=self.ears.alive)
        self.anchor.new_day(limits, self.parameters)

    def _free_limits(self, *, rate: float, alive: float) -> list[float]:
        """What the limits would be if none were held."""
        anchor, self.anchor = self.anchor, Anchor()
        limits = self._limits(Rung.CALL, rate=rate, alive=alive)
        self.anchor = anchor
        return limits

    def _clock_set_back(self, at: float) -> None:
        """Nothing can be said of a silence whose beginning lies in the future."""
        self.silence, self.speakers = None, {}
        self.doors.went_out, self.spoke = -inf, inf
        self.left = min(self.left, at)
        self.taught = -inf
