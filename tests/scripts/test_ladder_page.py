"""The page about the ladder says what the ladder does, in both languages."""

import json
from pathlib import Path
import subprocess

import pytest

from custom_components.anshim_knock.logic.rungs import Act, Sign, Standing

CHECKOUT = Path(__file__).resolve().parents[2]
NAMES = CHECKOUT / "scripts/lib/ladder_page"
PAGES = {"en": CHECKOUT / "docs/ladder.md", "ko": CHECKOUT / "docs/ko/ladder.md"}


def test_the_pages_are_what_the_ladder_says() -> None:
    done = subprocess.run(
        [CHECKOUT / "scripts/ladder-page", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("language", PAGES)
def test_everything_in_the_table_has_a_name(language: str) -> None:
    names = json.loads((NAMES / f"{language}.json").read_text(encoding="utf-8"))
    assert names["signs"].keys() == set(Sign)
    assert names["standings"].keys() == set(Standing)
    assert names["acts"].keys() == set(Act)


@pytest.mark.parametrize("language", PAGES)
def test_every_standing_of_every_sign_is_on_the_page_once(language: str) -> None:
    names = json.loads((NAMES / f"{language}.json").read_text(encoding="utf-8"))
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGES[language].read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ][1:]
    found: dict[str, list[str]] = {}
    sign = ""
    for name, where, *_ in rows:
        sign = name or sign
        everywhere = where == names["everywhere"]
        found.setdefault(sign, []).extend(
            names["standings"].values() if everywhere else where.split(", ")
        )
    assert found.keys() == set(names["signs"].values())
    for standings in found.values():
        assert sorted(standings) == sorted(names["standings"].values())
