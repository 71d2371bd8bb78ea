"""logic/ knows no Home Assistant, network, event loop or clock: a planted import is refused."""

from pathlib import Path
import shutil
import subprocess

import pytest

CHECKOUT = Path(__file__).parents[2]
LOGIC = Path("custom_components/anshim_knock/logic")
ASK = ["ruff", "check", "--no-cache", "--ignore-noqa", "--select", "TID251,TID252"]


@pytest.fixture
def logic(tmp_path: Path) -> Path:
    """A folder that stands where logic/ stands, behind the same fence."""
    folder = tmp_path / LOGIC
    folder.mkdir(parents=True)
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    shutil.copy(CHECKOUT / LOGIC / "ruff.toml", folder)
    return folder


def said_about(folder: Path, text: str) -> str:
    (folder / "planted.py").write_text(text, encoding="utf-8")
    return subprocess.run([*ASK, folder], capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(
    "text",
    [
        "import homeassistant",
        "from homeassistant import core",
        "from homeassistant.util import dt as dt_util",
        "import aiohttp",
        "import asyncio",
        "from asyncio import sleep",
        "import time",
        "from time import monotonic",
        "import voluptuous as vol",
        "import random",
        "import importlib",
        "from ..coordinator import Coordinator",
        "from custom_components.anshim_knock import coordinator",
        "from datetime import datetime\nnow = datetime.now()",
        "from datetime import UTC, datetime as moment\nnow = moment.now(UTC)",
        "import datetime\nnow = datetime.datetime.now(datetime.UTC)",
        "import datetime\nnow = datetime.datetime.utcnow()",
        "from datetime import date\ntoday = date.today()",
        "import asyncio  # noqa: TID251",
    ],
)
def test_a_planted_import_is_refused(logic: Path, text: str) -> None:
    assert "TID25" in said_about(logic, text)


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime, timedelta\nlater = datetime.max - timedelta(hours=1)",
        "from .ladder import Stage",
        "from dataclasses import dataclass",
    ],
)
def test_what_deciding_needs_is_let_in(logic: Path, text: str) -> None:
    assert "TID25" not in said_about(logic, text)


def test_the_fence_stands_around_the_real_logic() -> None:
    done = subprocess.run([*ASK, CHECKOUT / LOGIC], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
