"""What Home Assistant's recorder still knows of the sources, as the journal would have noted it.

A home that has just been set up has no journal yet, but often ten days of states. The backtest
reads them; nothing of it is kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from homeassistant.core import HomeAssistant, State

from ..logic.activity import BLANK, Change, phone_word
from ..logic.journal import HOUSEHOLD, Entry, Mark
from ..logic.source import Source, observe
from ..logic.words import Role

_RECORDER = "recorder"
# Longer before the first state than anything settles after a start.
_SETTLED = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A source whose states were recorded, by its present entity."""

    key: str
    entity_id: str
    role: Role
    unique_id: str


async def recorded(
    hass: HomeAssistant, sources: Iterable[Recorded], since: datetime, until: datetime
) -> list[Entry]:
    """The entries of that time, the oldest first. Nothing where there is no recorder."""
    wanted = {source.entity_id: source for source in sources if source.role is not Role.BUTTON}
    if _RECORDER not in hass.config.components or not wanted or since >= until:
        return []
    # Only where it runs: this integration does without it.
    from homeassistant.components.recorder import history  # noqa: PLC0415
    from homeassistant.helpers.recorder import get_instance  # noqa: PLC0415

    def read() -> list[Entry]:
        found = history.get_significant_states(
            hass,
            since,
            until,
            list(wanted),
            significant_changes_only=False,
            no_attributes=True,
        )
        states = {wanted[entity_id]: list(rows) for entity_id, rows in found.items()}
        return entries_of(states, since)

    return await get_instance(hass).async_add_executor_job(read)


def entries_of(
    states: dict[Recorded, list[State | dict[str, object]]], since: datetime
) -> list[Entry]:
    """Every source through the rules of signs of life, as if it had been proved beforehand."""
    whole = {s: [row for row in rows if isinstance(row, State)] for s, rows in states.items()}
    entries = [entry for s, rows in whole.items() for entry in _entries(s, rows)]
    if not entries:
        return []
    entries.sort(key=attrgetter("at"))
    return [Entry(at=entries[0].at, source=HOUSEHOLD, mark=Mark.STARTED), *entries]


def _entries(recorded: Recorded, rows: list[State]) -> Iterator[Entry]:
    if not rows:
        return
    started = rows[0].last_updated - _SETTLED
    source, old, live = Source(role=recorded.role, tested=started), None, False
    for row in rows:
        new, at = _word(recorded, row), row.last_updated
        seen = observe(source, Change(old=old, new=new, at=at, started=started))
        source, old = seen.source, new
        if live is not (new not in BLANK):
            live = not live
            mark = Mark.LIVE if live else Mark.LOST
            yield Entry(at=at, source=recorded.key, mark=mark)
        if seen.finding.activity:
            yield Entry(at=seen.at, source=recorded.key, mark=Mark.ACTIVITY)


def _word(recorded: Recorded, row: State) -> str | None:
    if recorded.role is Role.PHONE:
        return phone_word(recorded.unique_id, row.state)
    return row.state
