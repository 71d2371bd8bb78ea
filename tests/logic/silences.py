"""How long a silence is, as a home would tell it and in truth; for the tests of clocks."""

from datetime import timedelta

from custom_components.anshim_knock.logic.clock import TOLERANCE
from custom_components.anshim_knock.logic.words import Kind

from .home import NOON, Home


def silence(home: Home) -> timedelta:
    """As the home would tell it now."""
    return home.machine.wall - home.state.silent_since


def true_silence(home: Home) -> timedelta:
    """All homes here were last seen at noon, unless a test says otherwise."""
    return home.machine.true - NOON


def about(found: timedelta, expected: timedelta) -> bool:
    return abs(found - expected) <= TOLERANCE


def clock_troubles(home: Home) -> list[tuple[object, object]]:
    return [
        (e.data["code"], e.data["state"])
        for e in home.said
        if e.kind is Kind.TROUBLE and str(e.data["code"]).startswith("clock")
    ]
