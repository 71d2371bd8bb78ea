"""What a home says, as the contract's examples write it."""

from datetime import UTC, datetime
from typing import Any

from tests.relay.support.stand_in_district import HOUSEHOLD

PRIORITIES = {"emergency": "emergency", "trouble": "trouble", "drill": "routine"}


def event(version: int = 1, kind: str = "quiet", **changes: Any) -> dict[str, Any]:
    household = changes.get("subject", HOUSEHOLD)
    return {
        "specversion": "1.0",
        "id": f"{household}.{version}.{kind}",
        "source": f"urn:anshim:home:{household}",
        "subject": household,
        "type": f"kr.anshim.knock.{kind}.v1",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "bootid": "b-test",
        "uptime": 100,
        "datacontenttype": "application/json",
        "priority": PRIORITIES.get(kind, "alert"),
        "householdversion": version,
        "data": {"cause": "silence", "episode": version, "said": "first"},
    } | changes


def heartbeat(**home: Any) -> dict[str, Any]:
    beat = event(1, "heartbeat", priority="routine", data={"home": {"stage": "calm"} | home})
    del beat["householdversion"]
    return beat
