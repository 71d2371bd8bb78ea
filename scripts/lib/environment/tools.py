"""The broker that homes use, for the demo and the tests that bring real programs.

Where there is apt it is unpacked into the cache, whatever the machine has: every checkout then
runs the same. Elsewhere the one on PATH is used, and the lack of one is said.
"""

from pathlib import Path

from .apt import Apt
from .commands import program
from .installer import Installer
from .prefix import Prefix, launcher
from .steps import say


def make_tools(root: Path, *, apt: Apt | None, installer: Installer) -> None:
    if apt is not None:
        prefix = Prefix(root / "unpacked", patchelf=installer.patchelf)
        apt.unpack_whole(["mosquitto"], prefix.root)
        mosquitto = prefix.adopt(prefix.find("usr/sbin/mosquitto"))
        launcher(root / "bin/mosquitto", f'exec "{mosquitto}" "$@"')
    elif program("mosquitto") is None:
        say("         no mosquitto here: install it to run the demo with the broker homes use")
