"""What a home says to a real district, which reads it whole."""

from typing import Any

from tests.relay.support.events import event

ALERT, HELP = "quiet", "emergency"
SILENCE = {
    "cause": "silence",
    "said": "first",
    "watch": "seeing",
    "presence": "home",
    "last_sign_hour": None,
    "limit_h": 12,
    "watched_h": 11.5,
    "rungs": {"knock_in_s": 600, "visit_in_s": 2400},
}
BUTTON = {"cause": "button", "said": "first"}


def said(kind: str, version: int, household: str) -> dict[str, Any]:
    data = (BUTTON if kind == HELP else SILENCE) | {"episode": version}
    return event(version, kind, subject=household, data=data)
