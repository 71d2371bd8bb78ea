"""Opens an outbox as a start does, in a process that may be killed at any line or have no room.

Run by the tests of the rescue. Says as JSON what was owed at the start, what is owed once there is
room again, and how many lines the start took.
"""

import argparse
import asyncio
import json
import os
from pathlib import Path
import resource
import signal
import sys
from types import FrameType
from typing import Any

from anshim_relay.outbox.epochs import Witness
from anshim_relay.outbox.opening import open_outbox
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.timekeeper import Timekeeper


class Power:
    """Counts the lines of the outbox's code, and is cut at one of them."""

    def __init__(self, cut_at: int) -> None:
        self._cut_at = cut_at
        self.lines = 0

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if "/anshim_relay/outbox/" not in frame.f_code.co_filename:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self._cut_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.trace


async def owed(outbox: Outbox) -> int:
    moment = Timekeeper().moment()
    return (await outbox.queue(await outbox.destination("district"), moment)).total


def largest(size: int) -> None:
    """No file grows above it: to SQLite that is a disk without room."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("starts", type=int)
    parser.add_argument("--kill-at", type=int, default=0)
    parser.add_argument("--largest-file", type=int, default=resource.RLIM_INFINITY)
    given = parser.parse_args()
    power = Power(given.kill_at)
    largest(given.largest_file)
    sys.settrace(power.trace)
    outbox, found = open_outbox(
        given.folder,
        limit=64 << 20,
        destinations=["district"],
        witness=Witness(instance="i", starts=given.starts),
        seal=None,
        now=None,
        on_broken=lambda: None,
    )
    sys.settrace(None)
    at_start = asyncio.run(owed(outbox))
    largest(resource.RLIM_INFINITY)
    asyncio.run(outbox.rescue_waiting())
    said = {
        "at_start": at_start,
        "later": asyncio.run(owed(outbox)),
        "lines": power.lines,
        "damaged": found.damaged,
    }
    outbox.close()
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
