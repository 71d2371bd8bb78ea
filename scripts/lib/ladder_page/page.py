"""Makes the page: one row for each sign and each group of standings in which it does the same."""

from collections.abc import Iterator, Mapping, Sequence
import json
from pathlib import Path
from typing import Any

from custom_components.anshim_knock.logic.ladder import TABLE
from custom_components.anshim_knock.logic.rungs import Row, Sign, Standing
from made_pages import ROOT, written

FOLDER = Path(__file__).parent
PAGES: Mapping[str, Path] = {"en": ROOT / "docs/ladder.md", "ko": ROOT / "docs/ko/ladder.md"}
_TRANSLATIONS = ROOT / "custom_components/anshim_knock/translations"


def words_of(language: str) -> dict[str, Any]:
    """The names of signs, standings and acts, and the sentences around the table."""
    words: dict[str, Any] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return words


def page(language: str) -> str:
    """The whole page."""
    words = words_of(language)
    texts = json.loads((_TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8"))
    stage = texts["entity"]["sensor"]["stage"]
    reasons: dict[str, str] = stage["state_attributes"]["reason"]["state"]
    return "\n".join(
        [
            f"# {words['title']}",
            "",
            words["twin"],
            "",
            *words["intro"],
            "",
            f"| {' | '.join(words['columns'])} |",
            "|---|---|---|---|---|",
            *_rows(words, stage["state"], reasons),
            "",
        ]
    )


def _rows(
    words: Mapping[str, Any], stages: Mapping[str, str], reasons: Mapping[str, str]
) -> Iterator[str]:
    for sign in Sign:
        name = words["signs"][sign]
        for row, standings in _groups(sign):
            becomes = words["refused"] if row.refused else words["stays"]
            if row.next is not None:
                becomes = f"**{stages[row.next]}**"
            where = ", ".join(words["standings"][here] for here in standings)
            if len(standings) == len(Standing):
                where = words["everywhere"]
            does = "; ".join(words["acts"][act] for act in row.do) or "–"
            yield f"| {name} | {where} | {becomes} | {does} | {reasons[row.why]} |"
            name = ""


def _groups(sign: Sign) -> list[tuple[Row, list[Standing]]]:
    groups: dict[Row, list[Standing]] = {}
    for here in Standing:
        groups.setdefault(TABLE[sign][here], []).append(here)
    return list(groups.items())


def main(arguments: Sequence[str]) -> int:
    """Writes both pages, or only compares them."""
    return written("scripts/ladder-page", PAGES, page, arguments)
