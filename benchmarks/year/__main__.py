"""`python -m benchmarks.year`: a year of a district, and everybody who died in it.

The district is the real one: its cases, its overseer, its dispatcher, its database on a real disk.
Homes, lines, telephones and people are played; what is assumed of them stands in `assumed.py`.
Exit 1 when anybody was reached later than the ceiling allows.
"""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from copy import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
import sys
import tempfile
from time import perf_counter

import msgspec
from sqlalchemy import Connection, select

from anshim_district.cases.silent import waits_until
from anshim_district.cases.words import Family, Standing
from anshim_district.desk import read_case
from anshim_district.options import Options
from anshim_district.registry.vault import Vault
from anshim_district.service import Service
from anshim_district.storage.database import After
from anshim_district.storage.tables import cases

from .alone import Alone
from .assumed import Assumed
from .homes import Home, Lines, enrol
from .ledger import Death, Kind, Ledger
from .people import People, hire, roster
from .story import Story
from .times import SimulatedClock, Times

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
MONTH = 365 / 12
_MINUTE = timedelta(minutes=1)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _arguments(arguments)
    began = perf_counter()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        ledger = asyncio.run(_live(asked, Path(folder)))
    print(
        f"{asked.homes} homes, {asked.days} days, {len(ledger.deaths)} deaths, "
        f"seed {asked.seed}; {perf_counter() - began:.0f} s"
    )
    print("\n".join([*_deaths(ledger), "", *_load(ledger)]))
    return 0 if all(death.in_time for death in ledger.deaths.values()) else 1


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.year", description=__doc__)
    parser.add_argument("--homes", type=int, default=4000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--deaths", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the database lies; default: temporary")
    return parser.parse_args(arguments)


async def _live(asked: argparse.Namespace, folder: Path) -> Ledger:
    assumed, random, clock = Assumed(), Random(asked.seed), SimulatedClock(moment=BEGINS)
    service = Service.put_together(_options(), folder, clock)
    service.open(folder)
    Alone.instead_of(service.database)
    times, ledger = Times(clock=clock, service=service), Ledger()
    dongs = [f"{n + 1}동" for n in range(assumed.dongs)]
    homes = [_home(n, dongs, assumed, random) for n in range(asked.homes)]
    members = roster(assumed, dongs)
    lines = Lines(times=times, assumed=assumed, random=random)
    people = People(
        times=times,
        lines=lines,
        ledger=ledger,
        assumed=assumed,
        random=random,
        homes={home.household: home for home in homes},
        members={member.phone: member for member in members},
        dead_numbers=_dead_numbers(homes, assumed, random),
    )
    service.dispatcher.carrier = people
    await service.database.write(lambda c, _: hire(c, members))
    await service.database.write(partial(_enrol_all, service.keeper.vault, homes, assumed))
    ends = BEGINS + timedelta(days=asked.days)
    story = Story(
        times=times,
        lines=lines,
        people=people,
        ledger=ledger,
        assumed=assumed,
        random=random,
        homes=homes,
        members=members,
        ends=ends,
    )
    await story.begin(asked.deaths)
    await times.pass_until(ends)
    ledger.home_days = sum(_days(home, ledger, ends) for home in homes)
    await service.database.read(partial(_count_silences, ledger, homes))
    service.database.close()
    return ledger


def _count_silences(ledger: Ledger, homes: list[Home], connection: Connection) -> None:
    """Of living homes: how often one was not heard, and how often that was still so an hour later.

    Nobody is played who takes a silence from the board: what is told is told of residents.
    """
    numbers = {home.household: home.number for home in homes}
    rows = connection.execute(
        select(cases.c.household, cases.c.state).where(cases.c.family == Family.SILENT.value)
    )
    for household, state in rows:
        case = read_case(state)
        death = ledger.deaths.get(numbers[household])
        if death is not None and case.opened_at >= death.since:
            continue
        ledger.silences += 1
        asks = waits_until(replace(case, standing=Standing.FREE))
        ledger.tickets += case.is_open or asks is None or case.changed_at >= asks


def _enrol_all(
    vault: Vault, homes: list[Home], assumed: Assumed, connection: Connection, _: After
) -> None:
    for home in homes:
        enrol(connection, vault, home, assumed, BEGINS)


def _options() -> Options:
    return msgspec.convert(
        {
            "district": {"id": "year-gu", "name": "열두달구"},
            "admin": {"user": "admin", "password": "열두-달을-지켜보다"},
            "reach": {"url": "http://played.invalid", "sender": "02-000-0000"},
        },
        Options,
    )


def _home(number: int, dongs: list[str], assumed: Assumed, random: Random) -> Home:
    span = assumed.longest_limit - assumed.shortest_limit
    limit = assumed.shortest_limit + timedelta(minutes=round(span / _MINUTE * random.random()))
    return Home(number=number, dong=dongs[number % len(dongs)], limit=limit)


def _dead_numbers(homes: list[Home], assumed: Assumed, random: Random) -> set[str]:
    residents = {h.phone for h in homes if random.random() < assumed.dead_number}
    guardians = {h.guardian_phone for h in homes if random.random() < assumed.guardian_dead_number}
    return residents | guardians


def _days(home: Home, ledger: Ledger, ends: datetime) -> float:
    death = ledger.deaths.get(home.number)
    until = min(death.since, ends) if death else ends
    return (until - BEGINS) / timedelta(days=1)


def _deaths(ledger: Ledger) -> Iterator[str]:
    yield "| died | deaths | reached in time | median h | slowest h | of its ceiling |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind in Kind:
        some = [death for death in ledger.deaths.values() if death.kind is kind]
        if some:
            yield _row(kind, some)
    yield _row("all", list(ledger.deaths.values()))


def _row(name: str, deaths: Sequence[Death]) -> str:
    took = [death.took for death in deaths if death.took is not None]
    hours = [one / timedelta(hours=1) for one in took]
    worst = max((d.took / d.ceiling for d in deaths if d.took is not None), default=0.0)
    in_time = sum(death.in_time for death in deaths)
    shown = f"{median(hours):.1f} | {max(hours):.1f}" if hours else "– | –"
    return f"| {name} | {len(deaths)} | {in_time} | {shown} | {worst:.0%} |"


def _load(ledger: Ledger) -> Iterator[str]:
    months = ledger.home_days / MONTH
    yield "| of a living home in a month | |"
    yield "|---|---:|"
    for name, count in (
        ("silences that the home asked about itself", ledger.quiets),
        ("unanswered at home: knocks", ledger.knocks),
        ("automatic calls", ledger.asked),
        ("of them answered with 1", ledger.pressed),
        ("cases that a person took", ledger.holds),
        ("visits at the door of somebody alive", ledger.visits),
        ("times it was not heard, shown at once", ledger.silences),
        ("of them still so an hour later: tickets", ledger.tickets),
    ):
        yield f"| {name} | {count / months:.3f} |"
    yield f"| texts and calls to staff and guardians, in all | {ledger.texts + ledger.calls} |"


if __name__ == "__main__":
    sys.exit(main())
