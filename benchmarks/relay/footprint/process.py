"""What the kernel says of a process."""

from pathlib import Path
import re

MIB = 1024 * 1024


def resident_mb(pid: int) -> float:
    return field(Path(f"/proc/{pid}/status"), "VmRSS") / 1024


def written_mb(pid: int) -> float:
    """What reached the disk, not what was only handed to the kernel."""
    return field(Path(f"/proc/{pid}/io"), "write_bytes") / MIB


def field(file: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{file} says nothing of {name}")
    return int(found[1])
