"""Requirement files are complete, pinned with hashes, and agree with each other."""

import ast
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
import json
from pathlib import Path
import re

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import pytest

CHECKOUT = Path(__file__).parents[2]
ENVIRONMENT = CHECKOUT / "requirements/environment.txt"
FILES = [
    ENVIRONMENT,
    CHECKOUT / "requirements/installer.txt",
    CHECKOUT / "addon/relay/requirements.txt",
    CHECKOUT / "addon/district/requirements.txt",
]
# what a household's Home Assistant runs: its frontend and everything the demo and the tests touch
INTEGRATIONS = frozenset(
    """
    ai_task analytics api assist_pipeline automation backup blueprint brands config conversation
    counter device_automation diagnostics energy event frontend google_translate hassio history
    image_processing input_boolean input_button input_datetime input_number input_select input_text
    labs logbook media_source met mqtt my person radio_browser recorder repairs scene schedule
    script stream system_health tag timer trace usage_prediction webhook
    """.split()  # noqa: SIM905 - names that are looked through more easily than a column of quotes
)


def pins(file: Path) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def home_assistant() -> Path:
    spec = find_spec("homeassistant")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def bases_the_action_list_loads() -> Iterator[str]:
    """What Home Assistant imports as soon as somebody opens the list of actions."""
    tree = ast.parse((home_assistant() / "helpers/service.py").read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    chosen = next(function for function in functions if function.name == "_base_components")
    for node in ast.walk(chosen):
        if isinstance(node, ast.ImportFrom) and node.module == "homeassistant.components":
            yield from (name.name for name in node.names)


def asked_by_manifests() -> set[str]:
    wanted: set[str] = set()
    seen: set[str] = set()
    waiting = [*INTEGRATIONS, *bases_the_action_list_loads()]
    while waiting:
        domain = waiting.pop()
        file = home_assistant() / "components" / domain / "manifest.json"
        if domain not in seen and file.exists():
            seen.add(domain)
            manifest = json.loads(file.read_text(encoding="utf-8"))
            wanted.update(manifest.get("requirements", []))
            waiting += manifest.get("dependencies", [])
    return wanted


def test_nothing_is_missing_that_a_home_assistant_with_a_browser_needs() -> None:
    held = pins(ENVIRONMENT)
    for text in asked_by_manifests():
        wanted = Requirement(text)
        assert wanted.specifier.contains(held[canonicalize_name(wanted.name)]), text


def test_what_is_installed_is_what_is_pinned() -> None:
    installed = {
        canonicalize_name(distribution.metadata["Name"]): distribution.version
        for distribution in metadata.distributions()
    }
    held = pins(ENVIRONMENT)
    assert {name: held.get(name) for name in installed} == installed


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_requirement_is_held_by_hashes_and_none_by_an_address(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text)
    assert all("--hash=sha256:" in entry for entry in entries if not entry.startswith("#"))
    assert "://" not in text


@pytest.mark.parametrize("app", ["relay", "district"])
def test_an_app_ships_the_versions_it_was_tested_with(app: str) -> None:
    shipped = pins(CHECKOUT / "addon" / app / "requirements.txt")
    held = pins(ENVIRONMENT)
    assert {name: held.get(name) for name in shipped} == shipped
