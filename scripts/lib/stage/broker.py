"""The MQTT broker that carries the devices' messages, as in a volunteer's home.

Mosquitto, without a password on loopback.
"""

import os
from pathlib import Path
import pwd
import shutil
import socket

from stage.processes import Program, free_port

CONFIGURATION = """\
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


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def find_mosquitto() -> str:
    """The Mosquitto of the environment, or the machine's own."""
    named = os.environ.get("ANSHIM_MOSQUITTO")
    found = named or shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if not found:
        raise FileNotFoundError(
            "no MQTT broker here: run scripts/bootstrap, or install the package mosquitto"
        )
    return found


def broker(folder: Path) -> tuple[Program, int]:
    """A Mosquitto that keeps retained messages over a restart.

    It needs no fast clock: it only passes on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    file = folder / "mosquitto.conf"
    user = pwd.getpwuid(os.getuid()).pw_name
    file.write_text(CONFIGURATION.format(port=port, folder=folder, user=user))
    program = Program(
        name="broker",
        command=[find_mosquitto(), "-c", str(file)],
        log=folder / "mosquitto.log",
        ready=lambda: listens(port),
    )
    return program, port
