"""Home Assistant copies the running relay's files one after the other: the copy is whole."""

import os
from pathlib import Path
import shutil
import subprocess
import sys

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.process import SRC, RelayProcess

# The log is nearly as long as SQLite lets it become, and turns over while it is copied.
KEPT, MEANWHILE = 1900, 60
TIME = "2026-11-27T00:00:00Z"


def made_ready(data: Path) -> subprocess.CompletedProcess[str]:
    """As config.yaml's `backup_pre` says it."""
    return subprocess.run(
        [sys.executable, "-m", "anshim_relay.before_backup", "--options", "-", "--data", str(data)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )


async def keep(relay: RelayProcess, first: int, count: int) -> list[str]:
    """What the relay says of each: kept, or a repeat."""
    said: list[str] = []
    for start in range(first, first + count, 50):
        events = [
            event(version, time=TIME) for version in range(start, min(start + 50, first + count))
        ]
        status, body = await relay.post(events)
        assert status == 202
        said += [one["status"] for one in body["kept"]]
    return said


async def test_a_copy_of_a_busy_relay_has_everything_that_was_kept_before(
    make: Make, tmp_path: Path
) -> None:
    """In the worst order: the log comes last, when what it held has left it for the database."""
    copy = tmp_path / "restored" / "data"
    copy.mkdir(parents=True)
    async with make("busy") as relay:
        await keep(relay, 1, KEPT)
        ready = made_ready(relay.data)
        assert (ready.returncode, ready.stderr) == (0, "")
        for number, name in enumerate(("outbox.db", "outbox.db-shm", "outbox.db-wal")):
            shutil.copy(relay.data / name, copy / name)
            await keep(relay, KEPT + 1 + MEANWHILE * number, MEANWHILE)
    async with make("restored") as restored:
        assert (await restored.said("started"))["damaged"] is False
        assert await keep(restored, 1, KEPT) == ["repeat"] * KEPT


def test_where_there_is_nothing_or_nonsense_the_backup_goes_on(tmp_path: Path) -> None:
    assert made_ready(tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "outbox.db").write_bytes(b"no database at all " * 50)
    nonsense = made_ready(tmp_path)
    assert nonsense.returncode == 0
    assert "not a database" in nonsense.stderr
