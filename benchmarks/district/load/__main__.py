"""`python -m benchmarks.district.load`: a usual day of 4,000 homes, and as fast as it goes.

1. at a pace: a heartbeat a minute from each home, alerts by the hour; the district's processor time
and how long answers took. 2. at full speed, in turns with a server that only answers (the same
aiohttp), and with one that does the least that an honest answer takes. Every answer of the district
follows a durable commit.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
import sys
import tempfile

from benchmarks.district.homes import Home, alerts, heartbeat, homes, settle, write_keys
from benchmarks.district.programs import (
    Answers,
    Requests,
    answers_of,
    cpu_seconds,
    headline,
    prepared,
    running,
    serving,
)
from tests.district.support.kit import now_text
from tests.district.support.postgres import Postgres
from tests.district.support.process import DistrictProcess

_NEVER_MISSED = timedelta(days=1)
_CPU_MOST, _SLOWEST_MOST_S = 0.06, 0.050
# more than any district answers in a second, so that no round runs out of signed alerts
_ALERTS_A_SECOND = 5000


def main() -> int:
    given = arguments()
    kind = "PostgreSQL" if given.postgresql else "SQLite"
    print(headline(f"{given.homes} homes, {kind}"))
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        street = homes(given.homes)
        district = DistrictProcess(folder=Path(folder))
        if given.postgresql:
            server = Postgres.started()
            stack.callback(server.close)
            district.options["database"] = server.fresh()
        settle(prepared(district), street, datetime.now(UTC), due=_NEVER_MISSED)
        beats = Requests.written(
            Path(folder, "beats"), [heartbeat(home, now_text()) for home in street]
        )
        good = True
        if given.minutes:
            good &= usual(district, street, beats, given)
        if given.rounds:
            good &= full_speed(district, street, beats, given)
    return 0 if good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="on a server of its own")
    parser.add_argument("--homes", type=int, default=4000)
    parser.add_argument("--minutes", type=float, default=10, help="of a usual day; 0: none")
    parser.add_argument("--alerts-an-hour", type=float, default=200)
    parser.add_argument("--rounds", type=int, default=5, help="of full speed; 0: none")
    parser.add_argument("--seconds", type=float, default=5, help="how long each turn of a round is")
    parser.add_argument("--lines", type=int, default=256, help="connections at once")
    return parser.parse_args()


def usual(
    district: DistrictProcess, street: Sequence[Home], beats: Requests, given: argparse.Namespace
) -> bool:
    seconds = given.minutes * 60
    words = max(1, round(given.alerts_an_hour * seconds / 3600))
    signed = Requests.written(beats.file.with_name("usual"), alerts(street, words))
    with running(district) as port:
        # each home once: a session is looked up once a day
        beats.send(port, seconds=seconds, lines=64)
        before = cpu_seconds(district)
        spoken = signed.begin(port, seconds=seconds, pace=given.alerts_an_hour / 3600, lines=8)
        beaten = beats.send(port, seconds=seconds, pace=len(street) / 60, again=True)
        told = answers_of(spoken)
        core = (cpu_seconds(district) - before) / beaten.seconds
    print(f"A usual day, {given.minutes:g} minutes\n")
    print("| | n | other answers than 200 | median | p99 | slowest |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, answers in (("heartbeats", beaten), ("alerts", told)):
        print(row(name, answers))
    print(f"\nProcessor: {core:.1%} of a core (at most {_CPU_MOST:.0%} wanted)\n")
    slow = max(beaten.slowest(0.99), told.slowest(0.99))
    return core <= _CPU_MOST and slow <= _SLOWEST_MOST_S and beaten.good and told.good


def row(name: str, answers: Answers) -> str:
    other = sum(many for status, many in answers.statuses.items() if status != 200)
    times = [f"{answers.slowest(share) * 1000:.1f} ms" for share in (0.5, 0.99, 1.0)]
    return f"| {name} | {len(answers.took)} | {other} | {' | '.join(times)} |"


@dataclass(frozen=True, kw_only=True)
class Round:
    """One turn of each, one after the other: what disk and neighbours do meets all of them."""

    only: Answers
    least: Answers
    district: Answers


def full_speed(
    district: DistrictProcess, street: Sequence[Home], beats: Requests, given: argparse.Namespace
) -> bool:
    a_turn = round(_ALERTS_A_SECOND * given.seconds)
    made = alerts(street, a_turn * (given.rounds + 1))
    signed = Requests.written(beats.file.with_name("alerts"), made)
    turn = {"seconds": given.seconds, "lines": given.lines}
    sent = 0

    def next_alerts(port: int) -> Answers:
        nonlocal sent
        answers = signed.send(port, **turn, skip=sent)
        sent += len(answers.took) + given.lines
        return answers

    folder = beats.file.parent
    write_keys(folder / "keys", street)
    with (
        running(district) as port,
        serving("answering") as only,
        serving("least", str(folder)) as least,
    ):
        # each home once: a session and a key are looked up once a day
        beats.send(port, seconds=given.seconds, lines=given.lines)
        next_alerts(port)
        beaten, spoken = list[Round](), list[Round]()
        for _ in range(given.rounds):
            beat, word = (
                [one.send(at, **turn, again=True) for at in (only, least)]
                for one in (beats, signed)
            )
            own = beats.send(port, **turn, again=True)
            beaten.append(Round(only=beat[0], least=beat[1], district=own))
            spoken.append(Round(only=word[0], least=word[1], district=next_alerts(port)))
    print(f"Full speed, {given.rounds} rounds of {given.seconds:g} s, {given.lines} lines\n")
    print("| | answer only, a second | the least, a second | district, a second | p99 |", end="")
    print(" share of answer only | wanted | share of the least | other than 200 |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    beat_good = share("heartbeats", beaten, wanted=0.5)
    return share("signed alerts", spoken, wanted=0.25) and beat_good


def share(name: str, rounds: Sequence[Round], *, wanted: float) -> bool:
    def middle(of: Callable[[Round], float]) -> float:
        return median(of(one) for one in rounds)

    only = middle(lambda one: one.only.per_second)
    least = middle(lambda one: one.least.per_second)
    own = middle(lambda one: one.district.per_second)
    p99 = middle(lambda one: one.district.slowest(0.99)) * 1000
    of_only = middle(lambda one: one.district.per_second / one.only.per_second)
    of_least = middle(lambda one: one.district.per_second / one.least.per_second)
    told = (one.district.statuses for one in rounds)
    other = sum(many for statuses in told for status, many in statuses.items() if status != 200)
    print(
        f"| {name} | {only:.0f} | {least:.0f} ({least / only:.2f}) | {own:.0f} | {p99:.0f} ms "
        f"| {of_only:.2f} | {wanted} | {of_least:.2f} | {other} |"
    )
    return of_only >= wanted and not other


if __name__ == "__main__":
    sys.exit(main())
