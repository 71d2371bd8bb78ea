"""The tests of ZHA once more, in a process of their own in which the next zigpy comes first."""

import asyncio
import os
from pathlib import Path
import sys

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
# The validator makes code of a schema at its fiftieth use, and cannot name the infinity in this
# zigpy's. How often a stick that is pulled out is tried again, and so whether it comes to that, is
# chance.
_PYTEST = """
import sys, probatio, pytest
probatio.set_compile_policy(probatio.CompilePolicy.OFF)
sys.exit(pytest.main(sys.argv[1:]))
"""


@pytest.mark.timeout(170)
async def test_devices_are_read_on_the_next_zigpy_as_on_the_one_that_zha_pins(
    socket_enabled: None,
) -> None:
    folder = os.environ["ANSHIM_NEXT_ZIGPY"]
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{os.environ['PYTHONPATH']}"}
    version = "import zigpy, importlib.metadata as m; print(m.version('zigpy'), zigpy.__file__)"
    told = await _run(environment, "-c", version)
    assert told.split() == ["2.4.0", f"{folder}/zigpy/__init__.py"]
    test = ["-c", _PYTEST, "-q", "-p", "no:cacheprovider", "tests/integration/test_zha.py"]
    assert "passed" in await _run(environment, *test, "--timeout=120")


async def _run(environment: dict[str, str], *words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words,
        cwd=CHECKOUT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()[-4000:]
    return told.decode()
