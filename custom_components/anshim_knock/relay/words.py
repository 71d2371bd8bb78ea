"""Makes inputs for the household of what comes down from the district, for the listener.

The one door for down events: what it does not know closes, calms and counts as nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
import re
from typing import Any

from ..logic.effects import Json
from ..logic.inputs import Answered, CallEnded, Input, KnockNow, Life, Place, ShortenLimit
from ..logic.words import Answer, Caller

_TYPE = re.compile(r"^kr\.anshim\.knock\.([a-z][a-z0-9_]*)\.v1$")
# Nobody tells of an older sign than this; a year 1 cannot be reckoned with.
_OLDEST, _LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# Evidence this version knows; any other is no life (contract §10).
_EVIDENCE = frozenset({"answered_call", "telephone_record", "spoken", "seen"})
_LONGEST_LIMIT_H = 240


class UnreadableError(Exception):
    """A down event that means nothing to this home: why, for the log."""


class CaseState(StrEnum):
    """What became of the case."""

    OPENED = "opened"
    RAISED = "raised"
    AGAIN = "again"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNews:
    """Shown, nothing more."""

    case: str
    state: CaseState
    kind: str
    at: datetime
    # Which of the home's episodes it is about, where it is about one.
    episode: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNow:
    """The district wants a heartbeat at once."""


type Word = Input | CaseNews | ReportNow


def word_of(event: Any, household: str) -> Word:
    """Raises `UnreadableError`."""
    try:
        if event["subject"] != household:
            raise UnreadableError("it is for another household")
        kind = _TYPE.match(event["type"])
        read = _KINDS.get(kind[1]) if kind else None
        if read is None:
            raise UnreadableError(f"unknown type {event['type']!r}")
        return read(event, event["data"])
    except (KeyError, TypeError, ValueError, OverflowError) as err:
        raise UnreadableError(f"{type(err).__name__} at {err}") from err


def _receipt(event: Mapping[str, Any], data: Mapping[str, Any]) -> Word:
    answer = Answer(data["answer"])
    return Answered(
        episode=_episode(data["answers"]["episode"]),
        answer=answer,
        by=str(data["by"]),
        at=_moment(event["time"]),
        outcome=str(data["outcome"]) if answer is Answer.HANDLED else None,
        until=_moment(data["until"]) if answer is Answer.HOLD else None,
        case=str(event["caseid"]),
        at_home=data.get("seen_at") == "home",
    )


def _case(event: Mapping[str, Any], data: Mapping[str, Any]) -> Word:
    return CaseNews(
        case=str(event["caseid"]),
        state=CaseState(data["state"]),
        kind=str(data["kind"]),
        at=_moment(event["time"]),
        episode=_episode(data["episode"]),
    )


def _life(event: Mapping[str, Any], data: Mapping[str, Any]) -> Word:
    if data["evidence"] not in _EVIDENCE:
        raise UnreadableError(f"unknown evidence {data['evidence']!r}")
    return Life(place=Place.ELSEWHERE, at=_moment(data["at"]))


def _call(event: Mapping[str, Any], data: Mapping[str, Any]) -> Word:
    return CallEnded(result=str(data["result"]), by=Caller.DISTRICT)


def _command(event: Mapping[str, Any], data: Mapping[str, Any]) -> Word:
    match data["command"]:
        case "knock_now":
            return KnockNow()
        case "report":
            return ReportNow()
        case "shorten_limit":
            hours = float(data["limit_h"])
            if not 0 < hours <= _LONGEST_LIMIT_H:
                raise UnreadableError(f"a limit of {hours} hours")
            until = _moment(data["until"]) if "until" in data else None
            return ShortenLimit(hours=hours, until=until)
        case other:
            raise UnreadableError(f"unknown command {other!r}")


_KINDS = {
    "receipt": _receipt,
    "case": _case,
    "life": _life,
    "call": _call,
    "command": _command,
}


def case_to_dict(news: CaseNews) -> dict[str, Json]:
    return {
        "case": news.case,
        "state": news.state,
        "kind": news.kind,
        "at": news.at.isoformat(),
        "episode": news.episode,
    }


def case_from_dict(data: Mapping[str, Any]) -> CaseNews:
    return CaseNews(
        case=str(data["case"]),
        state=CaseState(data["state"]),
        kind=str(data["kind"]),
        at=_moment(data["at"]),
        # Not yet written down by older versions.
        episode=_episode(data.get("episode")),
    )


def _episode(value: Any) -> int | None:
    return None if value is None else int(value)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not _OLDEST < moment < _LATEST:
        msg = f"a moment without a zone or out of reach: {text}"
        raise ValueError(msg)
    return moment
