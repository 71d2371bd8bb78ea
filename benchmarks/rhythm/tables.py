"""The tables: all limits on all homes, each home by itself, and budgets against long records."""

from collections.abc import Sequence

from benchmarks.rhythm.detectors import RIVALS, Make, learned
from benchmarks.rhythm.measured import (
    TRACKS,
    Data,
    Event,
    Result,
    Span,
    poisson_interval,
    together,
)
from benchmarks.rhythm.residents import drawn, life
from custom_components.anshim_knock.logic.rhythm import Parameters, Rung

BUDGETS = (30, 60, 120, 180)
MADE_UP = 20
MADE_UP_DAYS = 270
# So many quarters show no home's days off.
NEVER = 1e9
VARIED = (
    *("half_life", "tail_half_life", "life_prior", "cell_prior", "pace", "pace_prior", "about"),
    *(
        "reach_prior",
        "lift_prior",
        "missed_turns",
        "rare",
        "rare_excess",
        "rare_prior",
        "most_excess",
    ),
    *("off_prior", "night_spread", "night_prior", "night_budgets"),
    *("cold_days", "warm_days", "known_days", "anchor_slack"),
)
# The second 95 % is the median's, by drawing the delays again.
HEADS = f"{'/month':>7} {'95 %':>12} {'all/mo':>7} {'median':>7} {'95 %':>9} {'p95':>6} {'max':>6}"


def homes(data: Data) -> None:
    """False alarms in a month at home with their interval, median and 95 % delay in hours."""
    ours: dict[str, Make] = {
        **{f"learned, call, 1 in {days} d": learned(call_budget=days) for days in BUDGETS},
        "learned, pre-alarm, 1 in 30 d": learned(Rung.QUIET),
    }
    for track in TRACKS:
        print(f"{track:28} {HEADS}")
        for name, make in {**RIVALS, **ours}.items():
            print(f"{name:28} {row(data.track(track, make))}", flush=True)
        print()


def row(result: Result) -> str:
    low, high = result.rate_interval
    fast, slow = result.median_interval
    everything = result.all_alarms / result.all_days * 30.44
    return (
        f"{result.rate:7.2f} {f'{low:.2f}-{high:.2f}':>12} {everything:7.2f} "
        f"{result.delay(0.5):7.1f} {f'{fast:.1f}-{slow:.1f}':>9} "
        f"{result.delay(0.95):6.1f} {result.delay(1.0):6.1f}"
    )


def one_by_one(data: Data) -> None:
    """Each home alone: no parameter was chosen on any, so each is left out of nothing."""
    for track, (names, _) in TRACKS.items():
        for name in names:
            result = data.track(track, learned(), [name])
            if result.delays:
                print(f"{track:8} {name:12} {result.days:6.0f} d {row(result)}", flush=True)


def budgets(data: Data) -> None:
    """Days at home between two needless calls against the budget: residents made up, then real."""
    people = {
        sparse: [life(drawn(i, sparse=sparse), MADE_UP_DAYS, 1000 + i) for i in range(MADE_UP)]
        for sparse in (False, True)
    }
    print(
        f"{'':24} {'budget':>7} {'1 in d':>7} {'95 %':>12} {'alarms':>7} {'median':>7} {'p95':>6}"
    )
    for days in BUDGETS:
        make = learned(call_budget=days)
        for sparse, lives in people.items():
            name = "made up, plugs" if sparse else "made up, many sensors"
            _budget(name, days, lived(data, make, lives))
        for track in ("plugs", "steps"):
            _budget(f"real {track}", days, data.track(track, make))


def _budget(name: str, days: int, result: Result) -> None:
    low, high = poisson_interval(result.alarms)
    span = (
        f"{result.days / high:.0f}-{result.days / low:.0f}" if low else f">{result.days / high:.0f}"
    )
    between = result.days / max(result.alarms, 1)
    print(
        f"{name:24} {days:7} {between:7.0f} {span:>12} {result.alarms:7} "
        f"{result.delay(0.5):7.1f} {result.delay(0.95):6.1f}",
        flush=True,
    )


def days_off(data: Data) -> None:
    """With and without days off of their own: real homes, made-up ones that lie in or do not."""
    print(f"{'':42} {'told apart':>10} {HEADS}")
    for told, prior in {"no": NEVER, "yes": Parameters().off_prior}.items():
        make = learned(off_prior=prior)
        for track in TRACKS:
            print(f"{track:42} {told:>10} {row(data.track(track, make))}", flush=True)
        for weekend in (0.0, 2.0):
            for sparse in (False, True):
                people = [
                    life(drawn(i, sparse=sparse, weekend=weekend), 180, 1000 + i) for i in range(10)
                ]
                name = (
                    f"made up, {'plugs' if sparse else 'many sensors'}, in bed {weekend:g} h longer"
                )
                print(f"{name:42} {told:>10} {row(lived(data, make, people))}", flush=True)


def lived(data: Data, make: Make, people: Sequence[tuple[list[Event], list[Span]]]) -> Result:
    """Made-up homes of which presence is known."""
    return together(
        [
            data.run(make, data.harness.with_presence(events, away), away, per_hour=1)
            for events, away in people
        ]
    )


def sensitivity(data: Data) -> None:
    """What half and twice of each number would do: made-up homes, then real ones."""
    lives = [life(drawn(100 + i, sparse=i % 3 == 2), 150, 2000 + i) for i in range(9)]
    print(f"{'':32} {'made up: 1 in d':>16} {'median':>7} {'p95':>6}   real: /month, median, p95")
    usual = Parameters()
    changed: list[dict[str, float]] = [{}]
    changed += [{n: getattr(usual, n) * f} for n in VARIED for f in (0.5, 2.0)]
    for parameters in changed:
        make = learned(Rung.CALL, **parameters)
        result = lived(data, make, lives)
        real = together([data.track(track, make) for track in ("unknown", "steps")])
        name = ", ".join(f"{name} = {value:g}" for name, value in parameters.items())
        print(
            f"{name or 'as it is':32} {result.days / max(result.alarms, 1):16.0f} "
            f"{result.delay(0.5):7.1f} {result.delay(0.95):6.1f}   "
            f"{real.rate:6.2f} {real.delay(0.5):6.1f} {real.delay(0.95):6.1f}",
            flush=True,
        )
