"""The door for the options of a control centre. Called by the options' door, once, at the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
import re
from typing import Any

from anshim_relay.dc09.frames import Account
from anshim_relay.duty import Calendar, Days, Duty, Rule
from anshim_relay.korea import Korea
from anshim_relay.option_values import BadOptionsError, text, whole

PORT_RANGE = range(1, 65536)
POLL_S = 60
POLL_RANGE = range(10, 86401)
NUMBER = re.compile(r"[0-9A-F]{3,16}")
SHORT_NUMBER = re.compile(r"[0-9A-F]{1,6}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
KEY_BYTES = frozenset({16, 24, 32})
HEX = "hex:"
KINDS = frozenset({"emergency", "knock", "visit", "unknown", "resolved", "trouble", "drill"})


@dataclass(frozen=True, kw_only=True)
class Centre:
    """A control centre that is told at certain hours, beside the district."""

    host: str
    port: int
    account: Account
    poll_s: int
    duty: Duty


def centre_from(document: Mapping[str, Any]) -> Centre | None:
    address = text(document, "centre_address")
    if not address:
        return None
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) not in PORT_RANGE:
        raise BadOptionsError(
            "Option centre_address must be an address with a port: centre.example:8001."
        )
    return Centre(
        host=host.strip("[]"),
        port=int(port),
        account=account_from(document),
        poll_s=whole(document, "centre_poll_seconds", POLL_S, POLL_RANGE),
        duty=duty_from(document),
    )


def account_from(document: Mapping[str, Any]) -> Account:
    number = text(document, "centre_account").upper()
    if not NUMBER.fullmatch(number):
        raise BadOptionsError("Option centre_account must have 3 to 16 digits, 0 to 9 and A to F.")
    receiver = text(document, "centre_receiver").upper() or "1"
    line = text(document, "centre_line").upper() or "0"
    if not SHORT_NUMBER.fullmatch(receiver) or not SHORT_NUMBER.fullmatch(line):
        raise BadOptionsError(
            "Options centre_receiver and centre_line must have 1 to 6 digits, 0 to 9 and A to F."
        )
    return Account(number=number, receiver=receiver, line=line, key=key_from(document))


def key_from(document: Mapping[str, Any]) -> bytes | None:
    """Some centres hand out characters, others the hex digits of bytes."""
    value = text(document, "centre_key")
    if not value:
        return None
    try:
        key = bytes.fromhex(value[len(HEX) :]) if value.startswith(HEX) else value.encode("ascii")
    except ValueError:
        key = b""
    if len(key) not in KEY_BYTES:
        raise BadOptionsError(
            "Option centre_key must have 16, 24 or 32 characters, or hex: and 32, 48 or 64 digits."
        )
    return key


def duty_from(document: Mapping[str, Any]) -> Duty:
    rows = document.get("centre_hours") or []
    if not isinstance(rows, list):
        raise BadOptionsError("Option centre_hours must be a list.")
    calendar = Calendar(
        is_holiday=Korea() if rows else lambda _: False,
        free=dates(document, "free_days"),
        working=dates(document, "working_days"),
    )
    return Duty(rules=[rule_from(row) for row in rows], calendar=calendar)


def rule_from(row: Any) -> Rule:
    if not isinstance(row, Mapping):
        raise BadOptionsError("Each of centre_hours must have days, from and to.")
    days = row.get("days", Days.EVERY)
    if days not in set(Days):
        raise BadOptionsError("Option centre_hours: days must be every, working or free.")
    kinds = frozenset(text(row, "kinds").replace(",", " ").split())
    if strange := sorted(kinds - KINDS):
        raise BadOptionsError(f"Option centre_hours: there is no kind {strange[0]}.")
    return Rule(days=Days(days), start=moment(row, "from"), end=moment(row, "to"), kinds=kinds)


def moment(row: Mapping[str, Any], name: str) -> time:
    """24:00 is the midnight at which the day ends."""
    value = text(row, name)
    if value == "24:00":
        return time(0)
    if not CLOCK.fullmatch(value):
        raise BadOptionsError(f"Option centre_hours: {name} must be a time like 18:00.")
    return time.fromisoformat(value)


def dates(document: Mapping[str, Any], name: str) -> frozenset[date]:
    values = document.get(name) or []
    try:
        return frozenset(date.fromisoformat(str(value)) for value in values)
    except (ValueError, TypeError) as error:
        raise BadOptionsError(f"Option {name} must be a list of days like 2026-12-24.") from error
