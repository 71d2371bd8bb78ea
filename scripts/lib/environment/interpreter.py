"""Chooses the Python that runs everything.

The machine's, one of uv's, or a private one from a later release of Debian.
"""

from collections.abc import Callable
from dataclasses import dataclass
import os
from pathlib import Path
import subprocess

from .apt import Apt
from .commands import answers, program
from .installer import Installer
from .once import made_once
from .places import Places
from .prefix import Prefix
from .trouble import CannotGoOnError

SUITE = "forky"
_PACKAGES = ("python3.14", "python3.14-dev", "libstdc++6", "libfaketime")
_HEADERS = "headers"
_WANTED = "cpython>=3.14.2,<3.15"
# a virtual environment on PATH, perhaps one of ours, is passed over for what it stands on
_IS_WANTED = """
import ssl, sqlite3, sys
new_enough = (3, 14, 2) <= sys.version_info < (3, 15)
raise SystemExit(not new_enough or sys.prefix != sys.base_prefix)
"""


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python, what it is, and the folder it was unpacked into, if that was done here."""

    python: Path
    kind: str
    unpacked: Path | None = None

    @property
    def headers(self) -> Path | None:
        """What its extensions need besides the headers where it says they are."""
        return self.unpacked / _HEADERS if self.unpacked else None


def choose_interpreter(
    places: Places, installer: Installer, next_release: Callable[[], Apt]
) -> Interpreter:
    """The first that is there, in this order; only the last one is made by ourselves."""
    ways: list[tuple[str, Callable[[], Path | None]]] = [
        ("python3.14 on PATH", lambda: program("python3.14")),
        ("one that uv found", lambda: _uv_finds(installer, {})),
        ("one that uv fetched", lambda: _uv_fetches(installer, places.cache / "python-by-uv")),
    ]
    for kind, search in ways:
        python = search()
        if python is not None and answers([python, "-c", _IS_WANTED]):
            return Interpreter(python=python, kind=f"{kind} ({python})")
    root = made_once(
        places.python,
        lambda folder: _unpack(folder, apt=next_release(), installer=installer),
    )
    python = root / "usr/bin/python3.14"
    return Interpreter(python=python, kind=f"Debian {SUITE}'s, unpacked", unpacked=root)


def _unpack(root: Path, *, apt: Apt, installer: Installer) -> None:
    """Unpack the interpreter with its whole userland, and bind it to that.

    1. Take the packages with all their dependencies, the C library included; libfaketime is made
       for one C library, so it comes along.
    2. Bind the interpreter to them: the machine's older C library never meets it.
    3. Offer Debian's second header folder alone, so that the machine's compiler does not
       see the newer C library's headers.
    """
    apt.unpack_whole(_PACKAGES, root)
    prefix = Prefix(root, patchelf=installer.patchelf)
    python = prefix.adopt(prefix.find("usr/bin/python3.14"))
    multiarch = root / _HEADERS / prefix.triplet
    multiarch.mkdir(parents=True)
    (multiarch / "python3.14").symlink_to(root / f"usr/include/{prefix.triplet}/python3.14")
    if not answers([python, "-c", _IS_WANTED]):
        raise CannotGoOnError(
            f"the Python 3.14 of Debian {SUITE} does not run here",
            do="put a Python 3.14.2 or later on PATH as `python3.14`, then run this again",
        )


def _uv_finds(installer: Installer, env: dict[str, str]) -> Path | None:
    return _uv(installer, "find", "--system", "--no-project", env=env)


def _uv_fetches(installer: Installer, into: Path) -> Path | None:
    """Works where the internet is reachable; elsewhere it says no within a second or two."""
    env = {
        "UV_PYTHON_INSTALL_DIR": str(into),
        "UV_PYTHON_DOWNLOADS": "manual",
        "UV_HTTP_RETRIES": "1",
    }
    _uv(installer, "install", "--no-bin", env=env)
    return _uv_finds(installer, env)


def _uv(installer: Installer, *words: str, env: dict[str, str]) -> Path | None:
    done = subprocess.run(
        [installer.uv, "python", *words, _WANTED],
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    answer = done.stdout.strip()
    return Path(answer) if done.returncode == 0 and answer else None
