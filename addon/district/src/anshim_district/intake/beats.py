"""What a heartbeat says beside the one before it: when the home spoke, where its ladder stands.

Pure; called by `heartbeats`.
"""

from datetime import datetime, timedelta
import logging
from typing import Final

import msgspec

from ..cases.happenings import Stands
from ..cases.words import Stage
from ..clock import is_set
from ..messages import Heartbeat, Highwater
from .pulses import Pulse

_LOG: Final = logging.getLogger(__name__)
CALM: Final = "calm"


def beat_before(condition: str | None) -> Heartbeat | None:
    """What the home last said; a damaged record must not keep its next word out."""
    if condition is None:
        return None
    try:
        return msgspec.json.decode(bytes.fromhex(condition), type=Heartbeat)
    except msgspec.DecodeError, ValueError, RecursionError:
        _LOG.exception("a stored heartbeat cannot be read")
        return None


def limit_of(beat: Heartbeat | None) -> timedelta | None:
    return beat.home.limit if beat and beat.home else None


def is_copy(was: Heartbeat | None, mark: Highwater) -> bool:
    """Numbers only grow in one place: where they go back, two speak with one key."""
    return was is not None and was.highwater.epoch == mark.epoch and mark.seq < was.highwater.seq


def home_spoke(beat: Heartbeat, before: datetime | None, now: datetime) -> datetime:
    """A relay beats on while Home Assistant behind it is dead.

    Its age counts, not the relay's voice.
    """
    if beat.home is None or beat.home_age_s is None:
        return min(before, now) if before and is_set(now) else before or now
    spoke = now - timedelta(seconds=beat.home_age_s)
    if not is_set(now):
        return max(before, spoke) if before else spoke
    # what a clock that ran ahead wrote down is not later than now
    return max(min(before, now), spoke) if before else spoke


def stands(
    was: Heartbeat | None,
    beat: Heartbeat,
    *,
    before: datetime | None,
    spoke: datetime,
    pace: timedelta,
) -> Stands | None:
    """Where the home's ladder stands, if that is worth a look: it is, or just was, not calm.

    `before`: when the home said what `was` has.
    """
    home = beat.home
    stood = was.home.stage if was and was.home else CALM
    if home is None or (home.stage == CALM and stood == CALM):
        return None
    is_watched = home.service == "on" and home.stage != CALM
    return Stands(
        stage=Stage(home.stage) if is_watched else None,
        version=home.householdversion,
        at=spoke,
        apart=pace / 2,
        calm_at=before if stood == CALM else None,
    )


def due(pulse: Pulse, beat: Heartbeat, spoke: datetime, patience: timedelta) -> datetime | None:
    """A home that has never spoken keeps its day to be installed."""
    if beat.home is None and pulse.condition is None:
        return pulse.due
    return spoke + patience
