"""What a shell or a script needs to know of the environment, as variables."""

from collections.abc import Mapping
import os
import shlex

from .browser import DRIVER, LAUNCHER
from .faketime import FAKETIME
from .once import is_complete
from .places import Places
from .telephony import MODULES

_APPS = ("addon/relay/src", "addon/district/src")


def exports(places: Places) -> dict[str, str]:
    """The environment first on PATH; the apps from this checkout, unknown to the shared cache."""
    made = (places.environment, places.tools, places.telephony, places.browser)
    folders = [folder / "bin" for folder in made]
    apps = [str(places.checkout / app) for app in _APPS]
    variables = {
        "ANSHIM_PYTHON": str(places.environment / "bin/python"),
        "ANSHIM_TOOLS": str(places.tools),
        "PATH": _before([str(folder) for folder in folders], os.environ.get("PATH", os.defpath)),
        "ANSHIM_NEXT_ZIGPY": str(places.next_zigpy),
        "PYTHONPATH": _before(apps, os.environ.get("PYTHONPATH", "")),
        "VIRTUAL_ENV": str(places.environment),
    }
    if (places.telephony / MODULES).exists():
        variables["ANSHIM_BARESIP_MODULES"] = str(places.telephony / MODULES)
    if (places.environment / FAKETIME).exists():
        variables["ANSHIM_FAKETIME"] = str(places.environment / FAKETIME)
    if is_complete(places.browser):
        variables["ANSHIM_CHROMIUM"] = str(places.browser / LAUNCHER)
        if (places.browser / DRIVER).exists():
            variables["PLAYWRIGHT_NODEJS_PATH"] = str(places.browser / DRIVER)
    return variables


def as_shell(variables: Mapping[str, str]) -> str:
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def _before(first: list[str], then: str) -> str:
    """A search path with these in front, each once however often a script asks."""
    rest = [part for part in then.split(os.pathsep) if part and part not in first]
    return os.pathsep.join([*first, *rest])
