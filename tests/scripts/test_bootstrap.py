"""What `scripts/bootstrap` promises the other scripts, asked of the real one."""

import os
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

CHECKOUT = Path(__file__).parents[2]


def bootstrap(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CHECKOUT / "scripts/bootstrap", *words],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def after_eval(command: str) -> str:
    script = f'eval "$({CHECKOUT}/scripts/bootstrap --print-env)" && {command}'
    done = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_it_prints_nothing_but_exports() -> None:
    lines = bootstrap("--print-env").stdout.splitlines()
    assert lines
    assert all(line.startswith("export ") for line in lines)


def test_the_exported_python_comes_first_and_is_new_enough() -> None:
    version = after_eval("python -c 'import sys; print(sys.version_info >= (3, 14, 2))'")
    assert version == "True"


def test_both_apps_are_found_in_this_checkout() -> None:
    program = "import anshim_relay, anshim_district; print(anshim_relay.__path__[0])"
    assert after_eval(f"python -c '{program}'") == str(CHECKOUT / "addon/relay/src/anshim_relay")


def test_a_thread_that_waits_a_minute_at_sixtyfold_time_waits_a_second() -> None:
    waits = "import threading, time; began = time.time(); threading.Event().wait(60); "
    waits += "print(59 < time.time() - began < 90)"
    fast = f"LD_PRELOAD=$ANSHIM_FAKETIME FAKETIME='+0 x60' python -c '{waits}'"
    assert after_eval(fast) == "True"


def test_asking_twice_does_not_make_path_longer() -> None:
    again = f'eval "$({CHECKOUT}/scripts/bootstrap --print-env)" && printenv PATH'
    assert after_eval(again) == after_eval("printenv PATH")


def test_a_cache_folder_that_cannot_be_made_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = bootstrap(XDG_CACHE_HOME=str(tmp_path / "file"))
    assert done.returncode == 1
    assert "What to do: set XDG_CACHE_HOME" in done.stderr


def test_a_machine_without_a_python_is_told_what_to_install(tmp_path: Path) -> None:
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name) or pytest.fail(f"no {name} here"))
    done = bootstrap(PATH=str(tmp_path))
    assert done.returncode == 1
    assert "install python3" in done.stderr


def test_the_launchers_start_the_programs_of_this_checkout() -> None:
    for name in ("anshim-relay", "anshim-district"):
        done = subprocess.run(
            [CHECKOUT / "scripts" / name, "--help"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "--options" in done.stdout


def test_this_test_runs_in_that_environment() -> None:
    assert after_eval("printenv ANSHIM_PYTHON") == sys.executable
