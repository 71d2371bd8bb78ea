"""How rare a silence is at this home: how often one begins at this hour, how soon it usually ends.

A silence counts from `LONG` on. Its score is the logarithm of how many days pass between silences
that begin about this hour and last so long: `Pace.reach` for the first part, and then the signs of
life that were due, from a table of quarters of the day by how long it has been silent. Days off
have their own share in it: some homes rise later then.
"""

from bisect import bisect_left
from itertools import accumulate, product
from math import log, log1p
from operator import mul

from .parameters import CLASSES, DAY, HOUR, LONG, QUARTER, QUARTERS, Parameters

type Grid = list[list[float]]

# Running sums over two days, by whether the first and the second of them are days off.
type Due = dict[tuple[bool, bool], Grid]

_INFINITY = float("inf")
_ENDS = (*CLASSES[1:], _INFINITY)
# Neighbouring quarters tell the same story: a triangle of 45 minutes to each side.
_KERNEL = (0.25, 0.5, 0.75, 1.0, 0.75, 0.5, 0.25)
_MOST_LIKELY = 0.97
_SELDOM = 1 / 20
# People at large, by the hour: the chance that a quarter shows life ...
_USUAL_LIFE = (*(0.03,) * 5, *(0.08, 0.2), *(0.3,) * 14, *(0.25, 0.15, 0.08))
# ... and how many silences longer than LONG begin: nights mostly, and naps and errands by day.
_USUAL_LONG = (*(0.2,) * 4, *(0.06,) * 3, *(0.04,) * 12, *(0.1, 0.2), *(0.3,) * 3)
_SATURDAY, _WEEK = 5, 7


def _grid() -> Grid:
    return [[0.0] * QUARTERS for _ in CLASSES]


class Pace:
    """Counts of quarters that were silent so far (`asked`) and of those that ended it (`ended`).

    `began` are the beginnings of long silences. The first row is not long yet; it tells how lively
    the home is at each time of day, which is what long silences lean on.
    """

    __slots__ = (
        *("_due", "asked", "began", "days", "ended", "holidays", "off_asked", "off_ended"),
        *("reaches", "shares", "started", "table", "usual_off", "usual_on"),
    )

    def __init__(self) -> None:
        self.asked = _grid()
        self.ended = _grid()
        self.began = [0.0] * QUARTERS
        # Beginnings of all silences, and how many of them became long, by when they began.
        self.started = [0.0] * QUARTERS
        self.shares = [0.0] * QUARTERS
        # Those of all that lay on days off.
        self.off_asked = [0.0] * QUARTERS
        self.off_ended = [0.0] * QUARTERS
        # Days at home in which this was counted.
        self.days = 0.0
        self.table = _grid()
        self.reaches = [0.0] * QUARTERS
        # How much livelier than usual working days and days off are.
        self.usual_on = [1.0] * QUARTERS
        self.usual_off = [1.0] * QUARTERS
        # As in the parameters.
        self.holidays: frozenset[int] = frozenset()
        self._due: Due = {}

    @property
    def known(self) -> bool:
        """Whether there is a table to look silences up in."""
        return bool(self._due)

    def is_off(self, day: int) -> bool:
        """A weekend or a holiday. The first of January 1970 was a Thursday."""
        return (day + 3) % _WEEK >= _SATURDAY or day in self.holidays

    def silent(self, since: float, until: float) -> None:
        """Somebody at home was silent from `since` and showed life at `until` (local seconds)."""
        first, last = int(since // QUARTER) + 1, int(until // QUARTER)
        row = 0
        for quarter in range(first, last + 1):
            while quarter * QUARTER - since >= _ENDS[row]:
                row += 1
            self.asked[row][quarter % QUARTERS] += 1.0
            self.off_asked[quarter % QUARTERS] += self.is_off(quarter // QUARTERS)
        self.ended[row][last % QUARTERS] += 1.0
        self.off_ended[last % QUARTERS] += self.is_off(last // QUARTERS)
        self.started[(first - 1) % QUARTERS] += 1.0
        self.began[(first - 1) % QUARTERS] += until - since >= LONG

    def forget(self, share: float) -> None:
        kept = (self.began, self.started, self.off_asked, self.off_ended)
        for row in (*self.asked, *self.ended, *kept):
            row[:] = [share * count for count in row]
        self.days *= share

    def learn(self, parameters: Parameters) -> None:
        """Make the tables anew from the counts. Once a day is enough."""
        asked, ended = [_smooth(r) for r in self.asked], [_smooth(r) for r in self.ended]
        life = _life(asked, ended, parameters.life_prior)
        for row, of in enumerate(asked):
            seen, due = sum(ended[row]), sum(a * p for a, p in zip(of, life, strict=True))
            strength = parameters.pace_prior
            pace = (seen + strength * parameters.pace) / (due + strength)
            self.table[row] = [
                _due(of[q], ended[row][q], pace * life[q], parameters.cell_prior)
                for q in range(QUARTERS)
            ]
        self._learn_reach(parameters)
        self._learn_days_off(asked, ended, life, parameters.off_prior)
        self.use()

    def _learn_reach(self, parameters: Parameters) -> None:
        width = int(parameters.about // QUARTER)
        days = self.days + parameters.reach_prior
        for quarter in range(QUARTERS):
            often = began = started = 0.0
            for step in range(-width, width + 1):
                q = (quarter + step) % QUARTERS
                usual = _USUAL_LONG[q // 4] * QUARTER / HOUR
                weight = 1.0 - abs(step) / (width + 1)
                often += weight * (self.began[q] + parameters.reach_prior * usual)
                began += weight * self.began[q]
                started += weight * self.started[q]
            self.reaches[quarter] = -log(often / days)
            self.shares[quarter] = began / started if started else 0.0

    def _learn_days_off(self, asked: Grid, ended: Grid, life: list[float], prior: float) -> None:
        """Both kinds of day lean on what is usual here, until they have shown otherwise."""
        off_asked, off_ended = _smooth(self.off_asked), _smooth(self.off_ended)
        firm = prior * sum(_KERNEL)
        for q in range(QUARTERS):
            all_asked, all_ended = sum(row[q] for row in asked), sum(row[q] for row in ended)
            due_off, due = off_asked[q] * life[q], all_asked * life[q]
            self.usual_off[q] = (off_ended[q] + firm) / (due_off + firm)
            self.usual_on[q] = (all_ended - off_ended[q] + firm) / (due - due_off + firm)

    def use(self) -> None:
        """Running sums over two days of the table, so that a silence is two look-ups."""
        usual = {False: self.usual_on, True: self.usual_off}
        for first, second in product(usual, repeat=2):
            often = usual[first] + usual[second]
            self._due[first, second] = [
                [*accumulate(map(mul, 2 * row, often, strict=True), initial=0.0)]
                for row in self.table
            ]

    def reach(self, since: float) -> float:
        """How rare a long silence is that begins now."""
        return self.reaches[int(since // QUARTER) % QUARTERS]

    def becomes_long(self, since: float) -> float:
        """How often a silence that begins about now becomes long, whatever spoke last."""
        return self.shares[int(since // QUARTER) % QUARTERS]

    def score(self, since: float, begin: float, end: float) -> float:
        """Signs of life that were due between `begin` and `end` of a long silence from `since`."""
        total = 0.0
        for row in range(1, len(CLASSES)):
            low, high = max(begin, since + CLASSES[row]), min(end, since + _ENDS[row])
            if low < high:
                total += self._between(row, low, high)
        return total

    def reached(self, since: float, begin: float, missing: float, latest: float) -> float:
        """When `missing` more signs of life will have been due; infinite when after `latest`."""
        return self._reached(since, max(begin, since + LONG), missing, latest)

    def usual(self, since: float) -> float:
        """Nineteen of twenty silences that begin about now are over after so many seconds."""
        at = self._reached(since, since, -log(_SELDOM), since + DAY)
        # Where people keep to the clock, a chance by the quarter promises longer waits.
        most = LONG if self.becomes_long(since) < _SELDOM else DAY
        return min(at - since, most)

    def _reached(self, since: float, at: float, missing: float, latest: float) -> float:
        for row, end in enumerate(_ENDS):
            high = min(latest, since + end)
            if high <= at:
                continue
            day, sums = self._sums(row, at)
            before = _at(sums, (at - day) / QUARTER)
            due = _at(sums, (high - day) / QUARTER) - before
            if due >= missing:
                return day + _inverse(sums, before + missing) * QUARTER
            missing -= due
            at = high
        return _INFINITY

    def _between(self, row: int, low: float, high: float) -> float:
        day, sums = self._sums(row, low)
        return _at(sums, (high - day) / QUARTER) - _at(sums, (low - day) / QUARTER)

    def _sums(self, row: int, at: float) -> tuple[float, list[float]]:
        """The midnight before it, and the running sums from there."""
        number = int(at // DAY)
        return number * DAY, self._due[self.is_off(number), self.is_off(number + 1)][row]


def _inverse(sums: list[float], wanted: float) -> float:
    """After how many quarters the sum is as wanted."""
    index = min(max(bisect_left(sums, wanted), 1), 2 * QUARTERS)
    step = sums[index] - sums[index - 1]
    part = (wanted - sums[index - 1]) / step if step else 0.0
    return index - 1 + min(part, 1.0)


def _at(sums: list[float], quarters: float) -> float:
    index = int(quarters)
    if index >= 2 * QUARTERS:
        return sums[-1]
    return sums[index] + (quarters - index) * (sums[index + 1] - sums[index])


def _life(asked: Grid, ended: Grid, strength: float) -> list[float]:
    """The chance that a quarter of this home's day shows life, whatever went before."""
    return [
        (sum(row[q] for row in ended) + strength * _USUAL_LIFE[q // 4])
        / (sum(row[q] for row in asked) + strength)
        for q in range(QUARTERS)
    ]


def _smooth(row: list[float]) -> list[float]:
    """Each quarter with its neighbours of 45 minutes to each side."""
    around = (*row[-3:], *row, *row[:3])
    return [
        sum(weight * around[q + step] for step, weight in enumerate(_KERNEL))
        for q in range(QUARTERS)
    ]


def _due(asked: float, ended: float, expected: float, strength: float) -> float:
    """One cell: what was counted, leaning on what is expected; as a rate, not a chance."""
    chance = (ended + strength * expected) / (asked + strength)
    return -log1p(-min(chance, _MOST_LIKELY))
