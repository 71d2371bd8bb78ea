"""How far this home's rare silences go, and so which score fits a budget of needless alarms.

Scores above `rare` fall off exponentially; how fast is itself uncertain. The predictive tail that
takes both into account is a Lomax tail: few observations make it heavier, never lighter.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from .parameters import HOUR, Parameters

_NORMAL = NormalDist()
# What can be heard less than this says nothing.
_FAINT = 0.01


@dataclass(slots=True, kw_only=True)
class Tail:
    """Decayed counts: rare silences, the sum of their excesses, and the days they were seen in."""

    rare: float = 0.0
    excess: float = 0.0
    days: float = 0.0

    def seen(self, score: float, parameters: Parameters) -> None:
        beyond = score - parameters.rare
        if beyond > 0:
            self.rare += 1.0
            self.excess += min(beyond, parameters.most_excess)

    def forget(self, share: float) -> None:
        self.rare *= share
        self.excess *= share
        self.days *= share

    def threshold(self, budget_days: float, parameters: Parameters) -> float:
        """The score that a home like this passes once in `budget_days` while all is well."""
        firm = parameters.rare_prior
        shape = self.rare + firm
        scale = self.excess + firm * parameters.rare_excess
        a_day = shape / (self.days + firm / parameters.rare_a_day)
        often = max(a_day * budget_days, 1.0)
        beyond: float = often ** (1.0 / shape) - 1.0
        return parameters.rare + scale * beyond


@dataclass(slots=True, kw_only=True)
class Nights:
    """The longest silence of each day at home: decayed count, sum and sum of squares, in hours."""

    days: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    def over(self, longest: float, share: float) -> None:
        """A day is over; `share` is what older days keep of their weight."""
        hours = longest / HOUR
        self.days = share * self.days + 1.0
        self.total = share * self.total + hours
        self.squares = share * self.squares + hours * hours

    def longest(
        self, budget_days: float, parameters: Parameters, *, rate: float = 1.0, wait: float = 0.0
    ) -> float:
        """Beyond this a silence is no night of this home, in seconds.

        At either end a sign of life is heard at this `rate` only; the next is `wait` seconds away.
        """
        p, prior = parameters, parameters.night_prior
        usual, spread = p.night / HOUR, p.night_spread / HOUR
        days = self.days + prior
        mean = (self.total + prior * usual) / days
        square = (self.squares + prior * (usual**2 + spread**2)) / days
        spreads = _NORMAL.inv_cdf(1.0 - 1.0 / (p.night_budgets * max(budget_days, 1.0)))
        square = max(square - mean**2, 0.0)
        if rate < 1.0:
            missed = (1.0 - rate) / max(rate, _FAINT)
            mean += 2 * missed * wait / HOUR
            square += 2 * missed / max(rate, _FAINT) * (wait / HOUR) ** 2
        hours = mean + spreads * sqrt(square)
        return min(max(hours * HOUR, p.shortest_cap), p.longest_cap)
