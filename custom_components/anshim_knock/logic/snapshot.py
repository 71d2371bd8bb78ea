"""A household to a plain dict and back, with a version: what the store writes and reads.

Reading is the one door for stored data: anything unexpected is a `SnapshotError` that says where,
so that a damaged file becomes a blind home with a trouble, never a fresh calm one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .clock import Clock
from .effects import Effect, Json, Target
from .household import Drill, Household, Receipt, Stay
from .words import Answer, Cause, Kind, Presence, Stage, Watch

SNAPSHOT_VERSION = 1


class SnapshotError(ValueError):
    """The stored state cannot be read. Keep the file, tell a person, start blind."""


def to_dict(state: Household) -> dict[str, Json]:
    """Plain JSON values only. Moments are ISO 8601 in UTC, durations are seconds."""
    return {
        "snapshot": SNAPSHOT_VERSION,
        "id": state.id,
        "clock": {
            "wall": state.clock.wall.isoformat(),
            "steady": state.clock.steady,
            "boot": state.clock.boot,
            "trusted": state.clock.trusted,
            "booted": state.clock.booted.isoformat(),
            "lag": _seconds(state.clock.lag),
        },
        "consented": state.consented,
        "version": state.version,
        "stage": state.stage,
        "since": state.since.isoformat(),
        "episodes": list(state.episodes),
        "cause": state.cause,
        "due": _moment(state.due),
        "owned": state.owned,
        "deferrals": state.deferrals,
        "noted": state.noted,
        "last_sign": _moment(state.last_sign),
        "silent_since": state.silent_since.isoformat(),
        "watched": state.watched.total_seconds(),
        "counted": state.counted.isoformat(),
        "watch": state.watch,
        "blind_since": _moment(state.blind_since),
        "stay": {
            "kind": state.stay.kind,
            "since": state.stay.since.isoformat(),
            "until": _moment(state.stay.until),
        },
        "limit_cap": _seconds(state.limit_cap),
        "troubles": list(state.troubles),
        "receipt": _maybe(_receipt, state.receipt),
        "drill": _maybe(_drill, state.drill),
        "outbox": [_effect(e) for e in state.outbox],
    }


def from_dict(data: Mapping[str, Any]) -> Household:
    """The household that `to_dict` wrote. Raises `SnapshotError`."""
    if data.get("snapshot") != SNAPSHOT_VERSION:
        raise SnapshotError(
            f"stored state has version {data.get('snapshot')!r}, this program reads"
            f" {SNAPSHOT_VERSION}"
        )
    try:
        return _household(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as err:
        msg = f"stored state is damaged: {type(err).__name__} at {err}"
        raise SnapshotError(msg) from err


def _household(data: Mapping[str, Any]) -> Household:
    return Household(
        id=str(data["id"]),
        clock=_read_clock(data["clock"]),
        consented=bool(data["consented"]),
        version=int(data["version"]),
        stage=Stage(data["stage"]),
        since=_read_moment(data["since"]),
        episodes=tuple(int(e) for e in data["episodes"]),
        cause=_maybe(Cause, data["cause"]),
        due=_maybe(_read_moment, data["due"]),
        owned=bool(data["owned"]),
        deferrals=int(data["deferrals"]),
        noted=bool(data["noted"]),
        last_sign=_maybe(_read_moment, data["last_sign"]),
        silent_since=_read_moment(data["silent_since"]),
        watched=timedelta(seconds=data["watched"]),
        counted=_read_moment(data["counted"]),
        watch=Watch(data["watch"]),
        blind_since=_maybe(_read_moment, data["blind_since"]),
        stay=Stay(
            kind=Presence(data["stay"]["kind"]),
            since=_read_moment(data["stay"]["since"]),
            until=_maybe(_read_moment, data["stay"]["until"]),
        ),
        limit_cap=_maybe(_read_seconds, data["limit_cap"]),
        troubles=tuple(str(code) for code in data["troubles"]),
        receipt=_maybe(_read_receipt, data["receipt"]),
        drill=_maybe(_read_drill, data["drill"]),
        outbox=tuple(_read_effect(e) for e in data["outbox"]),
    )


def _read_clock(data: Mapping[str, Any]) -> Clock:
    return Clock(
        wall=_read_moment(data["wall"]),
        steady=float(data["steady"]),
        boot=str(data["boot"]),
        trusted=bool(data["trusted"]),
        booted=_read_moment(data["booted"]),
        lag=_maybe(_read_seconds, data["lag"]),
    )


def _receipt(receipt: Receipt) -> dict[str, Json]:
    return {
        "answer": receipt.answer,
        "at": receipt.at.isoformat(),
        "by": receipt.by,
        "outcome": receipt.outcome,
        "case": receipt.case,
    }


def _read_receipt(data: Mapping[str, Any]) -> Receipt:
    return Receipt(
        answer=Answer(data["answer"]),
        at=_read_moment(data["at"]),
        by=str(data["by"]),
        outcome=_maybe(str, data["outcome"]),
        case=_maybe(str, data["case"]),
    )


def _drill(drill: Drill) -> dict[str, Json]:
    return {
        "id": drill.id,
        "stage": drill.stage,
        "since": drill.since.isoformat(),
        "due": drill.due.isoformat(),
    }


def _read_drill(data: Mapping[str, Any]) -> Drill:
    return Drill(
        id=str(data["id"]),
        stage=Stage(data["stage"]),
        since=_read_moment(data["since"]),
        due=_read_moment(data["due"]),
    )


def _effect(effect: Effect) -> dict[str, Json]:
    return {
        "name": effect.name,
        "version": effect.version,
        "kind": effect.kind,
        "data": dict(effect.data),
        "at": _moment(effect.at),
        "boot": effect.boot,
        "uptime": effect.uptime,
        "pending": list(effect.pending),
    }


def _read_effect(data: Mapping[str, Any]) -> Effect:
    return Effect(
        name=str(data["name"]),
        version=int(data["version"]),
        kind=Kind(data["kind"]),
        data=dict(data["data"]),
        at=_maybe(_read_moment, data["at"]),
        boot=str(data["boot"]),
        uptime=int(data["uptime"]),
        pending=tuple(Target(t) for t in data["pending"]),
    )


def _maybe[T](read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = f"a moment without a zone: {text}"
        raise ValueError(msg)
    return moment


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


def _read_seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
