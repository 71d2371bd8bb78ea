"""`python -m benchmarks.sources DIR`: ghosts found and people spared, plug starts seen and made up.

DIR holds recorded homes as `<home>.csv.gz` (`ts,sensor,kind,value`). The figures show how far every
source is from the line, and on which side it would lie were the line drawn without it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path
import sys
from time import perf_counter_ns

from benchmarks.sources.recordings import POLL_S, Recording, polled, recordings_of, switched
from custom_components.anshim_knock.logic.activity import Change
from custom_components.anshim_knock.logic.appliance import SHORT_PAUSE_S
from custom_components.anshim_knock.logic.ghost import (
    ENOUGH_DAYS,
    Ghost,
    Thing,
    likeness,
    obviousness,
)
from custom_components.anshim_knock.logic.source import HAUNTED, Source, observe
from custom_components.anshim_knock.logic.words import Role

# Fewer starts than this are no habit.
FEWEST_STARTS = 20
WITHIN = timedelta(days=10)
# One poll, and one more that the radio lost.
LATE = timedelta(seconds=90)
SAME_USE = timedelta(minutes=15)
SHORTEST_SEEN = timedelta(seconds=POLL_S[1])
SHIFTS = (timedelta(0), timedelta(hours=6), timedelta(hours=12), timedelta(hours=18))


@dataclass(kw_only=True)
class Played:
    """What became of one recording."""

    recording: Recording
    activities: list[datetime] = field(default_factory=list)
    found: timedelta | None = None
    by: Ghost | None = None
    alike: dict[Ghost, float] = field(default_factory=dict)
    took_ns: list[int] = field(default_factory=list)

    @property
    def most_alike(self) -> float:
        return max(self.alike.values(), default=0.0)


def played(recording: Recording, shift: timedelta = timedelta(0)) -> Played:
    """Through the same door as in a home. The shift moves the borders of days and hours."""
    plug = recording.role is Role.PLUG
    readings = polled(recording) if plug else switched(recording)
    result, first = Played(recording=recording), recording.edges[0][0]
    began = first - timedelta(days=1)
    source = Source(role=recording.role, available=True, tested=began + shift)
    shown, judged = "0.4" if plug else "off", -1
    for moment, reading in readings:
        at = moment + shift
        change = Change(old=shown, new=reading, at=at, started=began + shift)
        started = perf_counter_ns()
        seen = observe(source, change)
        result.took_ns.append(perf_counter_ns() - started)
        source, shown = seen.source, reading
        if seen.finding.activity:
            result.activities.append(moment)
        # At the turn of a day; what is obvious is found between two.
        quick = HAUNTED[recording.role] is not Thing.SENSOR
        obvious = quick and source.habit.found is not None and result.found is None
        if source.habit.number != judged or obvious:
            judged = source.habit.number
            _compare(result, source, moment - first)
        elif quick and seen.finding.activity and not recording.is_machine:
            known = result.alike.get(Ghost.EVEN, 0.0)
            result.alike[Ghost.EVEN] = max(known, obviousness(source.habit))
    return result


def _compare(result: Played, source: Source, age: timedelta) -> None:
    # A machine must have been like one in time; a person's use must never be.
    if age <= WITHIN or not result.recording.is_machine:
        alike = likeness(source.habit, HAUNTED[source.role])
        result.alike |= {g: max(much, result.alike.get(g, 0.0)) for g, much in alike.items()}
    if source.habit.found is not None and result.found is None:
        result.found, result.by = age, source.habit.found


def worst_case(recording: Recording) -> Played:
    """The least favourable of four ways to cut its days: latest for a machine, likest else."""
    tries = [played(recording, shift) for shift in SHIFTS]
    if recording.is_machine:
        return max(tries, key=lambda t: (t.found or timedelta.max, -t.most_alike))
    return max(tries, key=lambda t: t.most_alike)


def machines(results: Sequence[Played]) -> Iterator[str]:
    yield "| machine | starts | found as | after days | likeness | activity after it was found |"
    yield "|---|--:|---|--:|--:|--:|"
    for r in results:
        after = 0
        if r.found is not None:
            known = r.recording.edges[0][0] + r.found
            after = sum(at > known for at in r.activities)
        found = "never" if r.found is None else f"{r.found / timedelta(days=1):.1f}"
        yield (
            f"| {r.recording.sensor} | {len(r.recording.starts)} | {r.by or '–'} | {found} "
            f"| {r.most_alike:.2f} | {after} |"
        )


def people(results: Sequence[Played], *, rows: int = 12) -> Iterator[str]:
    yield "| used by people | kind | starts | most like a ghost | taken for one |"
    yield "|---|---|--:|--:|---|"
    for r in sorted(results, key=lambda r: -r.most_alike)[:rows]:
        name = f"{r.recording.home} {r.recording.sensor}"
        taken = r.by or "no"
        yield (
            f"| {name} | {r.recording.kind} | {len(r.recording.starts)} | {r.most_alike:.2f} "
            f"| {taken} |"
        )
    rest = len(results) - rows
    if rest > 0:
        yield f"| {rest} more | | | less | {sum(r.by is not None for r in results[rows:])} |"


def starts(results: Sequence[Played]) -> Iterator[str]:
    yield "| plug | labelled uses | seen | joined to one ≤ 15 min before | missed | made up |"
    yield "|---|--:|--:|--:|--:|--:|"
    for r in results:
        uses = _merged(r.recording.uses)
        unseen = [use for use in uses if not _near(r.activities, use[0], use[1] - use[0] + LATE)]
        alone = [use for use in unseen if not _near(r.activities, use[0] - SAME_USE, SAME_USE)]
        short = sum(end - start < SHORTEST_SEEN for start, end in alone)
        missed = f"{len(alone)} ({short} shorter than a poll)" if short else len(alone)
        labelled = [start for start, _ in r.recording.uses]
        made_up = sum(not _near(labelled, at - LATE, LATE) for at in r.activities)
        name = f"{r.recording.home} {r.recording.sensor}"
        yield (
            f"| {name} | {len(uses)} | {len(uses) - len(unseen)} | {len(unseen) - len(alone)} "
            f"| {missed} | {made_up} |"
        )


def _merged(uses: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """A microwave pulses and a pump reverses: pauses under three minutes are within one use."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in uses:
        if found and (start - found[-1][1]).total_seconds() < SHORT_PAUSE_S:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def left_out(people_: Sequence[float], machines_: Sequence[float]) -> int:
    """How many lie on the wrong side of a line drawn halfway (by ratio) between all others."""
    wrong = 0
    for i, much in enumerate(people_):
        others = [*people_[:i], *people_[i + 1 :]]
        wrong += much >= sqrt(max(others) * min(machines_))
    for i, much in enumerate(machines_):
        others = [*machines_[:i], *machines_[i + 1 :]]
        wrong += much < sqrt(max(people_) * min(others))
    return wrong


def _near(moments: Sequence[datetime], since: datetime, span: timedelta) -> bool:
    return any(since <= moment <= since + span for moment in moments)


def main(folder: Path) -> int:
    known = [r for r in recordings_of(folder) if len(r.starts) >= FEWEST_STARTS]
    haunted = [r for r in known if r.role in HAUNTED]
    results = [worst_case(r) for r in haunted]
    found = [r for r in results if r.recording.is_machine]
    spared = [r for r in results if not r.recording.is_machine]
    took = sorted(ns for r in results for ns in r.took_ns)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {len(known)} sources with {FEWEST_STARTS} starts or more")
    print(f"of {len({r.home for r in known})} recordings; a verdict needs {ENOUGH_DAYS} days.\n")
    print(*machines(found), "", *people(spared), "", sep="\n")
    plugs = [r for r in spared if r.recording.role is Role.PLUG]
    print(*starts(plugs), "", sep="\n")
    likest, least = [r.most_alike for r in spared], [r.most_alike for r in found]
    print(f"A ghost is like one from 1.00; the likest person is at {max(likest):.2f}, ", end="")
    print(f"the least like machine at {min(least):.2f} within {WITHIN.days} days.")
    print(f"Left out one at a time, {left_out(likest, least)} would be taken for the other.")
    doors = [r for r in spared if HAUNTED[r.recording.role] is Thing.DOOR]
    taken_doors = sum(r.by is not None for r in doors)
    print(f"Of {len(doors)} doors {taken_doors} are taken for one; the likest is at ", end="")
    print(f"{max((r.most_alike for r in doors), default=0.0):.2f}.")
    print(f"{len(known) - len(haunted)} phones can never be taken for one.")
    print(f"observe: median {took[len(took) // 2] / 1000:.1f} µs of {len(took)} reports")
    late = [r for r in found if r.found is None or r.found > WITHIN]
    taken = [r for r in spared if r.by is not None]
    for r in [*late, *taken]:
        print(f"WRONG: {r.recording.home} {r.recording.sensor}: {r.by}", file=sys.stderr)
    return 1 if late or taken else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
