"""Python is looked for on PATH, then with uv, and only then in Debian's next release."""

from collections.abc import Callable
from pathlib import Path
import sys

import pytest

from environment.apt import Apt
from environment.installer import Installer
from environment.interpreter import choose_interpreter
from environment.places import Places

# the interpreter under the environment that these tests run in
BASE = Path(sys.base_prefix) / "bin/python3.14"

type Choose = Callable[[], str]


def program(at: Path, script: str) -> Path:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(f"#!/bin/sh\n{script}\n")
    at.chmod(0o755)
    return at


class NextReleaseWantedError(Exception):
    """The machine's mirror would be asked now."""


def next_release() -> Apt:
    raise NextReleaseWantedError


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH besides the system's, which have no Python 3.14 at first."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path / "bin"


@pytest.fixture
def uv(tmp_path: Path) -> Path:
    """A uv that knows no Python until a test teaches it one."""
    return program(tmp_path / "installer/uv", "exit 2")


@pytest.fixture
def choose(tmp_path: Path, path: Path, uv: Path) -> Choose:
    places = Places(checkout=tmp_path, cache=tmp_path / "cache")
    installer = Installer(uv=uv, patchelf=uv)
    return lambda: choose_interpreter(places, installer, next_release).kind


def test_the_one_on_path_comes_first(choose: Choose, path: Path, uv: Path) -> None:
    program(path / "python3.14", f'exec {BASE} "$@"')
    program(uv, f"echo {BASE}")
    assert choose().startswith("python3.14 on PATH")


def test_one_on_path_that_is_too_old_is_passed_over(choose: Choose, path: Path, uv: Path) -> None:
    program(path / "python3.14", "exit 1")
    program(uv, f"echo {BASE}")
    assert choose().startswith("one that uv found")


def test_a_virtual_environment_on_path_is_passed_over(choose: Choose, path: Path, uv: Path) -> None:
    program(path / "python3.14", f'exec {sys.executable} "$@"')
    program(uv, f"echo {BASE}")
    assert choose().startswith("one that uv found")


def test_uv_is_asked_to_fetch_one_when_it_knows_none(
    choose: Choose, tmp_path: Path, uv: Path
) -> None:
    fetched = tmp_path / "fetched"
    program(uv, f'[ "$2" = install ] && touch {fetched}; [ -e {fetched} ] && echo {BASE}')
    assert choose().startswith("one that uv fetched")


def test_debians_next_release_is_the_last_resort(choose: Choose) -> None:
    with pytest.raises(NextReleaseWantedError):
        choose()
