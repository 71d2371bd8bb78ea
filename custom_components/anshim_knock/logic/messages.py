"""What is said in each message (contract §4): the bodies that a decision writes, nothing else.

Data minimisation happens here: times of a person's day leave only in alerts, and only as the full
hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .effects import Json
from .household import Household, Word
from .settings import Settings
from .silence import before_call, limit_of
from .words import By, Cause, Kind, Presence, Reason, Said, Stage

_ALERT_KIND: Mapping[Stage, Kind] = {
    Stage.QUIET: Kind.QUIET,
    Stage.KNOCK: Kind.KNOCK,
    Stage.VISIT: Kind.VISIT,
    Stage.EMERGENCY: Kind.EMERGENCY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message before it has a version. `name` is what its id ends in."""

    kind: Kind
    name: str
    data: Mapping[str, Json]


def alert(state: Household, settings: Settings, said: Said) -> Letter:
    """The stage the household is in, said to everyone who must know."""
    kind = _ALERT_KIND[state.stage]
    if kind is Kind.EMERGENCY:
        data: dict[str, Json] = {"cause": state.cause, "episode": state.episode, "said": said}
        return Letter(kind=kind, name=kind, data=data)
    if state.cause is Cause.CEILING and kind is Kind.QUIET:
        kind = Kind.UNKNOWN
    return Letter(kind=kind, name=kind, data=_silence(state, settings, said))


def quoted(state: Household, settings: Settings, word: Word) -> Letter:
    """A note on the case that says who said what."""
    note = alert(state, settings, Said.NOTE)
    return Letter(
        kind=note.kind, name=note.name, data={**note.data, "word": word.says, "word_by": word.by}
    )


def _silence(state: Household, settings: Settings, said: Said) -> dict[str, Json]:
    return {
        "cause": state.cause,
        "episode": state.episode,
        "said": said,
        "watch": state.watch,
        "presence": state.stay.kind,
        "last_sign_hour": _hour_of_last_sign(state),
        # A limit of nothing is not allowed on the way, and never meant.
        "limit_h": max(_hours(limit_of(state, settings)), 0.01),
        "watched_h": _hours(state.watched),
        **_rungs(state, settings),
    }


def _hour_of_last_sign(state: Household) -> str | None:
    """Unknown as well while the clock is not set: an hour of 1970 would mislead."""
    if state.last_sign is None or not state.clock.trusted:
        return None
    return iso(state.last_sign.astimezone(UTC).replace(minute=0, second=0))


def _rungs(state: Household, settings: Settings) -> dict[str, Json]:
    """When the next rungs are due, counted from this message."""
    knock = int(before_call(state, settings).total_seconds())
    visit = int(settings.visit_after.total_seconds())
    match state.stage:
        case Stage.QUIET:
            return {"rungs": {"knock_in_s": knock, "visit_in_s": knock + visit}}
        case Stage.KNOCK:
            return {"rungs": {"visit_in_s": visit}}
        case _:
            return {}


def resolved(episode: int, by: By, via: str | None = None) -> Letter:
    """An episode has ended."""
    data: dict[str, Json] = {"episode": episode, "by": by}
    if via is not None:
        data["via"] = via
    return Letter(kind=Kind.RESOLVED, name=f"resolved-{episode}", data=data)


def trouble(code: str, *, raised: bool, count: int | None = None) -> Letter:
    """Something technical began or ended."""
    data: dict[str, Json] = {"code": code, "state": "raised" if raised else "cleared"}
    if count is not None:
        data["count"] = count
    return Letter(kind=Kind.TROUBLE, name=f"trouble-{code.replace('_', '-')}", data=data)


def absence(
    kind: Presence, what_happened: str, until: datetime | None, reason: Reason | None = None
) -> Letter:
    """Away or guests: `started`, `ended` or `overrun`."""
    data: dict[str, Json] = {"what": kind, "state": what_happened}
    if reason is not None:
        data["reason"] = reason
    if until is not None:
        data["until"] = iso(until)
    return Letter(kind=Kind.ABSENCE, name=f"absence-{kind}", data=data)


def consent(
    what_happened: str,
    text_version: str,
    recorded_by: str,
    items: tuple[str, ...],
    at: datetime | None,
) -> Letter:
    """Consent `given` or `withdrawn`, to which items of which text, recorded by whom."""
    data: dict[str, Json] = {
        "state": what_happened,
        "text_version": text_version,
        "items": list(items),
        "recorded_by": recorded_by,
        "at": None if at is None else iso(at),
    }
    return Letter(kind=Kind.CONSENT, name="consent", data=data)


def drill(name: str, stage: Stage, what_happened: str) -> Letter:
    """A rehearsal: `running` through a stage, `passed` or `cancelled`."""
    data: dict[str, Json] = {"drill": name, "stage": stage, "state": what_happened}
    return Letter(kind=Kind.DRILL, name=f"drill-{what_happened}", data=data)


def walk(name: str, stage: Stage, data: Mapping[str, Json], *, passed: bool) -> Letter:
    """A walk test: every source was seen in use, or not all of them were."""
    state = "passed" if passed else "cancelled"
    told: dict[str, Json] = {"drill": name, "stage": stage, "state": state, "walk": dict(data)}
    return Letter(kind=Kind.DRILL, name="drill-walk", data=told)


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _hours(span: timedelta) -> float:
    return round(span / timedelta(hours=1), 2)
