"""What time it is, and how sure we are. Every loop of the relay reads it once and passes it on."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
import functools
from pathlib import Path
import secrets
import time

# Nothing of this program existed before: an earlier clock has lost its battery.
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
BACKWARDS = timedelta(days=1)
APART = timedelta(days=1)
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One look at all clocks: the wall's may be wrong, the steady one counts within one boot."""

    wall: datetime
    steady: float
    boot: str

    @property
    def uptime(self) -> int:
        return max(0, int(self.steady))


@functools.cache
def boot_id() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        # No such file on this system: each start of the program then counts as a boot of its own.
        return secrets.token_hex(16)


def read() -> Reading:
    return Reading(
        wall=datetime.now(UTC), steady=time.clock_gettime(time.CLOCK_BOOTTIME), boot=boot_id()
    )


@dataclass(frozen=True, kw_only=True)
class SignedTime:
    """The district's time, and our steady clock when it came."""

    now: datetime
    steady: float
    boot: str


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What is known about the time besides a reading."""

    newest: datetime | None = None
    signed: SignedTime | None = None

    def wall_is_set(self, reading: Reading) -> bool:
        behind = self.newest is not None and reading.wall < self.newest - BACKWARDS
        return reading.wall >= EARLIEST and not behind

    def now(self, reading: Reading) -> datetime | None:
        """The district's signed time goes before the wall clock; without either nobody knows."""
        if self.signed is not None and self.signed.boot == reading.boot:
            return self.signed.now + timedelta(seconds=reading.steady - self.signed.steady)
        return reading.wall if self.wall_is_set(reading) else None

    def offset_s(self, reading: Reading) -> float | None:
        """How far the district is ahead of the wall clock; None until it has told us."""
        if self.signed is None:
            return None
        now = self.now(reading)
        return None if now is None else (now - reading.wall).total_seconds()

    def wall_agrees(self, reading: Reading) -> bool | None:
        """Whether the wall clock is near what the district signed in this boot; None: not told."""
        if self.signed is None or self.signed.boot != reading.boot:
            return None
        told = self.signed.now + timedelta(seconds=reading.steady - self.signed.steady)
        return abs(told - reading.wall) <= APART

    def told(self, now: datetime, reading: Reading) -> Clock:
        """A time stored by a clock that was ahead must not make the right time look wrong."""
        newest = self.newest if self.newest is None else min(self.newest, now)
        signed = SignedTime(now=now, steady=reading.steady, boot=reading.boot)
        return replace(self, newest=newest, signed=signed)


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(value: str) -> datetime:
    """A contract time; the pattern is checked by whoever reads it, the calendar here."""
    return datetime.fromisoformat(value).astimezone(UTC)
