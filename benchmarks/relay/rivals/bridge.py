"""Two of Debian's Mosquittos, one bridged to the other, as a home and its district would have them.

Acknowledged is what the home's broker answers (PUBACK); arrived is what a subscriber of the other
one is handed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
import os
from pathlib import Path
import pwd
import subprocess
import threading
import time

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.relay.district import free_port, listens
from tests.relay.support.mosquitto import found
from tests.relay.support.process import until

BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 0
user {user}
log_type error
{more}
"""
BRIDGE = """\
{saving}
connection district
address 127.0.0.1:{port}
topic home/# out 1
cleansession false
"""
# Saves when something has changed, as often as it can; and as it comes.
SAVING = {
    "durable": "autosave_on_changes true\nautosave_interval 1",
    "default": "autosave_on_changes false\nautosave_interval 1800",
}
QOS = 1
# Both cross the bridge. Whoever hears what was meant to be counted would hear it in the interpreter
# that counts, and take its time from whoever sends: the far end is only looked at for the time.
COUNTED, TIMED = "home/alert", "home/timed"


class NoMosquittoError(Exception):
    """There is none here."""


class Bridge:
    """`payload` is as large as an alert."""

    def __init__(self, port: int, far_port: int, payload: bytes, at_once: int) -> None:
        # Of the broker at home.
        self.pid = 0
        self._payload = payload
        self._arrived = threading.Event()
        self._far = client(far_port, at_once)
        self._far.on_message = self._came
        # what arrives before it is taken goes to nobody
        taken = threading.Event()
        self._far.on_subscribe = lambda *_: taken.set()
        self._far.subscribe(TIMED, QOS)
        _wait(taken, "the far broker took no subscription")
        self._near = client(port, at_once)

    def _came(self, _client: Client, _data: object, _message: MQTTMessage) -> None:
        self._arrived.set()

    def rate(self, count: int) -> float:
        began = time.perf_counter()
        sent = [self._near.publish(COUNTED, self._payload, QOS) for _ in range(count)]
        for one in sent:
            one.wait_for_publish()
        return count / (time.perf_counter() - began)

    def latency_ms(self) -> float:
        self._arrived.clear()
        began = time.perf_counter()
        self._near.publish(TIMED, self._payload, QOS)
        _wait(self._arrived, "the bridge brought nothing")
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        for one in (self._near, self._far):
            one.disconnect()
            one.loop_stop()


def client(port: int, at_once: int) -> Client:
    made = Client(CallbackAPIVersion.VERSION2)
    made.max_inflight_messages_set(at_once)
    connected = threading.Event()
    made.on_connect = lambda *_: connected.set()
    made.connect("127.0.0.1", port)
    made.loop_start()
    _wait(connected, "the broker did not answer")
    return made


def _wait(event: threading.Event, or_else: str) -> None:
    if not event.wait(30):
        raise TimeoutError(or_else)


@asynccontextmanager
async def bridge(folder: Path, saving: str, payload: bytes, at_once: int) -> AsyncIterator[Bridge]:
    port, far_port = free_port(), free_port()
    more = BRIDGE.format(saving=SAVING[saving], port=far_port)
    with broker(folder / "far", far_port, SAVING["default"]):
        await until(lambda: listens(far_port))
        with broker(folder / "near", port, more) as pid:
            await until(lambda: listens(port))
            both = await asyncio.to_thread(Bridge, port, far_port, payload, at_once)
            both.pid = pid
            try:
                await asyncio.to_thread(both.latency_ms)
                yield both
            finally:
                both.close()


@contextmanager
def broker(folder: Path, port: int, more: str) -> Iterator[int]:
    program = found()
    if program is None:
        raise NoMosquittoError("there is no mosquitto here: run scripts/bootstrap")
    folder.mkdir(parents=True)
    user = pwd.getpwuid(os.getuid()).pw_name
    config = folder / "mosquitto.conf"
    config.write_text(
        BROKER.format(port=port, folder=folder, user=user, more=more), encoding="ascii"
    )
    process = subprocess.Popen([program, "-c", str(config)])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()
