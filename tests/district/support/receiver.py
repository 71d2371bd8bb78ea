"""A control centre's receiver for a district whose test does not run in a loop itself."""

import asyncio
from collections.abc import Iterator, Sequence
import contextlib
from pathlib import Path
import threading

from tests.relay.support.control_centre import ACCOUNT, ControlCentre


@contextlib.contextmanager
def receiver(key: str | None = None, accounts: Sequence[str] = (ACCOUNT,)) -> Iterator[Receiver]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = Receiver(ControlCentre(key, accounts), loop)
    try:
        made.open()
        try:
            yield made
        finally:
            made.close()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Receiver:
    def __init__(self, centre: ControlCentre, loop: asyncio.AbstractEventLoop) -> None:
        self.centre = centre
        self._loop = loop

    def open(self) -> None:
        asyncio.run_coroutine_threadsafe(self.centre.open(), self._loop).result(20)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.centre.close(), self._loop).result(20)

    @property
    def signals(self) -> list[tuple[str | None, str | None, str | None]]:
        """Account, code and point of what the receiver took for genuine."""
        return [
            (event.account, event.code, event.message)
            for event in self.centre.events
            if event.code != "RP"
        ]

    @property
    def alarms(self) -> list[bytes]:
        """Frames as they came, taken for genuine or not."""
        return [frame for frame in self.centre.frames if b"SIA-DCS" in frame]

    @property
    def numbers(self) -> list[bytes]:
        return [frame.split(b'"')[2][:4] for frame in self.alarms]

    def options(self, folder: Path, key: str | None, **other: object) -> dict[str, object]:
        own = {"server": f"127.0.0.1:{self.centre.port}", "account": ACCOUNT}
        if key is not None:
            file = folder / "dc09.key"
            file.write_text(f"{key}\n", encoding="ascii")
            own["key_file"] = str(file)
        return own | other
