"""What the Supervisor reads of the app is what the program understands."""

from pathlib import Path
import re
import tomllib
from typing import Any

from PIL import Image
import pytest
import yaml

from anshim_relay import VERSION, identity, intake_token, options
from anshim_relay.outbox import opening
from tests.relay.support.mosquitto import BRIDGE

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
    assert all(is_explained(text) for text in texts["configuration"].values())
    [hours] = config["schema"]["centre_hours"]
    assert set(texts["configuration"]["centre_hours"]["fields"]) == set(hours)


def is_explained(text: dict[str, Any]) -> bool:
    inside = text.get("fields", {}).values()
    return bool(text["name"] and text["description"]) and all(is_explained(one) for one in inside)


def test_the_key_is_in_no_backup() -> None:
    excluded = read("config.yaml")["backup_exclude"]
    damaged = Path(identity.FILE).with_suffix(".damaged-0a1b2c3d").name
    for private in (identity.FILE, f"{identity.FILE}.new", damaged, opening.RESERVE_FILE):
        assert any(Path("data", private).match(pattern) for pattern in excluded), private


def test_a_restored_home_still_reaches_its_relay() -> None:
    """Home Assistant's own backup holds the same token: leaving it out here would hide nothing."""
    excluded = read("config.yaml")["backup_exclude"]
    assert not any(Path("data", intake_token.FILE).match(pattern) for pattern in excluded)


def test_a_backup_does_not_stop_it_and_first_makes_it_ready() -> None:
    config = read("config.yaml")
    assert config["backup"] == "hot"
    assert config["backup_pre"].startswith("python -m anshim_relay.before_backup --options /data/")


def test_the_page_is_for_administrators_through_home_assistant_alone() -> None:
    config = read("config.yaml")
    assert (config["ingress"], config["panel_admin"]) == (True, True)
    # No other port is named, so the Supervisor asks on the usual one, which stays inside.
    assert "ingress_port" not in config
    assert f"{options.INGRESS_PORT}/tcp" not in config["ports"]
    assert re.search("[가-힣]", config["panel_title"])


def test_the_supervisor_rates_the_app_with_the_best_mark() -> None:
    """By its published rules: 5, and one for a profile of its own, and two for ingress.

    Nothing is asked for that would cost a point.
    """
    config = read("config.yaml")
    assert config["apparmor"] is True
    profile = (APP / "apparmor.txt").read_text(encoding="utf-8")
    assert f"profile {config['slug']} " in profile
    costly = (
        "host_network host_pid host_ipc host_uts host_dbus privileged full_access docker_api "
        "hassio_role hassio_api homeassistant_api auth_api devices udev kernel_modules gpio uart "
        "usb video audio stdin"
    )
    assert not set(costly.split()) & set(config)
    assert 5 + config["apparmor"] + 2 * config["ingress"] == 8


def test_the_profile_holds_under_the_name_that_the_supervisor_gives_it() -> None:
    """It writes its own name into the one line that begins with `profile`, and nowhere else.

    A rule for signals that named the old one would keep SIGTERM from the program.
    """
    config = read("config.yaml")
    lines = (APP / "apparmor.txt").read_text(encoding="utf-8").splitlines()
    [head] = [line for line in lines if line.startswith("profile ")]
    assert head.split()[1] == config["slug"]
    assert not [line for line in lines if config["slug"] in line and line is not head]


def test_a_container_says_whether_it_is_well_and_the_workflow_builds_both_kinds() -> None:
    config, dockerfile = read("config.yaml"), (APP / "Dockerfile").read_text(encoding="utf-8")
    assert "HEALTHCHECK" in dockerfile
    assert '"anshim_relay.health"' in dockerfile
    assert config["arch"] == ["aarch64", "amd64"]
    assert "{arch}" not in config["image"]
    workflows = APP.parents[1] / ".github" / "workflows"
    builds = yaml.safe_load((workflows / "apps.yaml").read_text(encoding="utf-8"))["jobs"]["build"]
    assert "relay" in builds["strategy"]["matrix"]["app"]
    image = (workflows / "app.yaml").read_text(encoding="utf-8")
    assert "prepare-multi-arch-matrix" in image
    assert "publish-multi-arch-manifest" in image


@pytest.mark.parametrize("name", ["DOCS.md", "DOCS.ko.md"])
def test_every_picture_of_the_documentation_is_there(name: str) -> None:
    text = (APP / name).read_text(encoding="utf-8")
    named = re.findall(r"!\[[^\]]+\]\(\S*?/main/(docs/images/[a-z0-9-]+\.png)\)", text)
    assert len(named) == text.count("![") > 0
    for picture in named:
        assert (APP.parents[1] / picture).is_file(), picture


@pytest.mark.parametrize("name", ["DOCS.md", "DOCS.ko.md"])
def test_what_a_homes_broker_is_told_to_hand_on_is_what_the_tests_hand_on(name: str) -> None:
    tried = BRIDGE.format(port=0, kit="k-…", password="…").splitlines()
    text = (APP / name).read_text(encoding="utf-8")
    for line in tried:
        if line.split()[0] in {"topic", "bridge_protocol_version", "notifications"}:
            assert f"    {line}\n" in text


def test_the_supervisor_lets_it_ask_for_what_it_asks_for() -> None:
    config = read("config.yaml")
    assert config["discovery"] == ["anshim_knock"]
    assert config["services"] == ["mqtt:want"]


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
    for project in (
        "aiohttp", "cryptography", "holidays", "jinja2", "orjson", "paho-mqtt", "pyjwt",
    ):  # fmt: skip
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
