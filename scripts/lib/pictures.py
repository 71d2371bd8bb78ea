"""The pictures that the documentation shows, taken by the browser tests.

`scripts/pictures` starts it.
"""

from collections.abc import Sequence
import os
from pathlib import Path
import re
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image

CHECKOUT: Final = Path(__file__).resolve().parents[2]
PLACE: Final = "docs/images"
# Pages of a few flat colours: more would only make each clone larger.
COLOURS: Final = 64
_SHOWN: Final = re.compile(r"\bimages/([\w.-]+\.png)\b")


def shown(root: Path) -> set[str]:
    """Names of the pictures that any page of the project shows."""
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=root, capture_output=True, text=True, check=True
    )
    pages = (root / name for name in listed.stdout.splitlines())
    return {name for page in pages for name in _SHOWN.findall(page.read_text(encoding="utf-8"))}


def keep(taken: Path, place: Path) -> None:
    with Image.open(taken) as picture:
        whole = picture.convert("RGB")
    few = whole.quantize(palette=_palette(whole), dither=Image.Dither.NONE)
    few.save(place / taken.name, optimize=True)


def _palette(picture: Image.Image) -> Image.Image:
    """Half of it the commonest colours, so that grounds stay as they are; half the furthest apart.

    With the commonest alone a lamp of a few dots would be grey.
    """
    found = picture.getcolors(picture.width * picture.height) or []
    common = [colour for _, colour in sorted(found, reverse=True)[: COLOURS // 2]]
    apart = picture.quantize(COLOURS - len(common), method=Image.Quantize.MAXCOVERAGE)
    flat = [part for colour in common if isinstance(colour, tuple) for part in colour]
    palette = Image.new("P", (1, 1))
    palette.putpalette([*(int(part) for part in flat), *(apart.getpalette() or [])])
    return palette


def main(arguments: Sequence[str]) -> int:
    """What `arguments` select of the browser tests, or all; nothing is kept when one fails."""
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            [CHECKOUT / "scripts/test", "tests/browser", *arguments],
            env=os.environ | {"ANSHIM_SCREENSHOTS": folder},
            check=False,
        )
        if done.returncode:
            return done.returncode
        for name in sorted(shown(CHECKOUT)):
            if (taken := Path(folder) / name).exists():
                keep(taken, CHECKOUT / PLACE)
                print(f"{PLACE}/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
