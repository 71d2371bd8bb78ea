"""What the Supervisor reads of the app is what the program understands."""

from pathlib import Path
import re
import tomllib
from typing import Any

from PIL import Image
import pytest
import yaml

from anshim_relay import VERSION, identity, options
from anshim_relay.outbox import opening

APP = Path(__file__).parents[2] / "addon" / "relay"


def read(name: str) -> Any:
    return yaml.safe_load((APP / name).read_text(encoding="utf-8"))


def test_every_option_of_the_app_is_one_that_the_program_reads() -> None:
    offered: dict[str, Any] = dict.fromkeys(read("config.yaml")["schema"], "")
    offered["storage_mb"] = 64
    understood = options.options_from(offered)
    assert understood.storage == 64 * 1024 * 1024


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_option_and_port_is_explained(language: str) -> None:
    config, texts = read("config.yaml"), read(f"translations/{language}.yaml")
    assert set(texts["configuration"]) == set(config["schema"])
    assert set(texts["network"]) == set(config["ports"])
    assert all(t["name"] and t["description"] for t in texts["configuration"].values())


def test_the_key_is_in_no_backup() -> None:
    excluded = read("config.yaml")["backup_exclude"]
    for private in (identity.FILE, f"{identity.FILE}.new", opening.RESERVE_FILE):
        assert any(Path("data", private).match(pattern) for pattern in excluded), private


def test_one_version_everywhere() -> None:
    assert read("config.yaml")["version"] == VERSION
    assert f"## {VERSION}" in (APP / "CHANGELOG.md").read_text(encoding="utf-8")
    project = tomllib.loads((APP / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["version"]["path"] == "src/anshim_relay/__init__.py"
    assert f"BUILD_VERSION={VERSION}" in (APP / "Dockerfile").read_text(encoding="utf-8")


def test_the_port_offered_is_the_port_listened_on() -> None:
    assert set(read("config.yaml")["ports"]) == {f"{options.PORT}/tcp"}


def test_the_base_image_is_pinned_and_every_requirement_has_a_hash() -> None:
    assert re.search(r"^FROM \S+:\d+\.\d+\.\d+\S*$", (APP / "Dockerfile").read_text(), re.MULTILINE)
    pinned = (APP / "requirements.txt").read_text(encoding="utf-8")
    for project in ("aiohttp", "cryptography", "holidays", "orjson", "paho-mqtt", "pyjwt"):
        assert re.search(
            rf"^{project}==\S+ \\\n\s+--hash=sha256:", pinned, re.MULTILINE | re.IGNORECASE
        ), project


@pytest.mark.parametrize(("name", "size"), [("icon.png", (128, 128)), ("logo.png", (250, 100))])
def test_the_pictures_have_the_size_that_home_assistant_shows(
    name: str, size: tuple[int, int]
) -> None:
    with Image.open(APP / name) as picture:
        assert picture.size == size


def test_both_languages_have_the_same_documentation() -> None:
    english = (APP / "DOCS.md").read_text(encoding="utf-8")
    korean = (APP / "DOCS.ko.md").read_text(encoding="utf-8")
    for option in options.Options.__dataclass_fields__:
        name = {"storage": "storage_mb", "mqtt": "mqtt_url", "centre": "centre_address"}.get(
            option, option
        )
        assert f"`{name}`" in english
        assert f"`{name}`" in korean
    assert english.count("\n## ") == korean.count("\n## ")
