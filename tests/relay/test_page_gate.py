"""As an app the relay's page is for Home Assistant's Supervisor, and for nobody else."""

import json
import os
from pathlib import Path
import subprocess
import sys

import pytest

from tests.relay.conftest import Make
from tests.relay.support.page import PageReader
from tests.relay.support.process import SRC

PROGRAM = Path(__file__).parent / "support" / "ingress_network.py"
SUPERVISOR, NEIGHBOUR = "172.30.32.2", "172.30.33.7"
AS_APP = {"SUPERVISOR_TOKEN": "of-this-test", "SUPERVISOR_API": "http://127.0.0.1:1"}


def has_namespaces() -> bool:
    asked = [sys.executable, "-c", "import os; os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


async def test_who_comes_by_another_way_is_told_where_the_page_opens(make: Make) -> None:
    relay = make(page_port=0, listen_host="127.0.0.1")
    relay.launch_cold(AS_APP)
    await relay.connect()
    async with PageReader(relay, **{"X-Ingress-Path": "/api/hassio_ingress/x"}) as page:
        for path in ("/", "/live", "/report", "/static/page.js", "/nowhere"):
            refused = await page.get(path)
            assert refused.status == 403
            assert refused.html.startswith("This page opens only from Home Assistant")
        korean = await page.get(**{"Accept-Language": "ko", "X-Forwarded-For": SUPERVISOR})
        assert korean.html.startswith("이 화면은 Home Assistant에서만 열립니다")


@pytest.mark.skipif(not has_namespaces(), reason="no network namespaces for us here")
def test_the_supervisors_address_may_enter_and_a_neighbours_may_not() -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, SUPERVISOR, NEIGHBOUR],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    assert done.returncode == 0, done.stderr
    statuses = json.loads(done.stdout)
    assert statuses == {"127.0.0.1": 403, SUPERVISOR: 200, NEIGHBOUR: 403}
