"""A folder of unpacked packages that use each other's libraries and none of the machine's."""

from collections.abc import Iterable
from pathlib import Path

from .commands import output_of
from .trouble import CannotGoOnError

_REPORT = (
    "please report this with the line above: a package looks different from what this recipe knows"
)


class Prefix:
    def __init__(self, root: Path, *, patchelf: Path) -> None:
        self.root = root
        self._patchelf = patchelf

    @property
    def triplet(self) -> str:
        return self._loader().parent.name

    def find(self, pattern: str) -> Path:
        """The one file of this pattern, links followed."""
        found = sorted({path.resolve() for path in self.root.glob(pattern)})
        if not found:
            raise CannotGoOnError(f"the packages hold no {pattern}", do=_REPORT)
        return found[0]

    def adopt(self, program: Path, *, also: Iterable[str] = ()) -> Path:
        """Bind a program to the loader and the libraries of this folder, for ever.

        An rpath of the old kind also holds for what is loaded later, extension modules
        included; a run path would not.
        """
        folders = [f"usr/lib/{self.triplet}", f"lib/{self.triplet}", *also]
        rpath = ":".join(str(self.root / folder) for folder in folders)
        self._patch(program, "--set-interpreter", str(self._loader()))
        self._patch(program, "--force-rpath", "--set-rpath", rpath)
        return program

    def forget_rpath(self, library: Path) -> None:
        """Drop a library's own search path, which names a folder of the machine and hides ours."""
        self._patch(library, "--remove-rpath")

    def _loader(self) -> Path:
        found = [
            *self.root.glob("usr/lib/*/ld-linux*.so.*"),
            *self.root.glob("lib/*/ld-linux*.so.*"),
        ]
        if not found:
            raise CannotGoOnError("the packages hold no loader", do=_REPORT)
        return found[0]

    def _patch(self, file: Path, *words: str) -> None:
        output_of([self._patchelf, *words, file], do=_REPORT)


def launcher(at: Path, command: str) -> Path:
    """A program of a line or two that starts another with what it needs around it."""
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    at.chmod(0o755)
    return at
