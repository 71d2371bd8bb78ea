"""Effects: what a decision wants done. Saved with the state that caused them, performed until done.

The performer sends each to the relay and announces it in the home; both are repeated after a crash,
so an id says the same thing for ever (contract §3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .words import Kind, Priority, Said

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None

PRIORITY: Mapping[Kind, Priority] = {
    Kind.QUIET: Priority.ALERT,
    Kind.KNOCK: Priority.ALERT,
    Kind.VISIT: Priority.ALERT,
    Kind.UNKNOWN: Priority.ALERT,
    Kind.EMERGENCY: Priority.EMERGENCY,
    Kind.RESOLVED: Priority.ALERT,
    Kind.TROUBLE: Priority.TROUBLE,
    Kind.ABSENCE: Priority.ROUTINE,
    Kind.CONSENT: Priority.ALERT,
    Kind.DRILL: Priority.ROUTINE,
}


class Target(StrEnum):
    """Where an effect must arrive."""

    HOME = "home"
    RELAY = "relay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One message. `at` is `None` while the clock is not set: then `boot` and `uptime` (s) tell."""

    name: str
    version: int
    kind: Kind
    data: Mapping[str, Json]
    at: datetime | None
    boot: str
    uptime: int
    pending: tuple[Target, ...] = (Target.HOME, Target.RELAY)

    def id_of(self, household: str) -> str:
        """The same for ever, so that a repeat is known as one."""
        return f"{household}.{self.version}.{self.name}"

    @property
    def priority(self) -> Priority:
        """Fixed by the kind."""
        return PRIORITY[self.kind]


type Outbox = tuple[Effect, ...]


def untold(outbox: Outbox) -> Outbox:
    """What the relay has yet to be told: emergencies first, then as it was decided."""
    waiting = [effect for effect in outbox if Target.RELAY in effect.pending]
    waiting.sort(key=lambda e: (e.priority is not Priority.EMERGENCY, e.version))
    return tuple(waiting)


def added(outbox: Outbox, effect: Effect) -> Outbox:
    """Append. What the new effect overtakes need not be said any more, if it still waits."""
    return (*(e for e in outbox if not overtakes(effect, e)), effect)


def overtakes(newer: Effect, older: Effect) -> bool:
    """Whether `older` says nothing beside `newer`.

    A newer word on the same trouble does, and the same alert said again: with the relay away for a
    day it would otherwise be said hundreds of times when it comes back. What was said for the first
    time is never overtaken.
    """
    if newer.kind is not older.kind:
        return False
    if newer.kind is Kind.TROUBLE:
        return newer.data["code"] == older.data["code"]
    both_again = newer.data.get("said") == older.data.get("said") == Said.AGAIN
    return both_again and newer.data["episode"] == older.data["episode"]


def performed(outbox: Outbox, version: int, name: str, target: Target) -> Outbox:
    """Take a target off an effect; an effect without targets is done."""
    return tuple(
        left
        for e in outbox
        if (left := _without(e, target) if (e.version, e.name) == (version, name) else e).pending
    )


def _without(effect: Effect, target: Target) -> Effect:
    return replace(effect, pending=tuple(t for t in effect.pending if t is not target))


def renumbered(effect: Effect, first: int, up: int) -> Effect:
    """The same effect `up` versions later if it is `first` or newer, its episode with it."""
    if effect.version < first:
        return effect
    episode = effect.data.get("episode")
    data = dict(effect.data)
    if isinstance(episode, int) and episode >= first:
        data["episode"] = episode + up
    return replace(effect, version=effect.version + up, data=data)
