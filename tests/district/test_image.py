"""The image and the compose file, as far as they can be read: what they name is there."""

from importlib.util import find_spec
import json
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from anshim_district.options import read_options

ADDONS = Path(__file__).parents[2] / "addon"
DISTRICT = ADDONS / "district"
COMPOSE: dict[str, Any] = yaml.safe_load((DISTRICT / "compose.yaml").read_text(encoding="utf-8"))


def instructions(app: Path, name: str) -> list[str]:
    """What follows the instruction, lines joined."""
    text = (app / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return re.findall(rf"^\s*{name}\s+(.*)$", text, re.MULTILINE)


def started(app: Path) -> list[list[str]]:
    text = (app / "Dockerfile").read_text(encoding="utf-8")
    return [json.loads(words) for words in re.findall(r"\bCMD (\[.*\])", text)]


@pytest.mark.parametrize("name", ["district", "relay"])
def test_what_an_image_copies_is_there_and_is_sent_to_the_builder(name: str) -> None:
    app = ADDONS / name
    sent = (app / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in instructions(app, "COPY"):
        *sources, _ = line.split()
        for source in sources:
            assert (app / source).exists()
            assert f"!{source}" in sent


@pytest.mark.parametrize("name", ["district", "relay"])
def test_what_an_image_starts_is_there(name: str) -> None:
    commands = started(ADDONS / name)
    # the program, and what says whether it is well
    assert len(commands) == 2
    for python, flag, module, *_ in commands:
        assert (python, flag) == ("python", "-m")
        assert find_spec(module) is not None


def test_every_name_in_the_compose_file_is_declared_there() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        assert ("image" in service) != ("build" in service)
        assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
        assert set(service.get("depends_on", ())) <= services.keys()
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"]
        if "image" in service:
            assert re.search(r":\d+$", service["image"]), "pinned to a release"


def test_the_workers_read_the_options_and_share_the_folder_that_their_image_names() -> None:
    district = COMPOSE["services"]["district"]
    targets = [volume.split(":")[1] for volume in district["volumes"]]
    (command,) = (words for words in started(DISTRICT) if words[2] == "anshim_district")
    given = dict(zip(command[3::2], command[4::2], strict=True))
    assert given["--data"] in targets
    assert given["--options"] in targets
    assert district["deploy"]["replicas"] == 2
    # the balancer finds them at the port that they listen on by themselves
    assert COMPOSE["services"]["balancer"]["command"][-1] == "district:8480"


def test_the_compose_files_own_example_of_options_is_read(tmp_path: Path) -> None:
    first = (DISTRICT / "compose.yaml").read_text(encoding="utf-8")
    said = re.search(r'"database": "([^"]+)"', first)
    assert said is not None
    path = tmp_path / "options.json"
    some = {"district": {"id": "test-gu", "name": "시험구"}, "database": said[1]}
    path.write_text(json.dumps(some), encoding="utf-8")
    assert read_options(path).database.endswith("@postgres/district")
    environment = COMPOSE["services"]["postgres"]["environment"]
    assert (environment["POSTGRES_USER"], environment["POSTGRES_DB"]) == ("district", "district")
