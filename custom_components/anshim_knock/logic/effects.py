"""Effects: what a decision wants done. Saved with the state that caused them, performed until done.

The performer sends each to the relay and announces it in the home; both are repeated after a crash,
so an id says the same thing for ever (contract §3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .words import Kind, Priority

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


def added(outbox: Outbox, effect: Effect) -> Outbox:
    """Append. A newer word on the same trouble replaces an older one that was not yet delivered."""
    if effect.kind is Kind.TROUBLE:
        code = effect.data["code"]
        outbox = tuple(e for e in outbox if e.kind is not Kind.TROUBLE or e.data["code"] != code)
    return (*outbox, effect)


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
