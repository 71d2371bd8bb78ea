"""What the figures of the relay come from still runs: each once, for a moment.

How quick it was is no test's to say on a machine that does much else; that nothing was lost is.
"""

import asyncio
from pathlib import Path
import sys

import pytest

ROOT = Path(__file__).parents[2]
# A limit that is missed on a busy machine ends with 1; whatever else went wrong says so on stderr.
MEASURED = {0, 1}


@pytest.mark.parametrize(
    ("command", "rows"),
    [
        ("after_outage --rounds 1 --waiting 100 --relays 12", 4),
        ("bad_lines --times 1 --faults cut --clocks 0 --lossy 0 --swallowed 0", 1),
        ("rivals --turns 1 --messages 100 --singles 2", 4),
        ("footprint --idle 0.5 --share 0.005", 8),
        ("flood --calls 3 --each 1", 2),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else "",
)
async def test_each_benchmark_of_the_relay_prints_its_table(command: str, rows: int) -> None:
    name, *options = command.split()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"benchmarks.relay.{name}", *options,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, said = await process.communicate()
    assert process.returncode in MEASURED, said.decode()
    assert "Traceback" not in said.decode()
    table = [line for line in printed.decode().splitlines() if line.startswith("|")]
    heads = 2 * sum(line.startswith("|--") for line in table)
    assert len(table) - heads == rows, printed.decode()


async def test_a_line_that_breaks_loses_nothing_in_its_table() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.relay.bad_lines",
        *["--times", "1", "--faults", "server_error", "too_many", "--clocks", "0"],
        *["--lossy", "0", "--swallowed", "0"],
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await process.communicate()
    found_rows = [line.split("|")[1:5] for line in printed.decode().splitlines()[4:]]
    assert [[cell.strip() for cell in row] for row in found_rows] == [
        ["server error", "1", "0", "0"],
        ["too many", "1", "0", "0"],
    ]
