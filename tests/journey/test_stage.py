"""The stage itself: what the journeys rely on."""

from datetime import UTC, date, datetime, timedelta
import os
from pathlib import Path
import signal
import subprocess
import sys

import httpx
import pytest

from stage.clock import StageClock, find_library
from stage.processes import Program, ProgramEndedError, free_port
from stage.recorded_life import recorded
from stage.waiting import until
from stage.wire import Exchange, Wire

# It waits as an event loop does. Not every version of libfaketime wakes a thread that waits for a
# lock with a time-out; none of the programs on the stage depends on one.
WATCHMAKER = """
import select, time
last = 0.0
while True:
    now = time.time()
    if now < last or abs(now - time.monotonic()) > 5:
        print("stepped", last, now, time.monotonic(), flush=True)
    last = now
    print(now, flush=True)
    select.select([], [], [], 1)
"""


def last_time_shown(log: Path) -> float:
    lines = log.read_text().splitlines() if log.exists() else []
    return float(lines[-1]) if lines else 0.0


def until_shown(log: Path, moment: datetime) -> None:
    until(lambda: last_time_shown(log) >= moment.timestamp(), f"{moment} in {log}", within=30)


@pytest.fixture
def clock(tmp_path: Path) -> StageClock:
    library = find_library()
    assert library, "run scripts/bootstrap: the journeys need libfaketime"
    start = datetime.now(UTC) + timedelta(hours=3)
    return StageClock(folder=tmp_path / "clock", library=library, start=start)


def test_a_program_lives_by_the_stage_clock_at_every_rate_and_never_steps_back(
    tmp_path: Path, clock: StageClock
) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", WATCHMAKER]
    program = Program(
        name="watch", command=command, log=log, ready=lambda: last_time_shown(log) > 0, clock=clock
    )
    program.start()
    try:
        for rate in (60, 1, 120, 1):
            clock.run(rate)
            target = clock.now() + timedelta(seconds=2 * rate)
            until_shown(log, target)
            assert abs(last_time_shown(log) - clock.now().timestamp()) < 0.2 * rate + 2
    finally:
        program.kill()
    assert "stepped" not in log.read_text()


def test_a_line_that_is_cut_ends_requests_in_the_middle_and_works_again_when_mended(
    tmp_path: Path,
) -> None:
    port = free_port()
    (tmp_path / "page").write_text("hello")
    server = Program(
        name="server",
        command=[
            sys.executable,
            "-m",
            "http.server",
            str(port),
            "-b",
            "127.0.0.1",
            "-d",
            str(tmp_path),
        ],
        log=tmp_path / "log",
        ready=lambda: _answers(port),
    )
    server.start()
    heard: list[Exchange] = []
    wire = Wire(port, heard.append)
    try:
        assert httpx.get(f"{wire.url}/page").text == "hello"
        wire.cut()
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{wire.url}/page")
        wire.mend()
        assert httpx.get(f"{wire.url}/page").text == "hello"
        server.kill()
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{wire.url}/page")
    finally:
        wire.close()
        server.kill()
    assert [(e.path, e.status, e.answered) for e in heard] == [("/page", 200, b"hello")] * 2


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/page").is_success
    except httpx.TransportError:
        return False


def test_nothing_is_left_running_when_the_stage_itself_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    stage = (
        "from pathlib import Path; import sys, time; from stage.processes import Program\n"
        "here = Path(sys.argv[1])\n"
        "p = Program(name='x', command=['sleep', '600'], log=here / 'log', ready=lambda: True)\n"
        "p.start(); (here / 'pid').write_text(str(p.pid)); time.sleep(600)\n"
    )
    library = Path(__file__).parents[2] / "scripts" / "lib"
    parent = subprocess.Popen(
        [sys.executable, "-c", stage, str(tmp_path)], env={**os.environ, "PYTHONPATH": str(library)}
    )
    child = until(lambda: pid_file.exists() and pid_file.read_text(), "the child", within=10)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not Path(f"/proc/{child}").exists(), "the child to be gone", within=5)


def test_a_program_that_ends_by_itself_says_so_with_its_log(tmp_path: Path) -> None:
    program = Program(
        name="mayfly",
        command=[sys.executable, "-c", "print('no such option'); raise SystemExit(2)"],
        log=tmp_path / "log",
        ready=lambda: False,
    )
    with pytest.raises(ProgramEndedError, match="no such option"):
        program.start()


def test_the_recorded_morning_is_there_in_order() -> None:
    uses = list(recorded(date(2013, 10, 2)))
    assert [u.at for u in uses] == sorted(u.at for u in uses)
    first = uses[0]
    assert (f"{first.at:%H:%M}", first.appliance, first.is_on) == ("07:04", "kettle", True)
