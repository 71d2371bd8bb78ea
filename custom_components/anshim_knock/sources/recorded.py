"""What Home Assistant's recorder holds of an entity. Run in the recorder's own executor only.

Its own functions for history leave out who asked for a change, and a restart; without these a
command or a restart of the past would look like a hand. So its tables are read.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import session_scope

from ..logic.past import Recorded, Run


def runs_of(hass: HomeAssistant, since: datetime, until: datetime) -> list[Run]:
    """When Home Assistant recorded, the oldest first.

    A run that was cut off got its successor's beginning for an end: it really ended with its last
    state.
    """
    # Its own requirements are there only where it is set up.
    from homeassistant.components.recorder.db_schema import (  # noqa: PLC0415 -- see above
        RecorderRuns,
        States,
    )
    from sqlalchemy import func, select  # noqa: PLC0415 -- see above

    found = []
    with session_scope(hass=hass, read_only=True) as session:
        rows = session.execute(
            select(RecorderRuns.start, RecorderRuns.end, RecorderRuns.closed_incorrect)
            .where((RecorderRuns.end.is_(None)) | (RecorderRuns.end > since))
            .order_by(RecorderRuns.start)
        ).all()
        oldest = session.execute(select(func.min(States.last_updated_ts))).scalar()
        for start, end, cut_off in rows:
            run = Run(since=_utc(start), until=min(_utc(end), until) if end else until)
            if cut_off:
                last = session.execute(
                    select(func.max(States.last_updated_ts)).where(
                        States.last_updated_ts >= run.since.timestamp(),
                        States.last_updated_ts < run.until.timestamp(),
                    )
                ).scalar()
                run = Run(since=run.since, until=_moment(last) if last else run.since)
            found.append(run)
    return [] if oldest is None else _not_before(found, max(since, _moment(oldest)))


def states_of(
    hass: HomeAssistant, entity_id: str, around: Sequence[str], since: datetime, until: datetime
) -> list[Recorded]:
    """The entity's states, and of the entities around it those that somebody asked for."""
    from homeassistant.components.recorder.db_schema import (  # noqa: PLC0415 -- see above
        States,
        StatesMeta,
    )
    from sqlalchemy import or_, select  # noqa: PLC0415 -- see above

    asked = or_(States.context_user_id_bin.is_not(None), States.context_parent_id_bin.is_not(None))
    wanted = (
        select(States.last_updated_ts, States.state, StatesMeta.entity_id, asked)
        .join(StatesMeta, States.metadata_id == StatesMeta.metadata_id)
        .where(
            StatesMeta.entity_id.in_({entity_id, *around}),
            or_(StatesMeta.entity_id == entity_id, asked),
            States.last_updated_ts >= since.timestamp(),
            States.last_updated_ts < until.timestamp(),
        )
        .order_by(States.last_updated_ts)
    )
    with session_scope(hass=hass, read_only=True) as session:
        return [
            Recorded(at=_moment(at), state=state, asked=bool(by_order), own=name == entity_id)
            for at, state, name, by_order in session.execute(wanted)
        ]


def _not_before(runs: Sequence[Run], oldest: datetime) -> list[Run]:
    """What was purged was not recorded, as far as anybody can tell."""
    cut = (Run(since=max(run.since, oldest), until=run.until) for run in runs)
    return [run for run in cut if run.since < run.until]


def _utc(moment: datetime) -> datetime:
    """The recorder keeps UTC without saying so."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _moment(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
