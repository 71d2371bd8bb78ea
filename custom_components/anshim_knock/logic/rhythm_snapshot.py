"""A rhythm on its way to and from disk: plain JSON values, exact, and the same size for ever.

Readers raise `KeyError`, `TypeError` or `ValueError` and never guess: a damaged rhythm is learnt
again from the journal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from math import inf
from typing import Any

from .effects import Json
from .rhythm.anchor import Anchor
from .rhythm.doors import Doors
from .rhythm.ears import Ears
from .rhythm.hazard import Grid, Pace
from .rhythm.model import Rhythm
from .rhythm.parameters import CLASSES, QUARTERS, Parameters, Rung
from .rhythm.silence import Silence
from .rhythm.tail import Nights, Tail
from .rhythm.verdict import Place, Verdict, Why
from .rhythm.voices import Voice, Voices
from .stored import count, flag, items, mapping, maybe, number, text

_VERSION = 4
# The ones before had all that is needed but how the limits stretch while sources are dead.
_READABLE = frozenset({3, _VERSION})


def rhythm_to_dict(rhythm: Rhythm) -> dict[str, Json]:
    pace, voices, silence = rhythm.pace, rhythm.voices, rhythm.silence
    ears, doors = rhythm.ears, rhythm.doors
    return {
        "version": _VERSION,
        "asked": _rows(pace.asked),
        "ended": _rows(pace.ended),
        "table": _rows(pace.table),
        "began": [*pace.began],
        "started": [*pace.started],
        "shares": [*pace.shares],
        "reaches": [*pace.reaches],
        "off_asked": [*pace.off_asked],
        "off_ended": [*pace.off_ended],
        "usual_on": [*pace.usual_on],
        "usual_off": [*pace.usual_off],
        "pace_days": pace.days,
        "tail": asdict(rhythm.tail),
        "nights": asdict(rhythm.nights),
        "voices": {name: asdict(voice) for name, voice in voices.known.items()},
        "lively": voices.lively,
        "turns": voices.turns,
        "quiet_hours": voices.quiet_hours,
        "accepted": [*rhythm.anchor.accepted],
        "stretched": [*rhythm.anchor.stretched],
        "held": rhythm.anchor.held,
        "silence": None if silence is None else _silence_to_dict(silence),
        "home": rhythm.home,
        "left": rhythm.left,
        "days": rhythm.days,
        "fresh": rhythm.fresh,
        "longest": rhythm.longest,
        "taught": _finite(rhythm.taught),
        "doors": {**doors.known},
        "ways_out": [*sorted(doors.ways_out)],
        "went_out": _finite(doors.went_out),
        "lost": [*sorted(ears.lost)],
        "missing": [*sorted(ears.missing)],
        "blind": ears.blind,
        "quarter": rhythm.quarter,
        "speakers": [*rhythm.speakers],
        "last": rhythm.last,
        "spoke": _finite(rhythm.spoke),
    }


def rhythm_from_dict(data: Mapping[str, Any], parameters: Parameters | None = None) -> Rhythm:
    """What `rhythm_to_dict` wrote."""
    if data["version"] not in _READABLE:
        raise ValueError(f"a rhythm of version {data['version']}")
    return Rhythm(
        parameters=parameters or Parameters(),
        pace=_pace(data),
        tail=_numbers(Tail, data["tail"]),
        nights=_numbers(Nights, data["nights"]),
        ears=_ears(data),
        doors=_doors(data),
        anchor=_anchor(data),
        silence=maybe(_silence, data["silence"]),
        home=maybe(flag, data["home"]),
        left=number(data["left"]),
        days=number(data["days"]),
        fresh=number(data["fresh"]),
        longest=number(data["longest"]),
        taught=_or(data["taught"], -inf),
        quarter=count(data["quarter"]),
        speakers=dict.fromkeys(text(name) for name in items(data["speakers"])),
        last=text(data["last"]),
        spoke=_or(data["spoke"], inf),
    )


def _rows(grid: Iterable[list[float]]) -> list[Json]:
    return [[*row] for row in grid]


def _finite(value: float) -> float | None:
    """JSON knows no infinity."""
    return None if value in {inf, -inf} else value


def _or(value: Any, never: float) -> float:
    return never if value is None else number(value)


def _pace(data: Mapping[str, Any]) -> Pace:
    pace = Pace()
    pace.asked, pace.ended = _grid(data["asked"]), _grid(data["ended"])
    pace.table = _grid(data["table"])
    pace.began, pace.reaches = _row(data["began"]), _row(data["reaches"])
    pace.started, pace.shares = _row(data["started"]), _row(data["shares"])
    pace.off_asked, pace.off_ended = _row(data["off_asked"]), _row(data["off_ended"])
    pace.usual_on, pace.usual_off = _row(data["usual_on"]), _row(data["usual_off"])
    pace.days = number(data["pace_days"])
    pace.use()
    return pace


def _grid(value: Any) -> Grid:
    rows = [_row(row) for row in items(value)]
    if len(rows) != len(CLASSES):
        raise ValueError(f"{len(rows)} rows in a table")
    return rows


def _row(value: Any, length: int = QUARTERS) -> list[float]:
    row = [number(cell) for cell in items(value)]
    if len(row) != length:
        raise ValueError(f"{len(row)} cells in a row")
    return row


def _anchor(data: Mapping[str, Any]) -> Anchor:
    stretched = data["stretched"] if data["version"] == _VERSION else ()
    return Anchor(
        accepted=_by_hour(data["accepted"]),
        stretched=_by_hour(stretched),
        held=count(data["held"]),
    )


def _by_hour(value: Any) -> list[float]:
    return _row(value, 24) if value else []


def _names(value: Any) -> frozenset[str]:
    return frozenset(text(name) for name in items(value))


def _numbers[T: (Tail, Nights)](kind: type[T], value: Any) -> T:
    stored = mapping(value)
    return kind(**{field.name: number(stored[field.name]) for field in fields(kind)})


def _doors(data: Mapping[str, Any]) -> Doors:
    return Doors(
        known={text(name): Place(place) for name, place in mapping(data["doors"]).items()},
        ways_out=_names(data["ways_out"]),
        went_out=_or(data["went_out"], -inf),
    )


def _ears(data: Mapping[str, Any]) -> Ears:
    return Ears(
        voices=_voices(data),
        lost=_names(data["lost"]),
        missing=_names(data["missing"]),
        blind=flag(data["blind"]),
    )


def _voices(data: Mapping[str, Any]) -> Voices:
    known = {text(name): _voice(value) for name, value in mapping(data["voices"]).items()}
    return Voices(
        known=known,
        lively=number(data["lively"]),
        turns=count(data["turns"]),
        quiet_hours=number(data["quiet_hours"]),
    )


def _voice(value: Any) -> Voice:
    stored = mapping(value)
    counts = {f.name: number(stored[f.name]) for f in fields(Voice) if f.name != "turn"}
    return Voice(turn=count(stored["turn"]), **counts)


def _silence_to_dict(silence: Silence) -> dict[str, Json]:
    return {
        "since": silence.since,
        "counted": silence.counted,
        "score": silence.score,
        "rate": silence.rate,
        "lift": silence.lift,
        "seen": silence.seen,
        "doubted": silence.doubted,
        "unseen": silence.unseen,
        "reached": {rung: [v.at, v.why] for rung, v in silence.reached.items()},
    }


def _silence(value: Any) -> Silence:
    stored = mapping(value)
    return Silence(
        since=number(stored["since"]),
        counted=number(stored["counted"]),
        score=number(stored["score"]),
        rate=number(stored["rate"]),
        lift=number(stored["lift"]),
        seen=flag(stored["seen"]),
        doubted=flag(stored["doubted"]),
        unseen=number(stored["unseen"]),
        reached={Rung(r): _verdict(v) for r, v in mapping(stored["reached"]).items()},
    )


def _verdict(value: Any) -> Verdict:
    at, why = items(value)
    return Verdict(number(at), Why(why))
