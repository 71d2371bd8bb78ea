"""How a district ends in mid-load: killed, or its disk without power."""

from contextlib import ExitStack
from dataclasses import dataclass, field
import threading
from typing import Protocol, override

from benchmarks.relay.power_cuts.disk import Disk, Kind
from tests.district.support.kit import Json, Kit
from tests.district.support.process import DistrictProcess
from tests.district.test_crashes import Sender


class Ending(Protocol):
    def sender(self, kit: Kit) -> Sender: ...

    def end(self, victim: DistrictProcess) -> None: ...

    def start(self, victim: DistrictProcess) -> None: ...


class Killed(Ending):
    """kill -9. What it wrote and did not sync stays in the machine's memory."""

    @override
    def sender(self, kit: Kit) -> Sender:
        return Sender(kit, most=400)

    @override
    def end(self, victim: DistrictProcess) -> None:
        victim.kill()

    @override
    def start(self, victim: DistrictProcess) -> None:
        victim.start_cold()


@dataclass(kw_only=True)
class PowerCut(Ending):
    """Its data lie on a disk of their own, that forgets what was not synced."""

    disk: Disk
    is_dark: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def under(cls, district: DistrictProcess, kind: Kind, stack: ExitStack) -> PowerCut:
        disk = Disk(district.folder.with_name("disk"), kind)
        stack.callback(disk.throw_away)
        data = disk.place / "data"
        data.mkdir()
        district.folder.mkdir()
        district.data.symlink_to(data, target_is_directory=True)
        return cls(disk=disk)

    @override
    def sender(self, kit: Kit) -> Sender:
        return _InTheDark(kit, most=4000, is_dark=self.is_dark)

    @override
    def end(self, victim: DistrictProcess) -> None:
        """Whatever is acknowledged before this moment is on the disk."""
        self.is_dark.set()
        self.disk.cut()
        victim.kill()
        self.disk.come_back()

    @override
    def start(self, victim: DistrictProcess) -> None:
        self.is_dark.clear()
        victim.start()


class _InTheDark(Sender):
    """A district that lives on for a moment without its disk says that it kept nothing.

    Where the kernel gives up a commit of the file system that somebody syncs, it may still say that
    it was synced. No machine without power hears that, and nobody is answered: it does not count.
    """

    def __init__(self, kit: Kit, *, most: int, is_dark: threading.Event) -> None:
        super().__init__(kit, most=most)
        self._is_dark = is_dark

    @override
    def count(self, event: Json) -> None:
        if not self._is_dark.is_set():
            super().count(event)

    @override
    def run(self) -> None:
        try:
            super().run()
        except AssertionError:
            if not self._is_dark.is_set():
                raise
