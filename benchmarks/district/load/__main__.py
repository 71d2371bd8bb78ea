"""`python -m benchmarks.district.load`: a usual day of 4,000 homes, and as fast as it goes.

1. at a pace: a heartbeat a minute from each home, alerts by the hour; the district's processor time
and how long answers took. 2. at full speed, in turns with a server that only answers (the same
aiohttp), so that both meet the same machine. Every answer of the district follows a durable commit.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
import sys
import tempfile

from benchmarks.district.homes import Home, alerts, heartbeat, homes, settle
from benchmarks.district.programs import (
    Answers,
    Requests,
    answer_only,
    answers_of,
    cpu_seconds,
    headline,
    prepared,
    running,
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


def full_speed(
    district: DistrictProcess, street: Sequence[Home], beats: Requests, given: argparse.Namespace
) -> bool:
    """In turns A B A B: what disk and neighbours do in between meets both."""
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

    with running(district) as port, answer_only() as other:
        # each home once: a session and a key are looked up once a day
        beats.send(port, seconds=given.seconds, lines=given.lines)
        next_alerts(port)
        heard = [
            (
                beats.send(other, **turn, again=True),
                beats.send(port, **turn, again=True),
                signed.send(other, **turn, again=True),
                next_alerts(port),
            )
            for _ in range(given.rounds)
        ]
    print(f"Full speed, {given.rounds} rounds of {given.seconds:g} s, {given.lines} lines\n")
    print(
        "| | answer only, a second | district, a second | share | wanted | p99 | other than 200 |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    beat = share("heartbeats", [(r[0], r[1]) for r in heard], wanted=0.5)
    word = share("signed alerts", [(r[2], r[3]) for r in heard], wanted=0.25)
    return beat and word


def share(name: str, rounds: Sequence[tuple[Answers, Answers]], *, wanted: float) -> bool:
    def middle(of: Callable[[tuple[Answers, Answers]], float]) -> float:
        return median(of(one) for one in rounds)

    ratio = middle(lambda one: one[1].per_second / one[0].per_second)
    other = sum(many for _, own in rounds for status, many in own.statuses.items() if status != 200)
    print(
        f"| {name} | {middle(lambda r: r[0].per_second):.0f} "
        f"| {middle(lambda r: r[1].per_second):.0f} | {ratio:.2f} | {wanted} "
        f"| {middle(lambda r: r[1].slowest(0.99)) * 1000:.0f} ms | {other} |"
    )
    return ratio >= wanted and not other


if __name__ == "__main__":
    sys.exit(main())
