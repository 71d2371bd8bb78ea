"""The pictures that the documentation shows, taken by the browser tests.

`scripts/pictures` starts it.
"""

from collections.abc import Iterable, Sequence
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
ALIKE: Final = 6
type Colour = tuple[int, ...]
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
    """First the commonest colours, so that grounds stay as they are, then those furthest apart.

    With the commonest alone a lamp of a few dots would be grey.
    """
    found = picture.getcolors(picture.width * picture.height) or []
    common = (colour for _, colour in sorted(found, reverse=True))
    apart = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).convert("RGB")
    rare = (colour for _, colour in sorted(apart.getcolors() or []))
    chosen = _unlike(common, (), COLOURS // 2)
    chosen = _unlike(rare, chosen, COLOURS)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in chosen for part in colour])
    return palette


def _unlike(offered: Iterable[object], chosen: Sequence[Colour], most: int) -> list[Colour]:
    """`chosen` and what is offered beside it, each far enough from all others to be seen apart."""
    found = list(chosen)
    for colour in offered:
        if len(found) >= most:
            break
        if isinstance(colour, tuple) and all(_distance(colour, one) > ALIKE for one in found):
            found.append(colour)
    return found


def _distance(one: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


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
