"""The stage's own clock: every program on the stage lives by it, and it may run faster than time.

libfaketime does it from outside the programs. Each process counts from its own start, so each has
a file of its own with an offset that makes all of them show the same moment; a new rate never makes
any clock jump back.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import time

# While the clock files are being written the old rate goes on; a new one begins a little ahead of
# where the old one can have got to, and no clock steps back.
CHANGE_WITHIN_S = 0.1
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the system's, not a temporary folder of ours


class NoFakeTimeError(RuntimeError):
    """A rate other than 1 was asked for where libfaketime is missing."""


@dataclass(kw_only=True)
class Timekeeper:
    """The clock file of one process."""

    path: Path
    born: float

    def write(self, *, moment: float, real: float, rate: float) -> None:
        """Make the process show `moment` at the real time `real`, and go on at `rate`."""
        offset = (moment - real) + (self.born - real) * (rate - 1)
        beside = self.path.with_suffix(".new")
        beside.write_text(f"{offset:+.6f} x{rate:g}\n")
        # Programs read the file at any moment: it is never seen empty.
        beside.replace(self.path)


@dataclass
class StageClock:
    """What time it is on the stage."""

    folder: Path
    library: Path | None
    start: datetime | None = None
    rate: float = 1.0
    _moment: float = 0.0
    _real: float = 0.0
    _keepers: list[Timekeeper] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._real = time.time()
        self._moment = self.start.timestamp() if self.start else self._real
        self.folder.mkdir(parents=True, exist_ok=True)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._at(time.time()), UTC)

    def _at(self, real: float) -> float:
        return self._moment + (real - self._real) * self.rate

    def run(self, rate: float) -> None:
        """Go on from this very moment at another rate, all programs together."""
        if rate != 1 and self.library is None:
            raise NoFakeTimeError(
                "time cannot run faster here: libfaketime is missing; see scripts/bootstrap"
            )
        real = time.time()
        ahead = CHANGE_WITHIN_S * abs(rate - self.rate)
        self._moment, self._real, self.rate = self._at(real) + ahead, real, rate
        for keeper in self._keepers:
            keeper.write(moment=self._moment, real=real, rate=rate)

    def environment(self, name: str) -> tuple[dict[str, str], Timekeeper | None]:
        """What a process must find in its environment to live by this clock."""
        if self.library is None:
            return {}, None
        keeper = Timekeeper(path=self.folder / f"{name}.clock", born=time.time())
        keeper.write(moment=self._moment, real=self._real, rate=self.rate)
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(keeper.path),
            # Read at every look at the clock: a new rate counts at once, for all threads.
            "FAKETIME_NO_CACHE": "1",
            # Shared memory would give a later process the start of an earlier one.
            "FAKETIME_DISABLE_SHM": "1",
            # A file's times stay real, or every compiled module would look outdated.
            "NO_FAKE_STAT": "1",
        }, keeper

    def started(self, keeper: Timekeeper) -> None:
        """Its process has been born just now."""
        keeper.born = time.time()
        keeper.write(moment=self._moment, real=self._real, rate=self.rate)
        self._keepers.append(keeper)

    def ended(self, keeper: Timekeeper, pid: int) -> None:
        """Its process has ended, perhaps without time to tidy up.

        libfaketime before 0.9.11 makes shared memory all the same, and kill -9 leaves it behind.
        """
        if keeper in self._keepers:
            self._keepers.remove(keeper)
        for left in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
            (SHARED_MEMORY / left).unlink(missing_ok=True)

    def seconds(self, span: timedelta) -> float:
        """How long a span of stage time takes in wall seconds at the present rate."""
        return span.total_seconds() / self.rate


def find_library() -> Path | None:
    """Where the environment says that libfaketime is."""
    named = os.environ.get("ANSHIM_FAKETIME")
    return Path(named) if named and Path(named).is_file() else None
