"""What may be shown to a stranger who helps: no token, no names, no moment finer than an hour."""

from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant

from .coordinator import AnshimConfigEntry, HouseholdCoordinator
from .logic.effects import Effect
from .logic.reasons import SENTENCES
from .past import Progress
from .sources.tracked import Tracked


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AnshimConfigEntry
) -> dict[str, Any]:
    """Named one by one: what is not named here is not shown."""
    household = entry.runtime_data
    state, view, settings = household.state, household.data, household.settings
    return {
        "household": {
            "stage": state.stage,
            "since": _hour(state.since),
            "reason": None if view.why is None else SENTENCES[view.why],
            "cause": state.cause,
            "owned": state.owned,
            "version": state.version,
            "episodes": list(state.episodes),
            "watch": state.watch,
            "presence": state.stay.kind,
            "consented": state.consented,
            "troubles": list(state.troubles),
            "last_sign": _hour(state.last_sign),
            "silent_since": _hour(state.silent_since),
            "watched_h": round(state.watched.total_seconds() / 3600, 1),
            "next_deadline": _hour(view.deadline),
            "clock_set": state.clock.trusted,
            "limit_cap_h": state.limit_cap and state.limit_cap.total_seconds() / 3600,
        },
        "settings": {
            "limit_h": settings.limit.total_seconds() / 3600,
            "ceiling_margin_h": settings.ceiling_margin.total_seconds() / 3600,
            "knock_after_min": settings.knock_after.total_seconds() / 60,
            "visit_after_min": settings.visit_after.total_seconds() / 60,
        },
        "outbox": [_effect(effect) for effect in state.outbox],
        "store_ok": household.outfit.keeper.ok,
        "relay": {
            "reached": view.link.reached,
            "connected": view.link.connected,
            "waiting": view.link.waiting,
        },
        "sources": _sources(household),
    }


def _sources(household: HouseholdCoordinator) -> list[dict[str, Any]]:
    views = household.data.sources
    return [
        _source(tracked)
        | {
            "liveness": views[key].liveness,
            "past": _past(tracked, household.outfit.past.progress.get(key)),
        }
        for key, tracked in household.outfit.tracker.sources.items()
    ]


def _source(tracked: Tracked) -> dict[str, Any]:
    return {
        "role": tracked.role,
        "press": tracked.press,
        "found": tracked.entity_id is not None,
        "available": tracked.source.available,
        "tested": tracked.source.tested is not None,
        # Why a source shows no life although it is there and was proved.
        "swapped": tracked.swapped,
        "ghost": tracked.source.ghost,
        "why": tracked.condition.why,
        "via": tracked.source.via,
        "last_activity": _hour(tracked.source.last_activity),
    }


def _past(tracked: Tracked, progress: Progress | None) -> str | None:
    """How far the reading of what Home Assistant had recorded of it has come, in days."""
    if tracked.past_known:
        return "read"
    return None if progress is None else f"{progress.read}/{progress.days}"


def _effect(effect: Effect) -> dict[str, Any]:
    return {"name": effect.name, "version": effect.version, "pending": list(effect.pending)}


def _hour(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.replace(minute=0, second=0, microsecond=0).isoformat()
