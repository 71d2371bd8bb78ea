"""Finds or unpacks a C++ compiler for the packages that come without a wheel for Python 3.14.

With Home Assistant 2026.10 these are two audio modules, without which its web page does not open.
"""

from collections.abc import Callable
from pathlib import Path

from .apt import Apt
from .commands import output_of, program
from .installer import Installer
from .once import made_once
from .places import Places
from .prefix import Prefix, launcher
from .trouble import CannotGoOnError

_INNER_PARTS = ("cc1", "cc1plus", "collect2")
_TRIAL = "#include <vector>\nint main() { return std::vector<int>{}.size(); }\n"


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
    """Unpack Debian's compiler and let it see its own headers, libraries and linker only."""
    apt.unpack_whole(["g++"], root)
    prefix = Prefix(root, patchelf=installer.patchelf)
    helpers = root / "helpers"
    helpers.mkdir()
    for part in _INNER_PARTS:
        prefix.adopt(prefix.find(f"usr/lib/gcc/*/*/{part}"))
    for name in ("as", "ld"):
        (helpers / name).symlink_to(prefix.adopt(prefix.find(f"usr/bin/{name}")))
    for name in ("gcc", "g++"):
        real = prefix.adopt(prefix.find(f"usr/bin/{name}"))
        launcher(root / name, f'exec "{real}" --sysroot="{root}" -B"{helpers}/" "$@"')
    _try_out(root)


def _try_out(root: Path) -> None:
    source = root / "trial.cpp"
    source.write_text(_TRIAL, encoding="utf-8")
    output_of(
        [root / "g++", "-o", root / "trial", source],
        do="install g++ (apt-get install g++, as root), then run this again",
    )
