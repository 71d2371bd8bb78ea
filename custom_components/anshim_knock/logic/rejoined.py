"""Joins a household whose state was found late with what the home began without it.

`reunion` asks when a file that the disk did not give out at the start can be read after all. Both
lived at the same moment: no alert of either is lost, and nothing is closed by it.
"""

from dataclasses import replace
from datetime import timedelta

from .effects import Target
from .household import Household, outrun
from .words import Presence, Stage

_RANK = (Stage.CALM, Stage.QUIET, Stage.KNOCK, Stage.VISIT, Stage.EMERGENCY)
# Of the alert that leads.
_ALERT = (
    "stage",
    "since",
    "cause",
    "due",
    "owned",
    "lapsed",
    "deferrals",
    "noted",
    "take_back_until",
    "helped_again",
)


def rejoined(kept: Household, meanwhile: Household) -> Household:
    """Both on the same clock, brought up to the same moment.

    What each has said stays said under its number; only what `meanwhile` has not yet said, and
    `kept` may have said under the same one, gets a new one.
    """
    unsaid = [e.version for e in meanwhile.outbox if Target.RELAY in e.pending]
    taken = min(unsaid, default=kept.version + 1) <= kept.version
    new = outrun(meanwhile, kept.version, conflict=taken)
    led = _with_alert(_with_silence(kept, new), new)
    return replace(
        led,
        clock=new.clock,
        counted=new.counted,
        version=new.version,
        consented=kept.consented and new.consented,
        episodes=tuple(dict.fromkeys((*kept.episodes, *new.episodes))),
        watch=new.watch,
        blind_since=new.blind_since,
        stay=kept.stay if new.stay.kind is Presence.HOME else new.stay,
        limit_caps=tuple(dict.fromkeys((*kept.limit_caps, *new.limit_caps))),
        troubles=tuple(dict.fromkeys((*kept.troubles, *new.troubles))),
        guardian_comes=new.guardian_comes or kept.guardian_comes,
        receipt=new.receipt or kept.receipt,
        word=new.word or kept.word,
        call=new.call or kept.call,
        drill=(new.drill or kept.drill) if led.stage is Stage.CALM else None,
        outbox=(*kept.outbox, *new.outbox),
    )


def _with_silence(kept: Household, new: Household) -> Household:
    """Life that was seen meanwhile breaks the silence; that the home began anew does not."""
    last = max((at for at in (kept.last_sign, new.last_sign) if at is not None), default=None)
    if new.last_sign is not None and new.last_sign > kept.silent_since:
        since, watched = new.silent_since, new.watched
    else:
        since, watched = kept.silent_since, kept.watched + new.watched
    longest = max(new.counted - since, timedelta(0))
    return replace(kept, last_sign=last, silent_since=since, watched=min(watched, longest))


def _with_alert(kept: Household, new: Household) -> Household:
    """The higher rung leads, and nobody waits longer for it; help called again is nobody's yet."""
    if new.stage is Stage.EMERGENCY or _RANK.index(new.stage) > _RANK.index(kept.stage):
        return replace(kept, **{name: getattr(new, name) for name in _ALERT})
    due = min((at for at in (kept.due, new.due) if at is not None), default=None)
    return replace(kept, due=due)
