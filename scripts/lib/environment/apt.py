"""Takes Debian packages without root: lists and status of its own, and nothing is installed.

Used for the private interpreter, the compiler and the system tools. The packages are only
unpacked; nothing of theirs is run as root and nothing is written outside the cache.
"""

from collections.abc import Iterable, Sequence
import os
from pathlib import Path
import platform

from .apt_sources import Source, archive_of, of_release, sources_of
from .commands import output_of, program
from .trouble import CannotGoOnError

_NETWORK = (
    "see whether this machine reaches its Debian mirror (apt-get update), then run this again"
)


class Apt:
    """One private view of a mirror: its lists, and packages taken with all they depend on."""

    def __init__(self, folder: Path, sources: Sequence[Source]) -> None:
        self._folder = folder
        self._sources = sources

    def update(self) -> None:
        for part in ("lists/partial", "archives/partial", "etc"):
            (self._folder / part).mkdir(parents=True, exist_ok=True)
        # an empty status: every dependency is taken too, so what comes out stands on its own feet
        (self._folder / "status").touch()
        stanzas = "\n".join(source.stanza() for source in self._sources)
        (self._folder / "etc/private.sources").write_text(stanzas, encoding="utf-8")
        # without this, lists that could not be fetched are only warned about
        self._get("-o", "APT::Update::Error-Mode=any", "update")

    def has(self, name: str) -> bool:
        names = output_of(["apt-cache", *self._options(), "pkgnames", name], do=_NETWORK)
        return name in names.split()

    def needs(self, name: str) -> list[str]:
        """The packages it depends on directly."""
        told = output_of(
            ["apt-cache", *self._options(), "depends", "--important", name], do=_NETWORK
        )
        return [line.split()[-1] for line in told.splitlines() if "Depends:" in line]

    def unpack_alone(self, names: Sequence[str], into: Path) -> None:
        """Unpack just these packages."""
        self._unpack(names, into)

    def unpack_whole(self, names: Sequence[str], into: Path) -> int:
        """Unpack these packages and everything they need; answer how many that were."""
        plan = self._get("--simulate", "install", "--no-install-recommends", *names)
        everything = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        self._unpack(everything, into)
        return len(everything)

    def _unpack(self, names: Iterable[str], into: Path) -> None:
        into.mkdir(parents=True, exist_ok=True)
        debs = into / ".debs"
        debs.mkdir()
        self._get("download", *names, cwd=debs)
        for deb in sorted(debs.iterdir()):
            output_of(["dpkg", "-x", deb, into], do="free some disk space, then run this again")
            deb.unlink()
        debs.rmdir()

    def _get(self, *words: str, cwd: Path | None = None) -> str:
        return output_of(["apt-get", "-q", *self._options(), *words], do=_NETWORK, cwd=cwd)

    def _options(self) -> list[str]:
        options = {
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Dir::Cache": self._folder,
            "Dir::Etc::preferences": "-",
            "Dir::Etc::preferencesparts": "-",
            "Dir::Etc::sourcelist": self._folder / "etc/private.sources",
            "Dir::Etc::sourceparts": "-",
            "Dir::State": self._folder,
            "Dir::State::status": self._folder / "status",
        }
        if os.geteuid() == 0:
            # as root, apt would hand its downloads to a user who may not enter the cache
            options["APT::Sandbox::User"] = "root"
        return [word for name, value in options.items() for word in ("-o", f"{name}={value}")]


def own_release(folder: Path) -> Apt | None:
    """The packages of this machine's own release, or None where there is no apt."""
    codename = _os_release().get("VERSION_CODENAME", "")
    sources = of_release(sources_of(), codename) if program("apt-get", "dpkg") else []
    return Apt(folder, sources) if sources else None


def debian_suite(folder: Path, suite: str) -> Apt:
    """Another suite of the Debian mirror this machine already uses."""
    release = _os_release()
    source = archive_of(sources_of(), release.get("VERSION_CODENAME", ""))
    if release.get("ID") != "debian" or source is None or not program("apt-get"):
        raise CannotGoOnError(
            f"there is no Python 3.14.2 or later here ({platform.platform(terse=True)}), "
            "uv could not fetch one, and this is not a Debian with a mirror in its apt sources",
            do="install Python 3.14 so that `python3.14` is on PATH, or let uv reach the internet "
            "(`uv python install 3.14`), then run this again",
        )
    return Apt(folder, [source.of_suite(suite)])


def _os_release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
