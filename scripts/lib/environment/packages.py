"""Fills a virtual environment with exactly what requirements/environment.txt names and hashes."""

from collections.abc import Mapping
from pathlib import Path

from .commands import output_of
from .installer import Installer
from .interpreter import Interpreter

_CAUSES = (
    "if it could not fetch, see whether this machine reaches its Python package index; "
    "if it could not build, install g++; then run this again"
)


def install_packages(
    environment: Path,
    *,
    requirements: Path,
    interpreter: Interpreter,
    installer: Installer,
    compiler: Mapping[str, str],
) -> None:
    env = {"UV_PYTHON_DOWNLOADS": "never", **compiler}
    if interpreter.headers:
        env["CPATH"] = str(interpreter.headers)
    uv, again = installer.uv, "run this again"
    output_of(
        [uv, "venv", "-q", "--allow-existing", "--python", interpreter.python, environment],
        env=env,
        do=again,
    )
    install: list[str | Path] = [uv, "pip", "install", "-q", "--require-hashes", "-r", requirements]
    output_of([*install, "--python", environment / "bin/python"], env=env, do=_CAUSES)


def fetch_beside(folder: Path, *, requirements: Path, installer: Installer) -> None:
    """Packages in a folder of their own, to be put before those of the environment."""
    what: list[str | Path] = ["--require-hashes", "--no-deps", "-r", requirements]
    target: list[str | Path] = ["--target", folder, "--python-version", "3.14"]
    output_of([installer.uv, "pip", "install", "-q", *target, *what], do=_CAUSES)
