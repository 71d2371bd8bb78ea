from itertools import pairwise

import pytest

from custom_components.anshim_knock.logic.rhythm import Rhythm, Rung, Why
from custom_components.anshim_knock.logic.rhythm.backtest import Sign, backtest
from custom_components.anshim_knock.logic.rhythm.fixed import Fixed
from custom_components.anshim_knock.logic.rhythm.parameters import DAY, HOUR
from custom_components.anshim_knock.logic.rhythm.risk import Item, limit
from tests.logic.rhythm.lives import MONDAY, made_up, plain_life


def test_a_fixed_limit_would_have_called_at_every_longer_silence() -> None:
    signs = [Sign(MONDAY + hours * HOUR, "kettle") for hours in (0, 5, 20, 21)]
    found = backtest(Fixed(limit=12 * HOUR), signs, Rung.CALL)
    assert [(a.at - MONDAY, a.after, a.until - MONDAY) for a in found.alarms] == [
        (17 * HOUR, "kettle", 20 * HOUR)
    ]


def test_a_collapse_is_noticed_when_the_limit_after_the_last_sign_is_over() -> None:
    signs = [Sign(MONDAY, "kettle"), Sign(MONDAY + 2 * HOUR, "kettle")]
    found = backtest(Fixed(limit=10 * HOUR), signs, Rung.CALL)
    assert [delay / HOUR for delay in found.delays] == [8.5, 9.0, 9.5, 10.0]
    assert (found.delay(0.5), found.delay(1.0)) == (9.0 * HOUR, 10 * HOUR)


def test_nothing_is_counted_while_the_limit_still_learns() -> None:
    signs = [Sign(MONDAY + hours * HOUR, "kettle") for hours in (0, 20, 40)]
    found = backtest(Fixed(limit=12 * HOUR), signs, Rung.CALL, warm_up=DAY)
    assert len(found.alarms) == 1
    assert found.days == pytest.approx(16 / 24)


def test_time_away_holds_neither_alarms_nor_collapses() -> None:
    signs = [
        Sign(MONDAY, "phone", home=False),
        Sign(MONDAY + 40 * HOUR, "phone", home=True),
        Sign(MONDAY + 41 * HOUR, "kettle"),
    ]
    found = backtest(Fixed(limit=12 * HOUR), signs, Rung.CALL)
    assert found.alarms == []
    assert len(found.delays) == 2


def test_the_heat_of_a_week_shows_when_the_home_is_lively() -> None:
    heat = backtest(Rhythm(), plain_life(28), Rung.CALL).heat
    assert all(day[3] == 0 and day[12] == 8 for day in heat)


def test_the_week_of_the_heat_begins_on_monday() -> None:
    heat = backtest(Rhythm(), [Sign(MONDAY + 9 * HOUR, "a")], Rung.CALL).heat
    assert heat[0][9] == 1


def test_the_learned_limit_beats_twelve_hours_on_people_it_never_saw() -> None:
    learned = [backtest(Rhythm(), made_up(i, 60), Rung.CALL, warm_up=14 * DAY) for i in range(6)]
    fixed = [
        backtest(Fixed(limit=12 * HOUR), made_up(i, 60), Rung.CALL, warm_up=14 * DAY)
        for i in range(6)
    ]
    for ours, theirs in zip(learned, fixed, strict=True):
        assert ours.delay(0.5) < theirs.delay(0.5) - 2 * HOUR
    assert sum(len(b.alarms) for b in learned) <= 6
    assert all(a.why is not Why.COLD for b in learned for a in b.alarms)


def test_a_higher_risk_never_waits_longer() -> None:
    limits = [limit(list(Item)[:count]) for count in range(len(Item) + 1)]
    assert all(riskier <= safer for safer, riskier in pairwise(limits))
    assert (limits[0], limits[-1]) == (5 * DAY, DAY)


def test_an_item_said_twice_counts_once() -> None:
    assert limit([Item.ILL, Item.ILL]) == limit([Item.ILL])
