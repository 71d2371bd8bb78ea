"""The image and the compose file, as far as they can be read: what they name is there."""

from importlib.util import find_spec
import json
from pathlib import Path
import re
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest
import yaml

from anshim_district.options import read_options
from tests.district.support.process import environment, until

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


def test_what_the_image_starts_serves_and_what_it_asks_says_that_it_is_well(tmp_path: Path) -> None:
    """The very words of the Dockerfile, with a folder and an interpreter of ours."""
    run, ask = (
        [sys.executable, *(word.replace("/data", str(tmp_path)) for word in words[1:])]
        for words in sorted(started(DISTRICT), key=lambda words: len(words[2]))
    )
    options = {
        "district": {"id": "test-gu", "name": "시험구"},
        "listen": {"port": free_port()},
        "admin": {"user": "kim", "password": "문을-두드리는-집"},
    }
    (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(run, env=environment(), stdout=out, stderr=out)
    try:
        until(lambda: '"what":"listening"' in log.read_text(encoding="utf-8"), what="it to listen")
        asked = subprocess.run(ask, env=environment(), capture_output=True, check=False)
        assert (asked.returncode, asked.stderr) == (0, b"")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    asked = subprocess.run(ask, env=environment(), capture_output=True, check=False)
    assert asked.returncode == 1


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


# of the compose specification, what such a file needs
KNOWN = {
    *("image", "build", "environment", "secrets", "volumes", "healthcheck", "restart", "deploy"),
    *("depends_on", "stop_grace_period", "command", "ports"),
}


def test_the_compose_file_says_nothing_that_compose_does_not_know() -> None:
    assert COMPOSE.keys() == {"services", "volumes", "secrets"}
    for service in COMPOSE["services"].values():
        assert service.keys() <= KNOWN
        assert service["restart"] == "always"
        build = service.get("build")
        assert build is None or (DISTRICT / build / "Dockerfile").exists()
        waits = service.get("depends_on", {})
        for name, how in waits.items() if isinstance(waits, dict) else ():
            # what is waited for can say that it is well
            assert how == {"condition": "service_healthy"}
            assert "healthcheck" in COMPOSE["services"][name]


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
