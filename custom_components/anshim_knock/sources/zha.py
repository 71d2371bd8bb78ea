"""What ZHA's own device objects tell of a Zigbee device, which its entities cannot.

There is no public device API. What is used here is the shape behind the websocket command
`zha/devices`, looked up by address each time: a new interview replaces the objects. Nothing of
zha or zigpy is imported, so nothing of them is required; what has another shape is not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import re
from typing import Any

from homeassistant.core import HomeAssistant

ZHA = "zha"
# Zigbee clusters: the power of a battery, how often a sleeper checks in, what a zone sensor is.
_POWER, _POLL_CONTROL, _IAS_ZONE = 0x0001, 0x0020, 0x0500
_BATTERY_PERCENT, _CHECK_IN, _ZONE_TYPE = 0x0021, 0x0000, 0x0001
_INVALID_ZONE = 0xFFFF
# The cluster counts in quarters of a second, and battery in halves of a percent.
_QUARTER = timedelta(seconds=0.25)
_MOST_CHECK_IN = timedelta(days=2)
_BINDING = re.compile(r"^(?P<endpoint>\d+)-(?P<cluster>\d+)$")
_ON_OFF = 6
# Contacts that show a second opening entity, which never changes, beside the zone that does.
_WITH_TWIN = frozenset({"TS0203"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ZhaDevice:
    """One Zigbee device as ZHA has it now; what it does not tell is `None`."""

    manufacturer: str | None = None
    model: str | None = None
    quirk: str | None = None
    heard: datetime | None = None
    link: int | None = None
    battery: float | None = None
    check_in: timedelta | None = None
    mains: bool | None = None
    zone: str | None = None
    zone_sensor: bool | None = None
    available: bool | None = None


UNKNOWN = ZhaDevice()


def zha_device(hass: HomeAssistant, ieee: str) -> ZhaDevice:
    """Unknown where ZHA does not run, does not know the device, or has changed its shape."""
    try:
        proxies = hass.data[ZHA].gateway_proxy.device_proxies
        device = next((p.device for key, p in proxies.items() if str(key) == ieee), None)
        return UNKNOWN if device is None else _told_by(device)
    except Exception:  # noqa: BLE001 -- its insides may change in any way; then nothing is known
        return UNKNOWN


def is_twin(device: ZhaDevice, model: str | None, unique_id: str) -> bool:
    """Whether this entity stands beside the real one and never changes.

    Told by the cluster that its unique id ends in: on/off where the zone is what the contact uses.
    """
    binding = _BINDING.match("-".join(unique_id.split("-")[1:]))
    if binding is None or int(binding["cluster"]) != _ON_OFF or model not in _WITH_TWIN:
        return False
    return device.zone_sensor is not False


def _told_by(device: Any) -> ZhaDevice:
    radio = device.device
    clusters = _clusters(radio)
    return ZhaDevice(
        manufacturer=_text(device.manufacturer),
        model=_text(device.model),
        quirk=_text(device.quirk_class) if device.quirk_applied else None,
        heard=_moment(radio.last_seen),
        link=_link(radio.lqi),
        battery=_battery(clusters.get(_POWER)),
        check_in=_check_in(clusters.get(_POLL_CONTROL)),
        mains=_truth(device.is_mains_powered),
        zone=_zone(clusters.get(_IAS_ZONE)),
        zone_sensor=_IAS_ZONE in clusters,
        available=_truth(device.available),
    )


def _clusters(radio: Any) -> Mapping[int, Any]:
    endpoints: Iterable[tuple[int, Any]] = radio.endpoints.items()
    return {
        int(number): cluster
        for endpoint_id, endpoint in endpoints
        if endpoint_id != 0
        for number, cluster in endpoint.in_clusters.items()
    }


def _cached(cluster: Any, attribute: int) -> Any:
    """What the device once said; it is not asked."""
    return None if cluster is None else cluster.get(attribute)


def _battery(cluster: Any) -> float | None:
    halves = _number(_cached(cluster, _BATTERY_PERCENT))
    return None if halves is None or not 0 <= halves <= 200 else halves / 2  # noqa: PLR2004 -- see above


def _check_in(cluster: Any) -> timedelta | None:
    quarters = _number(_cached(cluster, _CHECK_IN))
    if quarters is None or quarters <= 0 or quarters > _MOST_CHECK_IN / _QUARTER:
        # Zero says that it never checks in.
        return None
    return quarters * _QUARTER


def _zone(cluster: Any) -> str | None:
    zone = _cached(cluster, _ZONE_TYPE)
    if zone is None or int(zone) == _INVALID_ZONE:
        return None
    return _text(getattr(zone, "name", None))


def _moment(timestamp: Any) -> datetime | None:
    """Zigpy's own time of the last frame; zero is none."""
    number = _number(timestamp)
    return None if number is None or number <= 0 else datetime.fromtimestamp(number, UTC)


def _link(lqi: Any) -> int | None:
    number = _number(lqi)
    return None if number is None or not 0 <= number <= 255 else int(number)  # noqa: PLR2004 -- one byte


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
