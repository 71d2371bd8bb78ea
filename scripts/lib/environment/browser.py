"""A Chromium without a window, and fonts in which Korean is more than boxes."""

from collections.abc import Callable
import os
from pathlib import Path

from .apt import Apt
from .commands import answers, output_of, program
from .installer import Installer
from .prefix import Prefix, launcher
from .steps import say
from .trouble import CannotGoOnError

LAUNCHER = "bin/chromium"
DRIVER = "bin/playwright-node"
_PACKAGE = "chromium-headless-shell"
_FONTS = "fonts-nanum"
_DRIVER_NEEDS = "libatomic1"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FONT_CONFIGURATION = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{root}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{root}/font-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>NanumGothic</family></prefer></alias>
  <alias><family>serif</family><prefer><family>NanumMyeongjo</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>NanumGothicCoding</family></prefer></alias>
</fontconfig>
"""


def make_browser(
    root: Path, *, apt: Apt | None, installer: Installer, python: Callable[[], Path]
) -> None:
    if apt is not None and apt.has(_PACKAGE):
        browser = _debians(root, apt, installer)
    else:
        browser = _the_machines() or _playwrights(root, python())
    _offer_fonts(root, apt)
    _offer_driver(root, apt)
    fonts = _FONT_CONFIGURATION.format(root=root)
    (root / "fonts.conf").write_text(fonts, encoding="utf-8")
    ready = launcher(root / LAUNCHER, f'FONTCONFIG_FILE="{root}/fonts.conf" exec "{browser}" "$@"')
    if not answers([ready, "--version"]):
        raise CannotGoOnError(
            f"{browser} does not start",
            do="try `" + str(ready) + " --version` and see what it says",
        )


def _debians(root: Path, apt: Apt, installer: Installer) -> Path:
    """Unpack Debian's headless Chromium and bind it to the libraries that came with it.

    libpulse names a folder of the machine for a library of its own; only without that name is
    the one that came along found.
    """
    prefix = Prefix(root / "unpacked", patchelf=installer.patchelf)
    apt.unpack_whole([_PACKAGE], prefix.root)
    pulse = f"usr/lib/{prefix.triplet}/pulseaudio"
    prefix.forget_rpath(prefix.find(f"usr/lib/{prefix.triplet}/libpulse.so.0"))
    prefix.adopt(prefix.find("usr/lib/chromium/chrome_crashpad_handler"))
    return prefix.adopt(prefix.find(f"usr/lib/chromium/{_PACKAGE}"), also=[pulse])


def _the_machines() -> Path | None:
    found = program(*_NAMES)
    return found if found and answers([found, "--version"]) else None


def _playwrights(root: Path, python: Path) -> Path:
    """The browser that Playwright fetches for systems it knows."""
    where = {"PLAYWRIGHT_BROWSERS_PATH": str(root / "playwright")}
    do = "install Chromium so that `chromium` is on PATH, then run this again"
    output_of([python, "-m", "playwright", "install", "--only-shell", "chromium"], env=where, do=do)
    shells = sorted((root / "playwright").glob("chromium_headless_shell-*/*/*headless*shell"))
    executable = next((shell for shell in shells if os.access(shell, os.X_OK)), None)
    if executable is None:
        raise CannotGoOnError("Playwright fetched no Chromium", do=do)
    return executable


def _offer_fonts(root: Path, apt: Apt | None) -> None:
    if apt is not None and apt.has(_FONTS):
        apt.unpack_alone([_FONTS], root / "fonts")
    else:
        say("         install a Korean font (Noto Sans CJK or Nanum) for pictures worth looking at")


def _offer_driver(root: Path, apt: Apt | None) -> None:
    """Playwright's driver is a Node.js that needs a library which a bare Debian does not have.

    The launcher asks for the environment when it runs: that one may be made anew, the browser not.
    """
    if apt is None or not apt.has(_DRIVER_NEEDS):
        return
    apt.unpack_alone([_DRIVER_NEEDS], root / "driver")
    folder = next(iter((root / "driver").glob("usr/lib/*/libatomic.so.1"))).parent
    node = '"$(echo "$VIRTUAL_ENV"/lib/python3.*/site-packages/playwright/driver/node)"'
    path = f'LD_LIBRARY_PATH="{folder}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"'
    launcher(root / DRIVER, f'{path} exec {node} "$@"')
