"""Runs other programs for the steps and turns a failure into words."""

from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import shutil
import subprocess

from .trouble import CannotGoOnError

_LINES_WORTH_READING = 12


def output_of(
    command: Sequence[str | Path],
    *,
    do: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """What the command printed; its last lines become the complaint when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        close_fds=False,  # the lock goes along, see once.py
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        said = "\n".join(f"    {line}" for line in lines[-_LINES_WORTH_READING:])
        raise CannotGoOnError(f"{' '.join(words[:3])} … failed:\n{said}", do=do)
    return done.stdout


def answers(command: Sequence[str | Path]) -> bool:
    """Whether a program is there and does what it is asked at all."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def program(*names: str) -> Path | None:
    """The first of these that could be started here, the administrator's folders included."""
    path = os.pathsep.join(
        [os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"]
    )
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return Path(found)
    return None
