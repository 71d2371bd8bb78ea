"""libfaketime, with which a program outside the tests can make the programs' clocks run faster.

It is loaded into the interpreter's processes, so it has to come from the same userland: one made
for an older C library misses the waits of a newer one, and a thread that waits a second waits
for ever.
"""

from collections.abc import Callable
from pathlib import Path

from .apt import Apt
from .interpreter import Interpreter
from .steps import say

FAKETIME = "lib/libfaketimeMT.so.1"
PACKAGE = "libfaketime"
_INSIDE = "usr/lib/*/faketime/libfaketimeMT.so.1"


def provide_faketime(
    environment: Path, interpreter: Interpreter, apt: Callable[[], Apt | None]
) -> None:
    """Lay it into the environment: from the unpacked interpreter, else from this release."""
    root = interpreter.unpacked
    if root is None:
        packages = apt()
        if packages is None or not packages.has(PACKAGE):
            say("         no libfaketime here (Debian has it): the demo's time cannot run faster")
            return
        root = environment / PACKAGE
        packages.unpack_alone([PACKAGE], root)
    (environment / FAKETIME).symlink_to(next(root.glob(_INSIDE)))
