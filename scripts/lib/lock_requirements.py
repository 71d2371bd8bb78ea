"""Compiles every pinned requirement file; `scripts/lock` starts it.

One environment holds Home Assistant, both apps and the test tools, so it is compiled first and
the apps' own files are held to the same versions: what is tested is what is shipped.
"""

from collections.abc import Sequence
from pathlib import Path
import subprocess
import sys
import tempfile

CHECKOUT = Path(__file__).resolve().parents[2]
ENVIRONMENT = Path("requirements/environment.txt")
APPS = (Path("addon/relay"), Path("addon/district"))


def main(arguments: list[str]) -> int:
    """Compile all files; arguments such as --upgrade go to uv."""
    compiled("requirements/installer.txt", ["requirements/installer.in"], "3.11", arguments)
    with tempfile.TemporaryDirectory() as folder:
        constraints = home_assistants_constraints(Path(folder))
        sources = ["requirements/home-assistant.in", "requirements/develop.in"]
        sources += [str(app / "pyproject.toml") for app in APPS]
        compiled(str(ENVIRONMENT), sources, "3.14.2", ["-c", str(constraints), *arguments])
    compiled(
        "requirements/next-zigpy.txt",
        ["requirements/next-zigpy.in"],
        "3.14.2",
        ["--no-deps", *arguments],
    )
    for app in APPS:
        source = [str(app / "pyproject.toml")]
        held = ["-c", str(ENVIRONMENT), *arguments]
        compiled(str(app / "requirements.txt"), source, "3.14.2", held)
    return 0


def home_assistants_constraints(folder: Path) -> Path:
    """The file of versions that Home Assistant itself holds everything to."""
    lines = (CHECKOUT / "requirements/home-assistant.in").read_text(encoding="utf-8").splitlines()
    wanted = next(line for line in lines if line.startswith("homeassistant=="))
    uv("pip", "install", "-q", "--no-deps", "--target", str(folder), wanted)
    return folder / "homeassistant/package_constraints.txt"


def compiled(target: str, sources: Sequence[str], python: str, more: Sequence[str]) -> None:
    options = ["--universal", "--python-version", python, "--generate-hashes", "--no-header"]
    options += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
    uv("pip", "compile", "-q", *options, "-o", target, *sources, *more)
    lines = Path(CHECKOUT, target).read_text(encoding="utf-8").splitlines()
    print(f"{target}: {sum(not line.startswith((' ', '#')) for line in lines)} packages")


def uv(*words: str) -> None:
    subprocess.run(["uv", *words], cwd=CHECKOUT, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
