"""What the automatic call is made and tested with: baresip, sipp, espeak-ng, and kamailio as a PBX.

Unpacked like the broker, from the release that the district's image is built on: what is tested is
what is shipped. Of baresip's many libraries (cameras, screens, sound cards) only those are taken
that a telephone call needs.
"""

from pathlib import Path

from .apt import Apt
from .commands import program
from .installer import Installer
from .prefix import Prefix, launcher
from .steps import say

# the Debian of the district's Dockerfile; the one before has a baresip that checks no certificate
SUITE = "trixie"
PROGRAMS = ("baresip", "sipp", "espeak-ng")
PBX = "kamailio"
MODULES = "unpacked/usr/lib/baresip/modules"
# the library of SIP and of media, and the one that records what is heard
_NEEDED = ("libre", "librem", "libsndfile")


def make_telephony(root: Path, *, apt: Apt | None, installer: Installer) -> None:
    if apt is not None and apt.has("baresip-core"):
        _unpack(root, apt, installer)
    elif missing := [name for name in (*PROGRAMS, PBX) if program(name) is None]:
        say(f"         no {', '.join(missing)} here: the automatic call cannot be tested")


def _unpack(root: Path, apt: Apt, installer: Installer) -> None:
    prefix = Prefix(root / "unpacked", patchelf=installer.patchelf)
    needed = [name for name in apt.needs("baresip-core") if name.rstrip("0123456789t") in _NEEDED]
    apt.unpack_whole([*needed, "sip-tester", "espeak-ng"], prefix.root)
    # its libraries came with the others; what else it would bring is databases and a Python
    apt.unpack_alone(["baresip-core", PBX, f"{PBX}-tls-modules"], prefix.root)
    # espeak-ng is linked with a sound server's library, which keeps another in a folder of its own
    for library in sorted(prefix.root.glob("usr/lib/*/libpulse*.so.*.*")):
        prefix.forget_rpath(library)
    sound = f"usr/lib/{prefix.triplet}/pulseaudio"
    for name in PROGRAMS:
        bound = prefix.adopt(prefix.find(f"usr/bin/{name}"), also=[sound])
        launcher(root / "bin" / name, f'{_around(prefix, name)}exec "{bound}" "$@"')
    _adopt_pbx(root, prefix)


def _adopt_pbx(root: Path, prefix: Prefix) -> None:
    own = f"usr/lib/{prefix.triplet}/{PBX}"
    bound = prefix.adopt(prefix.find(f"usr/sbin/{PBX}"), also=[own])
    launcher(root / "bin" / PBX, f'exec "{bound}" -L "{prefix.root / own}/modules/" "$@"')


def _around(prefix: Prefix, name: str) -> str:
    if name != "espeak-ng":
        return ""
    voices = prefix.find("usr/lib/*/espeak-ng-data/phontab").parent.parent
    return f'ESPEAK_DATA_PATH="{voices}" '
