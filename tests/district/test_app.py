"""The folder as a Home Assistant app: its parts agree with each other and with the program."""

import json
from pathlib import Path
import re
import tomllib
from typing import Any

from aiohttp.test_utils import make_mocked_request
from msgspec.inspect import Field, StructType, Type, VarTupleType, type_info
import pytest
import yaml

from anshim_district import __version__, health
from anshim_district.console.visitor import base_path
from anshim_district.options import Options, read_options
from tests.district.conftest import Make
from tests.district.support.process import DistrictProcess

APP = Path(__file__).parents[2] / "addon" / "district"


def read(name: str) -> Any:
    return yaml.safe_load((APP / name).read_text(encoding="utf-8"))


def test_one_version_is_said_everywhere() -> None:
    project = tomllib.loads((APP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dockerfile = (APP / "Dockerfile").read_text(encoding="utf-8")
    assert {read("config.yaml")["version"], project["version"], __version__} == {__version__}
    assert f"BUILD_VERSION={__version__}" in dockerfile
    assert re.search(r"^FROM \S+:\d+\.\d+\.\d+-", dockerfile, re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_option_and_port_of_the_app_is_explained(language: str) -> None:
    app, told = read("config.yaml"), read(f"translations/{language}.yaml")
    assert told["configuration"].keys() == app["schema"].keys()
    assert told["network"].keys() == app["ports"].keys()
    for name, text in told["configuration"].items():
        parts = text.get("fields", {})
        if name not in {"district", "admin"}:  # explained in their one description
            inner = inner_of(app["schema"][name])
            assert parts.keys() == (inner.keys() if isinstance(inner, dict) else set())
        for part in (text, *parts.values()):
            assert part["name"]
            assert part["description"]


def inner_of(offered: Any) -> Any:
    """Of a list what each of it is."""
    return offered[0] if isinstance(offered, list) else offered


def options_of(struct: type[Any]) -> dict[str, Any]:
    """Names of the program's options; of a group its own names."""
    kinds: dict[str, Any] = {}
    for field in fields_of(type_info(struct)):
        kind = field.type.item_type if isinstance(field.type, VarTupleType) else field.type
        kinds[field.name] = options_of(kind.cls) if isinstance(kind, StructType) else kind
    return kinds


def fields_of(info: Type) -> tuple[Field, ...]:
    assert isinstance(info, StructType)
    return info.fields


def test_the_app_offers_every_option_that_the_program_reads_and_no_other() -> None:
    program = options_of(Options)
    # the container itself says where it listens
    del program["listen"]
    schema = read("config.yaml")["schema"]
    assert schema.keys() == program.keys()
    for name, offered in ((name, inner_of(offered)) for name, offered in schema.items()):
        if isinstance(offered, dict):
            assert offered.keys() == program[name].keys(), name
        else:
            assert not isinstance(program[name], dict), name


def test_the_app_takes_no_number_that_the_program_refuses() -> None:
    schema, program = read("config.yaml")["schema"], options_of(Options)
    checked = 0
    for name, offered in ((name, inner_of(offered)) for name, offered in schema.items()):
        for key, words in (offered if isinstance(offered, dict) else {"": offered}).items():
            bounds = re.match(r"(?:int|float)\(([\d.]+),([\d.]+)\)", inner_of(words))
            if bounds:
                kind = program[name][key] if key else program[name]
                lowest, most = map(float, bounds.groups())
                assert lowest >= (kind.ge if kind.ge is not None else kind.gt), (name, key)
                assert most <= kind.le, (name, key)
                checked += 1
    assert checked > 15


@pytest.mark.parametrize("page", ["DOCS.md", "DOCS.ko.md"])
def test_every_option_stands_in_the_pages(page: str) -> None:
    text = (APP / page).read_text(encoding="utf-8")
    for name, inner in read("config.yaml")["schema"].items():
        for option in [f"{name}.{key}" for key in inner] if isinstance(inner, dict) else [name]:
            assert f"`{option}`" in text, option


def test_the_program_reads_what_the_app_hands_it(tmp_path: Path) -> None:
    given = read("config.yaml")["options"] | {
        "district": {"id": "mapo", "name": "마포구"},
        "public_url": "https://anshim.example.kr",
    }
    path = tmp_path / "options.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    options = read_options(path)
    assert (options.district.name, options.language, options.admin.user) == (
        "마포구",
        "ko",
        "admin",
    )


def test_the_health_check_tells_a_living_district_from_a_dead_one(
    district: DistrictProcess, make: Make
) -> None:
    port = int(district.url.rpartition(":")[2])
    alive = make("alive", listen={"port": port})
    alive.write_options()
    dead = make("dead", listen={"port": 1})
    dead.write_options()
    assert health.main(["--options", str(alive.folder / "options.json")]) == 0
    assert health.main(["--options", str(dead.folder / "options.json")]) == 1


@pytest.mark.parametrize(
    ("remote", "path", "base"),
    [
        ("172.30.32.2", "/api/hassio_ingress/AbC-1_x", "/api/hassio_ingress/AbC-1_x"),
        ("172.30.32.2", "//evil.example", ""),
        ("192.168.0.7", "/api/hassio_ingress/AbC-1_x", ""),
    ],
)
def test_only_the_supervisor_may_say_where_the_pages_are_mounted(
    remote: str, path: str, base: str
) -> None:
    request = make_mocked_request("GET", "/board", headers={"X-Ingress-Path": path})
    assert base_path(request.clone(remote=remote)) == base
