"""A line that loses every tenth packet, both ways: lost by the kernel, so that TCP has to cope.

This process moves to a network of its own for it, and stays there.
"""

import asyncio
import os
from pathlib import Path
import shutil
import subprocess
from typing import Self

from benchmarks.relay.bad_lines.faults import Found, says, street
from tests.relay.support.process import until, warm

RULES = """\
table inet line {{
  chain arriving {{
    type filter hook input priority 0
    tcp dport {port} numgen random mod 100 < 10 counter drop
    tcp sport {port} numgen random mod 100 < 10 counter drop
  }}
}}
"""


class NoLossError(Exception):
    """No packets can be lost here; says what is missing."""


class LossyLine:
    def __enter__(self) -> Self:
        if os.geteuid() != 0:
            raise NoLossError("only root may have a network of its own")
        for program in ("ip", "nft"):
            if shutil.which(program) is None:
                raise NoLossError(f"there is no {program} here")
        # What was started before lives in the old network.
        if warm.cache_info().currsize:
            warm().close()
            warm.cache_clear()
        os.unshare(os.CLONE_NEWNET)
        run("ip", "link", "set", "lo", "mtu", "1500", "up")
        return self

    def __exit__(self, *_: object) -> None:
        """The network goes with the process."""

    async def measured(self, times: int, *, folder: Path) -> Found:
        """Between relay and district only: the home is at home."""
        found = Found()
        async with street(folder) as there:
            run("nft", "-f", "-", told=RULES.format(port=there.line.port))
            durable = there.district.stand.durable
            clock = asyncio.get_running_loop().time
            for _ in range(times):
                kept = await says(there, "knock", "emergency")
                began = clock()
                try:
                    await until(lambda kept=kept: kept <= durable.keys())  # type: ignore[misc]
                except TimeoutError:
                    found.lost += len(kept - durable.keys())
                found.seconds.append(clock() - began)
            found.new_twice = len(there.district.stand.signed_twice)
        return found


def run(*command: str, told: str = "") -> None:
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoLossError(f"{command[0]} failed: {done.stderr.strip()}")
