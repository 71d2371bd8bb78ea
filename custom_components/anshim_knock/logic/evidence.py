"""What the radio says of a device, apart from what it did. Proof that it works, never life.

The sources glue reads it from ZHA's zigpy device, from Zigbee2MQTT or from Home Assistant, and
tells `source.told`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Via(StrEnum):
    """Where the evidence is from, the best first."""

    # The radio's own record of the last frame.
    ZIGPY = "zigpy"
    ZIGBEE2MQTT = "zigbee2mqtt"
    # Home Assistant's moment of the last report, of the same value too.
    REPORTED = "reported"
    # Only that a state changed; a closed door says nothing for days.
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`None` is what this way cannot tell.

    `check_in` is the pause that the device itself promises, `link` 0-255 and `battery` percent as
    the device sees them, `reachable` what the hub believes.
    """

    heard: datetime | None = None
    via: Via = Via.STATE
    check_in: timedelta | None = None
    link: int | None = None
    battery: float | None = None
    reachable: bool | None = None
