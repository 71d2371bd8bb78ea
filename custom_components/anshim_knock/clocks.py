"""The machine's clocks, read once for every event that enters, by coordinator and tracker."""

from dataclasses import dataclass
from datetime import datetime, timedelta
import os
from pathlib import Path
import time
from uuid import uuid4

from homeassistant.util import dt as dt_util

from .logic.clock import Reading

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Runs while the machine sleeps, too; where the platform has none, the next best.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_LOADED = time.clock_gettime(_STEADY)
_PROCESS = Path("/proc/self/stat")
# Of what follows the name there: ticks from the boot to the start of the process.
_STARTED = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Wall clock and steady clock of one boot. `process`: when on it this process began."""

    boot: str
    process: float

    def read(self) -> Reading:
        return Reading(wall=dt_util.utcnow(), steady=time.clock_gettime(_STEADY), boot=self.boot)

    def process_began(self) -> datetime:
        """On the wall clock as it stands now."""
        reading = self.read()
        return reading.wall - timedelta(seconds=reading.steady - self.process)

    def lead(self) -> float:
        """By how many seconds the wall clock is ahead of the steady one: it changes when set."""
        return time.time() - time.clock_gettime(_STEADY)


def clocks_of_this_boot() -> Clocks:
    """Reads a file: to be called in the executor."""
    try:
        boot = _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        # Without it every start looks like a boot, which only makes gaps unwatched.
        boot = ""
    return Clocks(boot=boot or uuid4().hex, process=_process_began())


def _process_began() -> float:
    """As the kernel knows it; elsewhere since this was loaded, which is a little later."""
    try:
        # The program's name before it may hold anything, also a bracket.
        fields = _PROCESS.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return int(fields[_STARTED]) / os.sysconf("SC_CLK_TCK")
    except OSError, IndexError, ValueError:
        return _LOADED
