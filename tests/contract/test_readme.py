from pathlib import Path
import re

import pytest

from .contract_files import CONTRACT, EXAMPLES, SCHEMAS, kinds, kinds_up, schemas

README = (CONTRACT / "README.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")


def section(number: int) -> str:
    found = re.search(rf"^## {number}\. .*?(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"README has no section {number}"
    return found[0]


def table(text: str, heading: str) -> list[list[str]]:
    """The rows below a heading row, as cells without their backticks."""
    lines = text.splitlines()
    start = lines.index(heading) + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


@pytest.mark.parametrize("program", ["relay/src/anshim_relay", "district/src/anshim_district"])
def test_each_program_says_the_version_that_this_page_has(program: str) -> None:
    title = re.search(r"^# .*, version (\S+)$", README, re.MULTILINE)
    newest = re.findall(r"^(1\.\d+) adds", README, re.MULTILINE)[-1]
    source = (CONTRACT.parent / "addon" / program / "__init__.py").read_text(encoding="utf-8")
    said = re.search(r'^CONTRACT = "(.+)"$', source, re.MULTILINE)
    assert title
    assert said
    assert title[1] == newest == said[1]


def test_the_kinds_that_go_up_and_their_priorities_are_those_of_the_schemas() -> None:
    rows = table(section(4), "| kind | priority | says | who closes it |")
    assert {kind: priority for kind, priority, *_ in rows} == kinds_up()


def test_the_kinds_that_come_down_are_those_of_the_schemas() -> None:
    rows = table(section(4), "| kind | says | the home |")
    assert {kind for kind, *_ in rows} == set(kinds()) - set(kinds_up())


def test_every_attribute_of_the_envelope_is_explained() -> None:
    rows = table(section(2), "| attribute | type | meaning |")
    explained = {name for cells in rows for name in CODE.findall(f"`{cells[0]}`")}
    assert explained == set(schemas()["envelope"]["properties"])


def test_every_signed_thing_is_shown() -> None:
    rows = table(section(7), "| typ | signed by | payload |")
    shown = {_expected_typ(path) for path in (EXAMPLES / "signing").glob("[a-z]*.json")}
    assert {cells[0] for cells in rows} == shown


def _expected_typ(path: Path) -> str:
    found = re.search(r'"expected_typ": "([^"]+)"', path.read_text(encoding="utf-8"))
    assert found, f"{path.name} does not say what its receiver expects"
    return found[1]


def test_the_outcomes_are_the_ones_that_a_receipt_knows() -> None:
    named = re.search(r"Outcomes of `handled`:(.*?)do not:", README, re.DOTALL)
    assert named
    outcomes = schemas()["receipt"]["properties"]["data"]["properties"]["outcome"]["examples"]
    assert CODE.findall(named[1]) == outcomes


def test_every_refusal_reason_and_problem_is_one_that_the_readme_knows() -> None:
    rows = table(section(9), "| code | status | sender |")
    codes = {code for cells in rows for code in CODE.findall(f"`{cells[0]}`")}
    shown = {
        re.sub(r".*urn:anshim:problem:([a-z-]+).*", r"\1", path.read_text(), flags=re.DOTALL)
        for path in (EXAMPLES / "accepted" / "problem").glob("*.json")
        if path.stem != "newer_minor"
    }
    assert shown <= codes
    reasons = schemas()["problem"]["properties"]["errors"]["items"]["properties"]["reason"]
    assert all(f"`{reason}`" in section(9) for reason in reasons["examples"])


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_a_link_leads_somewhere(link: str) -> None:
    assert (CONTRACT / link).exists()


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"(?:schemas|examples)/[a-z_/]*[a-z_](?:\.json)?/?(?=[`\s])", README))
    assert named
    assert [name for name in sorted(named) if not (CONTRACT / name).exists()] == []


def test_every_schema_is_named() -> None:
    missing = [
        path.stem
        for path in sorted(SCHEMAS.glob("*.json"))
        if not re.search(rf"\b{path.stem}\b", README)
    ]
    assert missing == []
