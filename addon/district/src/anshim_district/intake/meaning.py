"""What an event means for the household's cases: contract words → `cases.happenings`.

Pure; called by `filing`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from msgspec import UNSET, UnsetType

from .. import messages as m
from ..cases.happenings import Alarm, Happening, Over, Said, Technical
from ..cases.words import Stage

_CLOCKS_DIFFER: Final = timedelta(minutes=2)


def meaning(
    event: m.Event, received: datetime, *, as_new: bool = False, from_lost_kit: bool = False
) -> Happening | None:
    """`None` for what is condition only."""
    happened = event.happened(received)
    body = event.body
    match body:
        case m.Emergency():
            return Alarm(
                id=event.id,
                stage=Stage.EMERGENCY,
                cause=body.cause,
                episode=body.episode,
                version=event.version or 1,
                said=body.said,
                happened=happened,
                as_new=as_new,
                word=body.word or None,
                word_by=body.word_by or None,
                is_dated=_is_dated(event, received),
                from_lost_kit=from_lost_kit,
            )
        case m.Quiet() | m.Unknown() | m.Knock() | m.Visit():
            alarm = _alarm(event, body, happened, as_new=as_new)
            return replace(alarm, is_dated=_is_dated(event, received))
        case m.Resolved():
            at = happened if event.time else None
            return Over(
                episode=body.episode,
                version=event.version or 1,
                by=body.by,
                happened=at,
                via=body.via or None,
            )
        case m.Trouble():
            return Technical(
                code=body.code,
                raised=body.state == "raised",
                version=event.version or 0,
                happened=happened,
                by="home" if event.version else "relay",
            )
        case m.Absence() | m.Consent() | m.Drill():
            return Said(code=event.kind, happened=happened, facts=_facts(body))
        case m.Hello() | m.Heartbeat():
            return None


def _is_dated(event: m.Event, received: datetime) -> bool:
    return event.time is not None and event.time <= received + _CLOCKS_DIFFER


def _alarm(event: m.Event, body: m.Alert, happened: datetime, *, as_new: bool) -> Alarm:
    rungs = body.rungs
    knock = visit = None
    if not isinstance(rungs, UnsetType):
        knock, visit = _after(rungs.knock_in_s), _after(rungs.visit_in_s)
    sign = (
        min(happened, datetime.fromisoformat(body.last_sign_hour)) if body.last_sign_hour else None
    )
    return Alarm(
        id=event.id,
        stage=Stage(event.kind),
        cause=body.cause,
        episode=body.episode,
        version=event.version or 1,
        said=body.said,
        happened=happened,
        knock_in=knock,
        visit_in=visit,
        last_sign=sign,
        as_new=as_new,
        word=body.word or None,
        word_by=body.word_by or None,
    )


def _after(seconds: int | UnsetType) -> timedelta | None:
    return None if seconds is UNSET else timedelta(seconds=int(seconds or 0))


def _facts(body: m.Absence | m.Consent | m.Drill) -> dict[str, str | int | None]:
    match body:
        case m.Absence():
            until, reason = body.until or None, body.reason or None
            return {"what": body.what, "state": body.state, "until": until, "reason": reason}
        case m.Consent():
            text = body.text_version or None
            return {"state": body.state, "recorded_by": body.recorded_by, "text": text}
        case m.Drill():
            return {"drill": body.drill, "stage": body.stage, "state": body.state}
