"""A volunteer's Zigbee devices as Zigbee2MQTT shows them to Home Assistant, over MQTT.

Only the radio is missing: discovery, availability and reports have the topics, the shape and the
retain flags that Zigbee2MQTT gives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

BASE = "zigbee2mqtt"
DISCOVERY = "homeassistant"
ORIGIN = {"name": "Zigbee2MQTT", "sw": "2.6.3", "url": "https://www.zigbee2mqtt.io"}
BRIDGE_ID = "zigbee2mqtt_bridge_0x00124b0024c0ffee"
BRIDGE = {
    "identifiers": [BRIDGE_ID],
    "manufacturer": "Zigbee2MQTT",
    "model": "Bridge",
    "name": "Zigbee2MQTT Bridge",
    "sw_version": "2.6.3",
}
BRIDGE_CONNECTED = {
    "default_entity_id": "binary_sensor.zigbee2mqtt_bridge_connection_state",
    "device": BRIDGE,
    "device_class": "connectivity",
    "entity_category": "diagnostic",
    "name": "Connection state",
    "origin": ORIGIN,
    "payload_off": "offline",
    "payload_on": "online",
    "state_topic": f"{BASE}/bridge/state",
    "unique_id": "bridge_0x00124b0024c0ffee_connection_state_zigbee2mqtt",
    "value_template": "{{ value_json.state }}",
}
PUBLISHED_WITHIN_S = 10.0

type Payload = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One entity that a device offers."""

    component: str
    key: str
    settings: Mapping[str, object]


@dataclass(kw_only=True)
class Device:
    """One paired device and the last thing it said."""

    ieee: str
    name: str
    manufacturer: str
    model: str
    model_id: str
    readings: tuple[Reading, ...]
    last: Payload = field(default_factory=dict)
    # Whether Zigbee2MQTT is set to say if it can be reached. It is not unless somebody did so.
    with_availability: bool = True

    @property
    def topic(self) -> str:
        return f"{BASE}/{self.name}"

    def entity_id(self, key: str) -> str:
        """The entity id that Home Assistant makes of a reading."""
        component = next(r.component for r in self.readings if r.key == key)
        tail = "" if key == "state" else f"_{key}"
        return f"{component}.{self.name}{tail}"

    def discovery(self, reading: Reading) -> tuple[str, Payload]:
        """The topic and the message that announce one reading."""
        told_by = [f"{BASE}/bridge/state"]
        if self.with_availability:
            told_by.append(f"{self.topic}/availability")
        payload: Payload = {
            "availability": [
                {"topic": topic, "value_template": "{{ value_json.state }}"} for topic in told_by
            ],
            "availability_mode": "all",
            "default_entity_id": self.entity_id(reading.key),
            "device": {
                "identifiers": [f"zigbee2mqtt_{self.ieee}"],
                "manufacturer": self.manufacturer,
                "model": self.model,
                "model_id": self.model_id,
                "name": self.name,
                "via_device": BRIDGE_ID,
            },
            "origin": ORIGIN,
            "state_topic": self.topic,
            "unique_id": f"{self.ieee}_{reading.key}_zigbee2mqtt",
            "value_template": f"{{{{ value_json.{reading.key} }}}}",
            **reading.settings,
        }
        return f"{DISCOVERY}/{reading.component}/{self.ieee}/{reading.key}/config", payload


def _measurement(key: str, device_class: str | None, unit: str, **more: object) -> Reading:
    settings: Payload = {"state_class": "measurement", "unit_of_measurement": unit, **more}
    if device_class:
        settings["device_class"] = device_class
    return Reading(component="sensor", key=key, settings=settings)


LINK_QUALITY = _measurement(
    "linkquality",
    None,
    "lqi",
    enabled_by_default=False,
    entity_category="diagnostic",
    icon="mdi:signal",
)
BATTERY = _measurement("battery", "battery", "%", entity_category="diagnostic")


def door_sensor(name: str, ieee: str) -> Device:
    """An Aqara door sensor: `contact` is true while the door is closed."""
    contact = Reading(
        component="binary_sensor",
        key="contact",
        settings={"device_class": "door", "payload_on": False, "payload_off": True},
    )
    return Device(
        ieee=ieee,
        name=name,
        manufacturer="Aqara",
        model="Door and window sensor",
        model_id="MCCGQ11LM",
        readings=(contact, BATTERY, LINK_QUALITY),
        last={"contact": True, "battery": 91, "voltage": 3005, "linkquality": 112},
    )


def parasoll(name: str, ieee: str) -> Device:
    """IKEA's door sensor, which is known to lose quick openings; far from the stick."""
    aqara = door_sensor(name, ieee)
    return Device(
        ieee=ieee,
        name=name,
        manufacturer="IKEA",
        model="PARASOLL door/window sensor",
        model_id="E2013",
        readings=aqara.readings,
        last={"contact": True, "battery": 12, "linkquality": 31},
    )


def metering_plug(name: str, ieee: str) -> Device:
    """A metering smart plug, as Korean districts put them at a kettle or television."""
    state = Reading(
        component="switch",
        key="state",
        settings={
            "command_topic": f"{BASE}/{name}/set",
            "name": None,
            "payload_off": "OFF",
            "payload_on": "ON",
            "value_template": "{{ value_json.state }}",
        },
    )
    return Device(
        ieee=ieee,
        name=name,
        manufacturer="Tuya",
        model="Smart plug (with power monitoring)",
        model_id="TS011F_plug_1",
        readings=(state, _measurement("power", "power", "W"), LINK_QUALITY),
        last={"state": "ON", "power": 0, "current": 0, "voltage": 221, "linkquality": 96},
    )


class Bridge:
    """Zigbee2MQTT: announces the devices, passes on their reports, says again what it knows."""

    def __init__(
        self,
        port: int,
        devices: tuple[Device, ...],
        *,
        keepalive_s: int = 30,
        holds_back: bool = False,
    ) -> None:
        self.devices = devices
        # How often it has said all that it knows.
        self.announced = 0
        # How often Home Assistant has greeted, and whether what is known waits for a word of ours:
        # Zigbee2MQTT waits half a minute with its answer, and says nothing of it as it reconnects.
        self.greeted = 0
        self.holds_back = holds_back
        self._lock = threading.Lock()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id="zigbee2mqtt",
        )
        self._client.will_set(f"{BASE}/bridge/state", '{"state":"offline"}', qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 2)
        self._client.connect("127.0.0.1", port, keepalive=keepalive_s)
        self._client.loop_start()

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(f"{DISCOVERY}/status")
        client.publish(f"{BASE}/bridge/state", '{"state":"online"}', qos=1, retain=True)
        if not self.holds_back:
            self.announce()

    def _on_message(self, client: mqtt.Client, userdata: object, message: mqtt.MQTTMessage) -> None:
        # Home Assistant has just started: Zigbee2MQTT tells it everything again.
        if message.payload == b"online" and not message.retain:
            self.greeted += 1
            if not self.holds_back:
                self.announce()

    def announce(self) -> None:
        """Say all that it knows."""
        topic = f"{DISCOVERY}/binary_sensor/{BRIDGE_ID}/connection_state/config"
        self._client.publish(topic, json.dumps(BRIDGE_CONNECTED), qos=1, retain=True)
        for device in self.devices:
            for reading in device.readings:
                topic, payload = device.discovery(reading)
                self._client.publish(topic, json.dumps(payload), qos=1, retain=True)
            if device.with_availability:
                self.available(device, is_online=True)
            self.report(device)
        self.announced += 1

    def available(self, device: Device, *, is_online: bool) -> None:
        """Say that the device is (no longer) reachable by radio."""
        payload = json.dumps({"state": "online" if is_online else "offline"})
        self._client.publish(f"{device.topic}/availability", payload, qos=1, retain=True)

    def report(self, device: Device, **values: object) -> None:
        """Pass on one frame of the device; what it does not say is repeated from the last one."""
        with self._lock:
            device.last = {**device.last, **values}
            payload = json.dumps(device.last)
        self._client.publish(device.topic, payload, qos=0)

    def leave_with_broker(self, device: Device) -> None:
        """As with `retain: true`: the broker keeps what the device said last."""
        self._client.publish(device.topic, json.dumps(device.last), qos=0, retain=True)

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected()

    def die(self) -> None:
        """Go away without a word. A broker that lives says so for it; one that is gone does not."""
        self._client.loop_stop()
        if (line := self._client.socket()) is not None:
            line.close()

    def close(self) -> None:
        """Go away in order; a radio that is cut off would leave it to the broker to tell."""
        gone = self._client.publish(
            f"{BASE}/bridge/state", '{"state":"offline"}', qos=1, retain=True
        )
        gone.wait_for_publish(PUBLISHED_WITHIN_S)
        self._client.disconnect()
        self._client.loop_stop()
