"""Where things lie: a cache outside the tree, with one folder per thing made.

Each folder is named after what it was made from, so a changed requirement makes a new one.
"""

from dataclasses import dataclass
import hashlib
import os
from pathlib import Path
import platform
import shutil
import time

from .telephony import SUITE
from .trouble import CannotGoOnError

# raise this when a step makes something else than before: every folder is then made anew
RECIPE = 3
_NEEDED_GB = 4


@dataclass(frozen=True, kw_only=True)
class Places:
    """The checkout that is read, and the folders in the cache that are made from it."""

    checkout: Path
    cache: Path

    @property
    def installer_requirements(self) -> Path:
        return self.checkout / "requirements/installer.txt"

    @property
    def requirements(self) -> Path:
        return self.checkout / "requirements/environment.txt"

    @property
    def installer(self) -> Path:
        return self.cache / f"installer-{_key(self.installer_requirements)}"

    @property
    def environment(self) -> Path:
        return self.cache / f"environment-{_key(self.requirements)}"

    @property
    def next_zigpy_requirements(self) -> Path:
        return self.checkout / "requirements/next-zigpy.txt"

    @property
    def next_zigpy(self) -> Path:
        return self.cache / f"next-zigpy-{_key(self.next_zigpy_requirements)}"

    @property
    def python(self) -> Path:
        return self.cache / f"python-{_key()}"

    @property
    def compiler(self) -> Path:
        return self.cache / f"compiler-{_key()}"

    @property
    def tools(self) -> Path:
        return self.cache / f"tools-{_key()}"

    @property
    def telephony(self) -> Path:
        return self.cache / f"telephony-{SUITE}-{_key()}"

    @property
    def browser(self) -> Path:
        return self.cache / f"browser-{_key()}"

    def lists(self, name: str) -> Path:
        """Fetched anew every hour, and never under the feet of another run that reads them."""
        return self.cache / f"lists-{name}-{time.strftime('%Y%m%d-%H')}"

    def must_have_room(self) -> None:
        """Better said before a gigabyte is fetched than in the middle of it."""
        do = "set XDG_CACHE_HOME to a folder of yours with room in it, then run this again"
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotGoOnError(f"the cache folder cannot be made: {error}", do=do) from error
        free_gb = shutil.disk_usage(self.cache).free / 1e9
        if free_gb < _NEEDED_GB:
            raise CannotGoOnError(
                f"{self.cache} has {free_gb:.1f} GB left; {_NEEDED_GB} GB are needed", do=do
            )


def places_of(checkout: Path) -> Places:
    above = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Places(checkout=checkout, cache=Path(above) / "anshim-knock")


def _key(*files: Path) -> str:
    """A name that changes with the recipe, the machine's release and the requirements."""
    digest = hashlib.sha256(f"{RECIPE} {platform.machine()} {_release()}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _release() -> str:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return platform.system()
    return f"{release['ID']} {release.get('VERSION_ID', '')}"
