"""The gallery shows every blueprint, in both languages, as the blueprints say it themselves."""

from pathlib import Path
import re
import subprocess
from urllib.parse import unquote

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
BLUEPRINTS = CHECKOUT / "blueprints/automation/anshim_knock"
PAGES = {"en": CHECKOUT / "docs/blueprints.md", "ko": CHECKOUT / "docs/ko/blueprints.md"}


def test_the_pages_are_what_the_blueprints_say() -> None:
    done = subprocess.run(
        [CHECKOUT / "scripts/blueprint-gallery", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("language", PAGES)
def test_every_import_link_leads_to_a_file_of_this_repository(language: str) -> None:
    text = PAGES[language].read_text(encoding="utf-8")
    links = [unquote(found) for found in re.findall(r"blueprint_url=([^)]+)\)", text)]
    named = {BLUEPRINTS / link.rpartition("/")[2] for link in links}
    assert named == set(BLUEPRINTS.glob("*.yaml"))
    assert all("/blob/main/blueprints/automation/anshim_knock/" in link for link in links)


def test_each_page_is_in_its_own_language() -> None:
    korean = re.compile("[가-힣]")
    english = PAGES["en"].read_text(encoding="utf-8")
    # What the resident says may be quoted; the rest must be read.
    assert not korean.search(re.sub("“[^”]*”", "", english))
    assert "\n\n\n" not in english
    rows = [r for r in PAGES["ko"].read_text(encoding="utf-8").splitlines() if r.startswith("| ")]
    assert all(korean.search(row) for row in rows)
    assert not any("|  |" in row for row in rows)
