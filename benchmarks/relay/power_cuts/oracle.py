"""The oracle: what was promised and what arrived, written down outside everything that is tested.

Each line is on a disk of its own, which is never cut, before anything else happens. What is missing
in the end is counted by `sort` and `comm`, not by us.
"""

import os
from pathlib import Path
import subprocess

PLAIN_ORDER = {**os.environ, "LC_ALL": "C"}


class Oracle:
    def __init__(self, folder: Path, *, never_on: Path) -> None:
        """`never_on`: the disk whose power is cut."""
        folder.mkdir(parents=True)
        if folder.stat().st_dev == never_on.stat().st_dev:
            raise ValueError("the oracle must not lie on the disk that is cut")
        self._folder = folder
        self._files = {name: self._open(name) for name in ("kept", "delivered")}

    def kept(self, id_: str) -> None:
        """The relay has answered 202."""
        self._write("kept", id_)

    def delivered(self, id_: str) -> None:
        """The district has it and is about to say so."""
        self._write("delivered", id_)

    def missing(self) -> set[str]:
        """Kept and not delivered."""
        kept, delivered = (self._sorted(name) for name in self._files)
        command = ["comm", "-23", str(kept), str(delivered)]
        told = subprocess.run(command, check=True, capture_output=True, env=PLAIN_ORDER)
        return set(told.stdout.decode("ascii").split())

    def close(self) -> None:
        for file in self._files.values():
            os.close(file)

    def _open(self, name: str) -> int:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_DSYNC
        return os.open(self._folder / name, flags, 0o600)

    def _write(self, name: str, id_: str) -> None:
        os.write(self._files[name], f"{id_}\n".encode("ascii"))

    def _sorted(self, name: str) -> Path:
        result = self._folder / f"{name}.sorted"
        command = ["sort", "-u", "-o", str(result), str(self._folder / name)]
        subprocess.run(command, check=True, env=PLAIN_ORDER)
        return result
