"""A line that loses every tenth packet, or all for a while: lost by the kernel, so TCP has to cope.

This process moves to a network of its own for it, and stays there.
"""

import asyncio
import os
from pathlib import Path
import random
import shutil
import subprocess
from typing import Self

from benchmarks.relay.bad_lines.faults import LONGEST_BROKEN_S, Found, arrives, says, street
from tests.relay.support.process import warm

RULES = """\
table inet line {{
  chain arriving {{
    type filter hook input priority 0
    tcp dport {port} {which} counter drop
    tcp sport {port} {which} counter drop
  }}
}}
"""
SOME, ALL = "numgen random mod 10 < 1", ""


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

    async def swallowed(self, times: int, *, folder: Path, seed: int) -> Found:
        """Everything between relay and district for some seconds; then it is as it was."""
        found, dice = Found(), random.Random(seed)
        async with street(folder) as there:
            for _ in range(times):
                await says(there, "quiet", "emergency")
                await there.relay.nothing_waits()
                run("nft", "-f", "-", told=RULES.format(port=there.line.port, which=ALL))
                kept = await says(there, "knock", "emergency")
                await asyncio.sleep(dice.uniform(0.5, LONGEST_BROKEN_S))
                run("nft", "flush", "ruleset")
                await arrives(there, kept, found)
            found.new_twice = len(there.district.stand.signed_twice)
        return found

    async def measured(self, times: int, *, folder: Path) -> Found:
        """Between relay and district only: the home is at home."""
        found = Found()
        async with street(folder) as there:
            run("nft", "-f", "-", told=RULES.format(port=there.line.port, which=SOME))
            for _ in range(times):
                await arrives(there, await says(there, "knock", "emergency"), found)
            found.new_twice = len(there.district.stand.signed_twice)
        return found


def run(*command: str, told: str = "") -> None:
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoLossError(f"{command[0]} failed: {done.stderr.strip()}")
