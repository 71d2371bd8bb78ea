"""A disk whose power can be cut: a file system of its own in a file.

The kernel's shutdown call drops everything that was not synced, as a dead power supply does; kill
-9 alone leaves it in the page cache and finds no missing sync.
"""

from contextlib import suppress
from enum import StrEnum
import fcntl
import os
from pathlib import Path
import shutil
import struct
import subprocess

# <linux/fs.h>: FS_IOC_SHUTDOWN, and the flag that not even the journal is flushed.
SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = struct.pack("I", 2)
MIB = 1024 * 1024


class Kind(StrEnum):
    EXT4 = "ext4"
    XFS = "xfs"


# mkfs.xfs makes nothing smaller. The file is sparse.
SIZE = {Kind.EXT4: 96 * MIB, Kind.XFS: 320 * MIB}
PACKAGE = {Kind.EXT4: "e2fsprogs", Kind.XFS: "xfsprogs"}
MAKE = {Kind.EXT4: ["mkfs.ext4", "-q", "-F"], Kind.XFS: ["mkfs.xfs", "-q", "-f"]}


class CannotCutError(Exception):
    """No power can be cut here; says what is missing."""


def check(kind: Kind) -> None:
    if os.geteuid() != 0:
        raise CannotCutError("only root may mount and shut down a file system")
    if not Path("/dev/loop-control").exists():
        raise CannotCutError("there are no loop devices here")
    if shutil.which(MAKE[kind][0]) is None:
        raise CannotCutError(f"there is no {MAKE[kind][0]} here: install {PACKAGE[kind]}")


class Disk:
    def __init__(self, folder: Path, kind: Kind) -> None:
        check(kind)
        folder.mkdir(parents=True)
        self._image = folder / "disk.img"
        self.place = folder / "mounted"
        self.place.mkdir()
        with self._image.open("wb") as image:
            image.truncate(SIZE[kind])
        run(*MAKE[kind], str(self._image))
        self.mount()

    def mount(self) -> None:
        run("mount", "-o", "loop", str(self._image), str(self.place))

    def cut(self) -> None:
        handle = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(handle)

    def come_back(self) -> None:
        """Once nobody holds a file open any more."""
        run("umount", str(self.place))
        self.mount()

    def throw_away(self) -> None:
        with suppress(CannotCutError):
            run("umount", "--lazy", str(self.place))
        self._image.unlink()


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotCutError(f"{command[0]} failed: {done.stderr.strip()}")
