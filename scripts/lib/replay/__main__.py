"""`scripts/replay` starts here: the integration's logic is imported without the integration.

Its package would import Home Assistant, which judging a log has no need of and no time for.
"""

from pathlib import Path
import sys
from types import ModuleType

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "custom_components.anshim_knock"


def without_home_assistant() -> None:
    """Make `PACKAGE` a plain folder, so that only what is asked for is imported."""
    package = ModuleType(PACKAGE)
    package.__path__ = [str(ROOT / PACKAGE.replace(".", "/"))]
    sys.modules[PACKAGE] = package
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts/lib")]


if __name__ == "__main__":
    without_home_assistant()
    from replay.command import main

    sys.exit(main(sys.argv[1:]))
