"""Makes a folder exactly once, whoever asks first; half of one is never taken for whole."""

from collections.abc import Callable, Iterator
import contextlib
import fcntl
import os
from pathlib import Path
import shutil
import time

from .steps import say

_MARK = ".complete"
_DAY_S = 24 * 3600


def is_complete(folder: Path) -> bool:
    return (folder / _MARK).is_file()


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder, made by `make` if nobody finished it before.

    1. Take the lock, so that two runs at once do not write into each other.
    2. Look again: the other run may have finished it meanwhile.
    3. Throw away what an interrupted run left.
    4. Make it in place (paths are written into it, so it cannot be moved afterwards).
    5. Leave the mark last, after everything else is on disk.
    """
    if is_complete(folder):
        os.utime(folder / _MARK)
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.with_name(f".{folder.name}.lock"), what=folder.name):
        if not is_complete(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            os.sync()
            (folder / _MARK).touch()
    return folder


def distrust(folder: Path) -> None:
    """Have it made anew, for instance because the interpreter it stands on has left the machine."""
    if is_complete(folder):
        (folder / _MARK).unlink(missing_ok=True)


def forget_unused(parent: Path, *, pattern: str, days: int, keep: Path | None = None) -> None:
    """Remove finished folders that nobody has asked for in so many days; some take a gigabyte."""
    before = time.time() - days * _DAY_S
    for folder in parent.glob(pattern):
        mark = folder / _MARK
        if folder != keep and mark.is_file() and mark.stat().st_mtime < before:
            mark.unlink()
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _alone(lock: Path, *, what: str) -> Iterator[None]:
    """Hold the lock, also on behalf of the programs started meanwhile.

    They inherit it: should this run be killed, the next one waits until the last of them has
    stopped writing.
    """
    with lock.open("w") as held:
        os.set_inheritable(held.fileno(), True)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"         another run is making {what}; waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(held, fcntl.LOCK_UN)
