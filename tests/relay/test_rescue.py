"""A damaged outbox whose rescue is itself interrupted: what was kept is still owed."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
import json
import os
from pathlib import Path
import random
import signal
import subprocess
import sys
from typing import Any

import orjson
import pytest

from anshim_relay.envelope import Priority, events_from
from anshim_relay.identity import fresh
from anshim_relay.outbox.epochs import Witness
from anshim_relay.outbox.opening import Found, open_outbox
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.seal import Seal
from anshim_relay.timekeeper import Timekeeper
from tests.relay.support import rescued_start
from tests.relay.support.events import event
from tests.relay.support.process import SRC

PAGE = 4096
EVENTS = 60
MOMENTS = 24
ROOT = Path(__file__).parents[2]
HEAVY = {"x": "y" * 600}

type Damaged = Callable[[str], Path]


def opened(folder: Path, starts: int) -> tuple[Outbox, Found]:
    folder.mkdir(exist_ok=True)
    return open_outbox(
        folder,
        limit=64 << 20,
        destinations=["district"],
        witness=Witness(instance="i", starts=starts),
        seal=None,
        now=None,
        on_broken=lambda: None,
    )


def spoil(file: Path, page: int) -> None:
    content = bytearray(file.read_bytes())
    content[page * PAGE : (page + 1) * PAGE] = random.Random(page).randbytes(PAGE)
    file.write_bytes(content)


def spoil_a_leaf(folder: Path) -> None:
    file = folder / "outbox.db"
    spoil(file, file.stat().st_size // PAGE - 2)


async def kept(folder: Path, *versions: int, starts: int = 0) -> None:
    outbox, _ = opened(folder, starts)
    for version in versions:
        message = events_from(orjson.dumps(event(version, data=HEAVY)), batch=False)
        await outbox.keep(message, Timekeeper().moment())
    outbox.close()


async def owed_after_start(folder: Path, starts: int) -> tuple[int, Found]:
    outbox, found = opened(folder, starts)
    number = await rescued_start.owed(outbox)
    outbox.close()
    return number, found


@pytest.fixture
async def damaged(tmp_path: Path) -> Damaged:
    """Makes copies of a folder whose outbox is damaged and was never signed: rows alone count."""
    await kept(tmp_path / "first", *range(1, EVENTS + 1))
    spoil_a_leaf(tmp_path / "first")

    def copy(name: str) -> Path:
        (tmp_path / name).mkdir()
        (tmp_path / name / "outbox.db").write_bytes((tmp_path / "first/outbox.db").read_bytes())
        return tmp_path / name

    return copy


async def start(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.relay.support.rescued_start", str(folder), "1", *arguments,
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{SRC}:{ROOT}"},
    )  # fmt: skip
    out, _ = await process.communicate()
    code = process.returncode or 0
    return code, json.loads(out.splitlines()[-1]) if code == 0 else {}


async def test_a_rescue_killed_at_any_moment_goes_on_at_the_next_start(damaged: Damaged) -> None:
    code, whole = await start(damaged("whole"))
    assert code == 0
    assert whole["at_start"] >= EVENTS - 10

    for line in range(1, whole["lines"], max(1, whole["lines"] // MOMENTS)):
        folder = damaged(f"killed-{line}")
        code, _ = await start(folder, "--kill-at", str(line))
        assert code == -signal.SIGKILL
        number, _ = await owed_after_start(folder, 1)
        assert number == whole["at_start"], f"killed at line {line}"


async def test_a_rescue_without_room_goes_on_when_there_is_room_again(damaged: Damaged) -> None:
    _, whole = await start(damaged("whole"))
    code, narrow = await start(damaged("narrow"), "--largest-file", str(100 * 1024))

    assert code == 0
    assert narrow["damaged"]
    assert (narrow["at_start"], narrow["later"]) == (0, whole["at_start"])


async def test_a_log_that_was_set_aside_alone_is_not_parted_from_its_file(tmp_path: Path) -> None:
    """Killed between the two names: the file alone would look sound, and know less."""
    outbox, _ = opened(tmp_path / "a", 0)
    message = events_from(orjson.dumps(event(1)), batch=False)
    await outbox.keep(message, Timekeeper().moment())
    (tmp_path / "b").mkdir()
    for name, new in (("outbox.db", "outbox.db"), ("outbox.db-wal", "outbox.rescuing-1.db-wal")):
        (tmp_path / "b" / new).write_bytes((tmp_path / "a" / name).read_bytes())
    outbox.close()

    number, found = await owed_after_start(tmp_path / "b", 1)
    assert (number, found.damaged) == (1, True)


async def test_an_outbox_damaged_again_is_owed_with_what_still_waited_for_its_rescue(
    damaged: Damaged,
) -> None:
    _, whole = await start(damaged("whole"))
    folder = damaged("twice")
    (folder / "outbox.db").rename(folder / "outbox.rescuing-1.db")
    await kept(folder / "second", *range(101, 101 + EVENTS))
    (folder / "second/outbox.db").rename(folder / "outbox.db")
    spoil_a_leaf(folder)

    number, found = await owed_after_start(folder, 1)
    assert found.damaged
    assert number == 2 * whole["at_start"]


async def test_a_file_of_an_older_rescue_is_never_sent_again(damaged: Damaged) -> None:
    folder = damaged("again")
    first, _ = await owed_after_start(folder, 1)
    outbox, _ = opened(folder, 2)
    await outbox.adopt(Seal(kit="k-testkit01", key=fresh().key))
    district, now = await outbox.destination("district"), datetime.now(UTC)
    rows = await outbox.owed(district, list(Priority), [], EVENTS)
    await outbox.mark(district, {row.row: "durable" for row in rows}, now)
    outbox.close()
    before, found = await owed_after_start(folder, 3)

    assert not found.damaged
    assert (folder / "outbox.damaged-1.db").exists()
    assert before == first - len(rows)


async def test_what_is_rescued_late_and_was_never_signed_leaves_all_the_same(
    damaged: Damaged, tmp_path: Path
) -> None:
    source = damaged("source")
    outbox, _ = opened(tmp_path / "late", 0)
    await outbox.adopt(Seal(kit="k-testkit01", key=fresh().key))
    (source / "outbox.db").rename(tmp_path / "late" / "outbox.rescuing-1.db")

    assert await outbox.rescue_waiting()
    rows = await outbox.owed(await outbox.destination("district"), list(Priority), [], EVENTS)
    outbox.close()
    assert len(rows) >= EVENTS - 10
