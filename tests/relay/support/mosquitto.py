"""A real Mosquitto with TLS and passwords, and a district that listens there.

The listener hands each request to the district's own HTTP intake and publishes the answer: what is
proven over MQTT is proven by the very same verification.
"""

import asyncio
import base64
import hashlib
import os
from pathlib import Path
import pwd
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
from typing import Any, Self

import aiohttp
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.relay.support.authority import Authority
from tests.relay.support.process import until
from tests.relay.support.stand_in_district import KIT

CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
{tls}
persistence false
user {user}
log_type error
log_type warning
"""
ACL = """\
user district
topic readwrite anshim/v1/kits/#

pattern readwrite anshim/v1/kits/%u/#
"""
# A home's broker that hands on what a kit says and brings back what it is answered, as the
# documentation of the app writes it.
BRIDGE = """\
connection district
address 127.0.0.1:{port}
bridge_protocol_version mqttv50
remote_username {kit}
remote_password {password}
notifications false
topic anshim/v1/kits/{kit}/events out 1
topic anshim/v1/kits/{kit}/line out 1
topic anshim/v1/kits/{kit}/acks in 1
restart_timeout 1
"""
ROUNDS = 101
PASSWORD = secrets.token_urlsafe(12)


def found() -> str | None:
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


def password_line(user: str) -> str:
    """Mosquitto's own format: PBKDF2 by its helper would be one more program to have."""
    salt = secrets.token_bytes(12)
    derived = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, ROUNDS)
    return f"{user}:$7${ROUNDS}${b64(salt)}${b64(derived)}"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Mosquitto:
    """Restarts on the same port, as a broker that comes back does."""

    def __init__(
        self, folder: Path, authority: Authority | None, *, hands_on_to: Mosquitto | None = None
    ) -> None:
        folder.mkdir()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.authority = authority
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        (folder / "passwords").write_text(
            f"{password_line('district')}\n{password_line(KIT)}\n", encoding="ascii"
        )
        (folder / "acl").write_text(ACL, encoding="ascii")
        tls = "" if authority is None else f"certfile {authority.chain}\nkeyfile {authority.chain}"
        user = pwd.getpwuid(os.getuid()).pw_name
        config = CONFIG.format(port=self.port, folder=folder, tls=tls, user=user)
        if hands_on_to is not None:
            config += BRIDGE.format(port=hands_on_to.port, kit=KIT, password=PASSWORD)
        (folder / "mosquitto.conf").write_text(config, encoding="ascii")

    def admit(self, kit: str) -> None:
        """Another kit gets an account; the broker reads its list again."""
        with (self._folder / "passwords").open("a", encoding="ascii") as passwords:
            passwords.write(f"{password_line(kit)}\n")
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    @property
    def options(self) -> dict[str, Any]:
        """What a technician writes into the relay's options."""
        scheme = "mqtt" if self.authority is None else "mqtts"
        return {
            "mqtt_url": f"{scheme}://127.0.0.1:{self.port}",
            "mqtt_user": KIT,
            "mqtt_password": PASSWORD,
        }

    @property
    def service(self) -> dict[str, Any]:
        """What an app that provides it tells the Supervisor."""
        return {
            "addon": "core_mosquitto",
            "host": "localhost",
            "port": self.port,
            "ssl": self.authority is not None,
            "protocol": "3.1.1",
            "username": KIT,
            "password": PASSWORD,
        }

    async def open(self) -> None:
        self._process = self._started()
        await until(self._listens)

    def _started(self) -> subprocess.Popen[bytes]:
        program = found()
        assert program is not None, "Install Mosquitto: scripts/bootstrap could not bring it here."
        command = [program, "-c", str(self._folder / "mosquitto.conf")]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text(encoding="utf-8")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    async def close(self, *, kill: bool = False) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            await asyncio.to_thread(process.wait)


class Listener:
    """The district's end. `deaf` takes requests and answers none."""

    def __init__(self, broker: Mosquitto, intake: str) -> None:
        self._intake = intake
        self._loop = asyncio.get_running_loop()
        self._requests: asyncio.Queue[MQTTMessage] = asyncio.Queue()
        self._serving: asyncio.Task[None] | None = None
        self.deaf = False
        self.requests = 0
        self.lines: list[bytes] = []
        self.connected = asyncio.Event()
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id="district", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.username_pw_set("district", PASSWORD)
        self._client.reconnect_delay_set(min_delay=1, max_delay=1)
        if broker.authority is not None:
            self._client.tls_set_context(
                ssl.create_default_context(cafile=str(broker.authority.file))
            )
        self._listen()
        self._client.connect_async("127.0.0.1", broker.port, keepalive=30)

    def _listen(self) -> None:
        """Callbacks run in paho's thread."""
        tell = self._loop.call_soon_threadsafe

        def on_connect(client: Client, *_: Any) -> None:
            client.subscribe("anshim/v1/kits/#", qos=1)

        def on_subscribe(*_: Any) -> None:
            tell(self.connected.set)

        def on_message(_c: Client, _u: Any, message: MQTTMessage) -> None:
            tell(self._came, message)

        self._client.on_connect = on_connect
        self._client.on_subscribe = on_subscribe
        self._client.on_message = on_message

    async def __aenter__(self) -> Self:
        self._client.loop_start()
        self._serving = asyncio.create_task(self._serve())
        await self.connected.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._serving is not None
        self._serving.cancel()
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def _came(self, message: MQTTMessage) -> None:
        if message.topic.endswith("/line"):
            self.lines.append(message.payload)
        elif message.topic.endswith("/events"):
            self.requests += 1
            self._requests.put_nowait(message)

    async def _serve(self) -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                request = await self._requests.get()
                if not self.deaf:
                    await self._answer(http, request)

    async def _answer(self, http: aiohttp.ClientSession, request: MQTTMessage) -> None:
        headers = {"Content-Type": "application/json"}
        async with http.post(self._intake, data=request.payload, headers=headers) as response:
            body = await response.read()
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's
        properties.CorrelationData = request.properties.CorrelationData  # type: ignore[union-attr]
        topic = request.properties.ResponseTopic  # type: ignore[union-attr]
        self._client.publish(topic, body, qos=1, properties=properties)
