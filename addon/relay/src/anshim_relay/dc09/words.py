"""What an event of ours is called at a control centre: a SIA code, or nothing that concerns it.

The one place of the relay that looks into a body: a translator has to understand.
"""

from collections.abc import Mapping
from typing import Any

PREFIX = "kr.anshim.knock."
NO_ACTIVITY = "NA"
ACTIVITY_RESUMED = "NS"
EMERGENCY = "QA"
TEST = "RP"
LOW_BATTERY, BATTERY_RESTORED = "XT", "XR"
CANNOT_SEE, SEES_AGAIN = "YS", "YK"

# `quiet` is asked at home first; absence and consent are for the district.
CODES: Mapping[str, str] = {
    "emergency": EMERGENCY,
    "knock": NO_ACTIVITY,
    "visit": NO_ACTIVITY,
    "unknown": NO_ACTIVITY,
    "resolved": ACTIVITY_RESUMED,
    "drill": TEST,
}


def code_of(event: Mapping[str, Any]) -> str | None:
    """None: nothing that a control centre acts on."""
    kind = kind_of(event)
    data = event.get("data")
    body = data if isinstance(data, Mapping) else {}
    if body.get("said") == "note":
        return None
    return trouble(body) if kind == "trouble" else CODES.get(kind)


def kind_of(event: Mapping[str, Any]) -> str:
    return str(event.get("type")).removeprefix(PREFIX).partition(".")[0]


def trouble(body: Mapping[str, Any]) -> str | None:
    raised = body.get("state") == "raised"
    if body.get("code") == "battery":
        return LOW_BATTERY if raised else BATTERY_RESTORED
    return CANNOT_SEE if raised else SEES_AGAIN
