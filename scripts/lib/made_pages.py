"""Pages of the documentation that are made from the code: written, or only compared."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def written(
    name: str, pages: Mapping[str, Path], make: Callable[[str], str], arguments: Sequence[str]
) -> int:
    """Each page by its language. With `--check` nothing is written; 1 says that one is stale."""
    check = "--check" in arguments
    stale = []
    for language, path in pages.items():
        made = make(language)
        if path.exists() and path.read_text(encoding="utf-8") == made:
            continue
        stale.append(path.relative_to(ROOT))
        if not check:
            path.write_text(made, encoding="utf-8")
    for path in stale:
        print(path, f"is not current: run {name}" if check else "written")
    return 1 if check and stale else 0
