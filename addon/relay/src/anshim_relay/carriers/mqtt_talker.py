"""paho's client, whose thread cannot die without a word and shows how long it has heard nothing.

Used by the line. paho's own watch over a silent broker runs in that thread: it cannot see its own
death.
"""

from collections.abc import Callable
import time
from typing import Any, override

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from anshim_relay import log

# paho says so of every packet that came in, answers to its pings too.
HEARD = "Received "


class Talker(Client):
    """`on_end` is called in the thread, as the last that it does."""

    def __init__(self, name: str, on_end: Callable[[], None]) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        self._on_end = on_end
        self._heard_at = time.monotonic()
        self.on_log = self._note

    def silent_for_s(self) -> float:
        return time.monotonic() - self._heard_at

    @override
    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """The whole life of the thread that `loop_start` begins."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # noqa: BLE001 - whatever it is, the line is over and begins anew
            log.bug("mqtt_thread_died", error)
            return MQTTErrorCode.MQTT_ERR_UNKNOWN
        finally:
            self._on_end()

    def _note(self, _client: Client, _given: Any, _level: int, text: str) -> None:
        if text.startswith(HEARD):
            self._heard_at = time.monotonic()
