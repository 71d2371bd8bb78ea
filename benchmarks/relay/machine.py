"""What a figure was measured on: the day, the machine, and how long its disk takes to sync."""

from datetime import UTC, datetime
import os
from pathlib import Path
import platform
from statistics import median
import tempfile
import time

SYNCS = 40


def described(folder: Path | None = None) -> str:
    """One line above every table."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, load {os.getloadavg()[0]:.1f}, "
        f"one fsync {sync_ms(folder):.2f} ms"
    )


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def sync_ms(folder: Path | None = None) -> float:
    """The median of writing a little to a file and having it on the disk."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        return median(one_sync_ms(file.fileno()) for _ in range(SYNCS))


def one_sync_ms(handle: int) -> float:
    began = time.perf_counter()
    os.write(handle, b"x" * 4096)
    os.fsync(handle)
    return (time.perf_counter() - began) * 1000


def processor_s(pid: int) -> float:
    """Processor time of a process so far, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
