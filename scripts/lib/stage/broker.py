"""The MQTT broker that carries the devices' messages, as in a volunteer's home: Mosquitto.

Where there is none, an embedded one (amqtt) takes its place. Both on loopback, without a password.
"""

from dataclasses import dataclass
from importlib.util import find_spec
import json
import os
from pathlib import Path
import pwd
import shutil
import socket
import sys

from stage.processes import Program, free_port

MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 1
autosave_on_changes true
user {user}
log_type error
log_type warning
log_type notice
"""
ANONYMOUS = "amqtt.plugins.authentication.AnonymousAuthPlugin"


@dataclass(frozen=True, kw_only=True)
class Broker:
    """The process, where it listens, and the newest protocol it speaks."""

    program: Program
    port: int
    protocol: str


def broker(folder: Path) -> Broker:
    """A broker needs no fast clock: it only passes on."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    mosquitto = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if mosquitto:
        command, protocol = _mosquitto(mosquitto, folder, port), "5"
    elif find_spec("amqtt"):
        command, protocol = _embedded(folder, port), "3.1.1"
    else:
        raise FileNotFoundError("no MQTT broker here: install Mosquitto, or amqtt beside this")
    program = Program(
        name="broker", command=command, log=folder / "broker.log", ready=lambda: _listens(port)
    )
    return Broker(program=program, port=port, protocol=protocol)


def _mosquitto(executable: str, folder: Path, port: int) -> list[str]:
    """It keeps retained messages over a restart."""
    user = pwd.getpwuid(os.getuid()).pw_name
    file = folder / "mosquitto.conf"
    file.write_text(MOSQUITTO.format(port=port, folder=folder, user=user))
    return [executable, "-c", str(file)]


def _embedded(folder: Path, port: int) -> list[str]:
    file = folder / "amqtt.yaml"
    # JSON is YAML.
    file.write_text(
        json.dumps(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
                "plugins": {ANONYMOUS: {"allow_anonymous": True}},
            }
        )
    )
    return [sys.executable, "-m", "amqtt.scripts.broker_script", "-c", str(file)]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
