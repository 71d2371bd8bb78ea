"""Where there is no apt, what the machine has is used, and what is missing is said."""

from collections.abc import Callable
from pathlib import Path
import subprocess
import sys

import pytest

from environment.browser import make_browser
from environment.faketime import provide_faketime
from environment.installer import Installer
from environment.interpreter import Interpreter
from environment.telephony import make_telephony
from environment.trouble import CannotGoOnError

NO_INSTALLER = Installer(uv=Path("uv"), patchelf=Path("patchelf"))

type Plant = Callable[[str, str], Path]


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Puts a program on a PATH that holds little else."""
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/bin")
    (tmp_path / "bin").mkdir()

    def put(name: str, script: str) -> Path:
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    return put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def no_python() -> Path:
    pytest.fail("nobody should have asked Playwright")


def make(root: Path, python: Callable[[], Path]) -> None:
    make_browser(root, apt=None, installer=NO_INSTALLER, python=python)


def test_the_machines_browser_is_started_with_the_fonts_it_needs(plant: Plant, root: Path) -> None:
    plant("chromium", 'echo "Chrome with $FONTCONFIG_FILE"')
    make(root, no_python)
    said = subprocess.run([root / "bin/chromium"], check=True, capture_output=True, text=True)
    assert said.stdout == f"Chrome with {root}/fonts.conf\n"
    assert "NanumGothic" in (root / "fonts.conf").read_text()


def test_a_browser_that_is_only_a_name_is_passed_over_for_playwrights(
    plant: Plant, root: Path
) -> None:
    plant("chromium", "echo 'install the snap'; exit 1")
    shell = root / "playwright/chromium_headless_shell-1/chrome-linux/headless_shell"
    python = plant(
        "python",
        f'mkdir -p {shell.parent}; printf "#!/bin/sh\\necho playwright" >{shell}; chmod +x {shell}',
    )
    make(root, lambda: python)
    said = subprocess.run([root / "bin/chromium"], check=True, capture_output=True, text=True)
    assert said.stdout == "playwright\n"


def test_a_machine_where_no_browser_can_be_had_is_told_what_to_do(plant: Plant, root: Path) -> None:
    python = plant("python", "echo 'no way to the internet' >&2; exit 1")
    with pytest.raises(CannotGoOnError, match="no way to the internet") as trouble:
        make(root, lambda: python)
    assert "install Chromium" in trouble.value.do


def test_a_clock_that_cannot_run_faster_is_said_and_stops_nobody(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = Interpreter(python=Path(sys.executable), kind="one on PATH")
    provide_faketime(root, python, lambda: None)
    assert "no libfaketime here" in capsys.readouterr().err


def test_without_apt_the_lack_of_a_telephone_is_said(
    plant: Plant, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant("sipp", "true")
    make_telephony(root, apt=None, installer=NO_INSTALLER)
    told = capsys.readouterr()
    assert "no baresip, espeak-ng, kamailio here" in told.out + told.err


def test_where_the_machine_has_them_nothing_is_said(
    plant: Plant, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("baresip", "sipp", "espeak-ng", "kamailio"):
        plant(name, "true")
    make_telephony(root, apt=None, installer=NO_INSTALLER)
    told = capsys.readouterr()
    assert told.out + told.err == ""
