"""Writes the contract's envelope (contract §2) around what the link has to tell."""

from collections.abc import Mapping

from ..logic.clock import Reading
from ..logic.effects import Effect, Json
from ..logic.messages import iso
from ..logic.words import Priority

type Event = dict[str, Json]


def event_of(effect: Effect, household: str) -> Event:
    """The same bytes each time: a repeat must be known as one."""
    event = _envelope(
        event_id=effect.id_of(household),
        household=household,
        kind=effect.kind,
        priority=effect.priority,
        boot=effect.boot,
        uptime=effect.uptime,
    )
    if effect.at is not None:
        event["time"] = iso(effect.at)
    event["householdversion"] = effect.version
    event["data"] = dict(effect.data)
    return event


def heartbeat_of(
    home: Mapping[str, Json], household: str, reading: Reading, *, clock_set: bool
) -> Event:
    """Condition only. Milliseconds since the boot keep ids apart over restarts within it."""
    event = _envelope(
        event_id=f"{household}.{reading.boot}.{int(reading.steady * 1000)}",
        household=household,
        kind="heartbeat",
        priority=Priority.ROUTINE,
        boot=reading.boot,
        uptime=int(reading.steady),
    )
    if clock_set:
        event["time"] = iso(reading.wall)
    event["data"] = {"home": dict(home)}
    return event


def _envelope(
    *, event_id: str, household: str, kind: str, priority: Priority, boot: str, uptime: int
) -> Event:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": f"urn:anshim:home:{household}",
        "subject": household,
        "type": f"kr.anshim.knock.{kind}.v1",
        "bootid": boot,
        "uptime": uptime,
        "datacontenttype": "application/json",
        "priority": priority,
    }
