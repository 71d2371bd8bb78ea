"""What a busy home costs: each sign of life, its state on the disk, three months played again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
import json
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from zoneinfo import ZoneInfo

from benchmarks.rhythm.detectors import Ours
from benchmarks.rhythm.measured import Data
from custom_components.anshim_knock.journal_files import JournalFiles
from custom_components.anshim_knock.logic.diary import Diary
from custom_components.anshim_knock.logic.journal import HOUSEHOLD, Block, Entry, Mark
from custom_components.anshim_knock.logic.picture import Captions, draw
from custom_components.anshim_knock.logic.played import Played, play
from custom_components.anshim_knock.logic.rhythm import Place, Rhythm, Rung
from custom_components.anshim_knock.logic.rhythm.clockface import wall
from custom_components.anshim_knock.logic.rhythm_snapshot import rhythm_to_dict

DAYS = 90
SOURCES = 20
# From seven in the morning to eleven at night, at each of them some sensor.
EVERY = timedelta(seconds=12)
SEOUL = ZoneInfo("Asia/Seoul")
BEGIN = datetime(2026, 8, 1, tzinfo=SEOUL).astimezone(UTC)
PLACES = {f"source-{n}": Place.DOOR if n < 3 else Place.INSIDE for n in range(SOURCES)}
CAPTIONS = Captions(life="", limits="", asked="", called="", weekdays="MTWTFSS")
TIMES = 3


def speed(data: Data) -> None:
    """The best of three each: this machine has other things to do."""
    entries = [*_busy()]
    signs = [(wall(e.at, SEOUL), e.source) for e in entries if e.mark is Mark.ACTIVITY]
    took, rhythm = _best(lambda: _fed(signs))
    print(f"{len(signs)} signs, each with a deadline: {took / len(signs) * 1e6:.1f} us each")
    print(f"state: {len(json.dumps(rhythm_to_dict(rhythm))) / 1000:.0f} kB")
    with TemporaryDirectory() as folder:
        files = JournalFiles(Path(folder) / "journal")
        _write(files, entries)
        took, past = _best(lambda: _backtest(files))
    size = f"{past.days:.0f} days with {len(entries)} entries, from the disk to the picture"
    print(f"backtest of {size}: {took:.2f} s")
    events, _, _ = data.home("kasteren_c")
    took, _ = _best(lambda: _observed(events))
    print(f"kasteren_c through the rules of its sources: {took / len(events) * 1e6:.1f} us each")


def _best[T](work: Callable[[], T]) -> tuple[float, T]:
    spans = []
    for _ in range(TIMES):
        begun = perf_counter()
        done = work()
        spans.append(perf_counter() - begun)
    return min(spans), done


def _busy() -> Iterator[Entry]:
    yield Entry(at=BEGIN, source=HOUSEHOLD, mark=Mark.STARTED)
    for source in PLACES:
        yield Entry(at=BEGIN, source=source, mark=Mark.LIVE)
    for day in range(DAYS):
        at = BEGIN + timedelta(days=day, hours=7)
        for number in range(16 * 3600 // int(EVERY.total_seconds())):
            source = f"source-{(number * 7 + day) % SOURCES}"
            yield Entry(at=at + number * EVERY, source=source, mark=Mark.ACTIVITY)


def _fed(signs: list[tuple[float, str]]) -> Rhythm:
    rhythm = Rhythm()
    for at, source in signs:
        rhythm.activity(at, source, PLACES[source])
        rhythm.deadline(Rung.CALL)
    return rhythm


def _write(files: JournalFiles, entries: list[Entry]) -> None:
    """A block every quarter of an hour, as a household writes them."""
    quarter = timedelta(minutes=15)
    for number, group in groupby(entries, key=lambda e: (e.at - BEGIN) // quarter):
        files.append(Block(until=BEGIN + (number + 1) * quarter, entries=tuple(group)))


def _backtest(files: JournalFiles) -> Played:
    end = BEGIN + timedelta(days=DAYS)
    blocks = files.blocks(BEGIN, end)
    entries = sorted((e for block in blocks for e in block.entries), key=attrgetter("at"))
    diary = Diary(limit=Rhythm(), zone=SEOUL, places=PLACES)
    past = play(diary, entries, until=wall(end, SEOUL), pause=timedelta(minutes=15))
    draw(past, CAPTIONS)
    return past


def _observed(events: list[tuple[float, str, str, float]]) -> None:
    ours = Ours(limit=Rhythm())
    for event in events:
        ours.observe(*event)
        ours.deadline()
