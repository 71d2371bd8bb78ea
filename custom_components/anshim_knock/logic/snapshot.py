"""A household to a plain dict and back, with a version: what the store writes and reads.

Reading is the one door for stored data: anything unexpected is a `SnapshotError` that says where,
so that a damaged file becomes a blind home with a trouble, never a fresh calm one.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .cap import Cap
from .clock import Clock
from .effects import Effect, Json, Target
from .household import CallReport, Drill, Household, Receipt, Stay, Word
from .setback import Setback
from .stored import (
    count,
    flag,
    iso,
    items,
    mapping,
    maybe,
    moment,
    number,
    seconds,
    signed_span,
    span,
    text,
)
from .words import Answer, Caller, Cause, Kind, Presence, Reason, Stage, Watch

SNAPSHOT_VERSION = 1


class SnapshotError(ValueError):
    """The stored state cannot be read. Keep the file, tell a person, start blind."""


def to_dict(state: Household) -> dict[str, Json]:
    """Plain JSON values only. Moments are ISO 8601 in UTC, durations are seconds."""
    return {
        "snapshot": SNAPSHOT_VERSION,
        "id": state.id,
        "clock": _written_clock(state.clock),
        "consented": state.consented,
        "version": state.version,
        "stage": state.stage,
        "since": state.since.isoformat(),
        "episodes": list(state.episodes),
        "cause": state.cause,
        "due": iso(state.due),
        "owned": state.owned,
        "lapsed": state.lapsed,
        "deferrals": state.deferrals,
        "noted": state.noted,
        "last_sign": iso(state.last_sign),
        "silent_since": state.silent_since.isoformat(),
        "watched": state.watched.total_seconds(),
        "counted": state.counted.isoformat(),
        "watch": state.watch,
        "blind_since": iso(state.blind_since),
        "stay": _written_stay(state.stay),
        # For older versions, which know no end of it.
        "limit_cap": seconds(state.limit_cap),
        "limit_caps": [[cap.limit.total_seconds(), iso(cap.until)] for cap in state.limit_caps],
        "troubles": list(state.troubles),
        "receipt": maybe(_written_receipt, state.receipt),
        "drill": maybe(_written_drill, state.drill),
        "take_back_until": iso(state.take_back_until),
        "guardian_comes": iso(state.guardian_comes),
        "helped_again": iso(state.helped_again),
        "word": maybe(_written_word, state.word),
        "call": maybe(_written_call, state.call),
        "outbox": [_written_effect(e) for e in state.outbox],
    }


def _written_stay(stay: Stay) -> dict[str, Json]:
    return {
        "kind": stay.kind,
        "since": stay.since.isoformat(),
        "until": iso(stay.until),
        "longest": iso(stay.longest),
        "reason": stay.reason,
        "meant": iso(stay.meant),
    }


def _written_receipt(receipt: Receipt) -> dict[str, Json]:
    return {
        "answer": receipt.answer,
        "at": receipt.at.isoformat(),
        "by": receipt.by,
        "outcome": receipt.outcome,
        "case": receipt.case,
    }


def _written_word(word: Word) -> dict[str, Json]:
    return {"says": word.says, "by": word.by, "at": word.at.isoformat()}


def _written_call(call: CallReport) -> dict[str, Json]:
    return {"result": call.result, "by": call.by, "at": call.at.isoformat()}


def _written_drill(drill: Drill) -> dict[str, Json]:
    return {
        "id": drill.id,
        "stage": drill.stage,
        "since": drill.since.isoformat(),
        "due": drill.due.isoformat(),
    }


def _written_effect(effect: Effect) -> dict[str, Json]:
    return {
        "name": effect.name,
        "version": effect.version,
        "kind": effect.kind,
        "data": dict(effect.data),
        "at": iso(effect.at),
        "boot": effect.boot,
        "uptime": effect.uptime,
        "pending": list(effect.pending),
    }


def from_dict(data: Mapping[str, Any]) -> Household:
    """The household that `to_dict` wrote. Raises `SnapshotError`."""
    try:
        version = mapping(data)["snapshot"]
        if version == SNAPSHOT_VERSION:
            return _consistent(_household(data))
    except (KeyError, TypeError, ValueError, OverflowError) as err:
        raise SnapshotError(f"stored state is damaged: {type(err).__name__} at {err}") from err
    raise SnapshotError(
        f"stored state has version {version!r}, this program reads {SNAPSHOT_VERSION}"
    )


def _consistent(state: Household) -> Household:
    """Parts that fit together: an alert without a deadline would never be said again."""
    calm = state.stage is Stage.CALM
    parts = (not state.episodes, state.cause is None, state.due is None)
    if any(part is not calm for part in parts):
        raise ValueError(f"stage {state.stage} with episodes, cause or deadline of another")
    if (state.stay.kind is Presence.HOME) is not (state.stay.until is None):
        raise ValueError(f"presence {state.stay.kind} with the wrong end")
    return state


def _household(data: Mapping[str, Any]) -> Household:
    return Household(
        id=text(data["id"]),
        clock=_clock(mapping(data["clock"])),
        consented=flag(data["consented"]),
        version=count(data["version"]),
        stage=Stage(data["stage"]),
        since=moment(data["since"]),
        episodes=tuple(count(e) for e in items(data["episodes"])),
        cause=maybe(Cause, data["cause"]),
        due=maybe(moment, data["due"]),
        owned=flag(data["owned"]),
        lapsed=flag(data["lapsed"]),
        deferrals=count(data["deferrals"]),
        noted=flag(data["noted"]),
        last_sign=maybe(moment, data["last_sign"]),
        silent_since=moment(data["silent_since"]),
        watched=span(data["watched"]),
        counted=moment(data["counted"]),
        watch=Watch(data["watch"]),
        blind_since=maybe(moment, data["blind_since"]),
        stay=_stay(mapping(data["stay"])),
        limit_caps=_caps(data),
        troubles=tuple(text(code) for code in items(data["troubles"])),
        receipt=maybe(_receipt, data["receipt"]),
        drill=maybe(_drill, data["drill"]),
        outbox=tuple(_effect(mapping(e)) for e in items(data["outbox"])),
        # Not yet written down by older versions.
        take_back_until=maybe(moment, data.get("take_back_until")),
        guardian_comes=maybe(moment, data.get("guardian_comes")),
        helped_again=maybe(moment, data.get("helped_again")),
        word=maybe(_word, data.get("word")),
        call=maybe(_call, data.get("call")),
    )


def _caps(data: Mapping[str, Any]) -> tuple[Cap, ...]:
    """Older versions kept one, for good."""
    if "limit_caps" not in data:
        limit = maybe(span, data["limit_cap"])
        return () if limit is None else (Cap(limit=limit),)
    pairs = (items(cap) for cap in items(data["limit_caps"]))
    return tuple(Cap(limit=span(limit), until=maybe(moment, until)) for limit, until in pairs)


def _written_clock(clock: Clock) -> dict[str, Json]:
    return {
        "wall": clock.wall.isoformat(),
        "steady": clock.steady,
        "boot": clock.boot,
        "trusted": clock.trusted,
        "booted": clock.booted.isoformat(),
        "lag": seconds(clock.lag),
        "least": iso(clock.least),
        "stood": clock.stood.total_seconds(),
        "setback": _written_setback(clock.setback),
    }


def _clock(data: Mapping[str, Any]) -> Clock:
    wall, lag = moment(data["wall"]), maybe(signed_span, data["lag"])
    trusted = flag(data["trusted"])
    # Older versions took the last date that was set for the truth.
    known = timedelta(0) if trusted else lag
    last_set = None if known is None else wall + known
    return Clock(
        wall=wall,
        steady=number(data["steady"]),
        boot=text(data["boot"]),
        trusted=trusted,
        booted=moment(data["booted"]),
        lag=lag,
        least=maybe(moment, data["least"]) if "least" in data else last_set,
        stood=span(data.get("stood", 0.0)),
        setback=maybe(_setback, data.get("setback")),
    )


def _written_setback(setback: Setback | None) -> list[Json] | None:
    if setback is None:
        return None
    taken = setback.taken.total_seconds()
    return [setback.by.total_seconds(), setback.steady, taken, iso(setback.taken_at)]


def _setback(data: Any) -> Setback:
    by, steady, taken, at = items(data)
    return Setback(
        by=span(by), steady=number(steady), taken=span(taken), taken_at=maybe(moment, at)
    )


def _stay(data: Mapping[str, Any]) -> Stay:
    return Stay(
        kind=Presence(data["kind"]),
        since=moment(data["since"]),
        until=maybe(moment, data["until"]),
        longest=maybe(moment, data.get("longest")),
        meant=maybe(moment, data.get("meant")),
        reason=maybe(Reason, data.get("reason")),
    )


def _receipt(data: Any) -> Receipt:
    return Receipt(
        answer=Answer(mapping(data)["answer"]),
        at=moment(data["at"]),
        by=text(data["by"]),
        outcome=maybe(text, data["outcome"]),
        case=maybe(text, data["case"]),
    )


def _word(data: Any) -> Word:
    return Word(says=text(mapping(data)["says"]), by=text(data["by"]), at=moment(data["at"]))


def _call(data: Any) -> CallReport:
    return CallReport(
        result=text(mapping(data)["result"]), by=Caller(data["by"]), at=moment(data["at"])
    )


def _drill(data: Any) -> Drill:
    return Drill(
        id=text(mapping(data)["id"]),
        stage=Stage(data["stage"]),
        since=moment(data["since"]),
        due=moment(data["due"]),
    )


def _effect(data: Mapping[str, Any]) -> Effect:
    return Effect(
        name=text(data["name"]),
        version=count(data["version"]),
        kind=Kind(data["kind"]),
        data=dict(mapping(data["data"])),
        at=maybe(moment, data["at"]),
        boot=text(data["boot"]),
        uptime=count(data["uptime"]),
        pending=tuple(Target(t) for t in items(data["pending"])),
    )
