"""Draws what a backtest found: the week's life by hour, would-be alarms on it, limits below.

Plain SVG without fonts, scripts or addresses of others, so that it shows wherever an image does and
without internet. Words come from the caller, in the home's language.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

from .played import Played
from .rhythm import Rung
from .rhythm.backtest import Alarm
from .rhythm.parameters import DAY, HOUR

_LEFT, _TOP, _CELL_W, _CELL_H = 56, 34, 26, 22
_HOURS, _DAYS = 24, 7
_CHART_TOP = _TOP + _DAYS * _CELL_H + 74
_CHART_H = 150
_WIDTH = _LEFT + _HOURS * _CELL_W + 20
_HEIGHT = _CHART_TOP + _CHART_H + 64
# From paper to a deep blue: told apart in grey and by whoever does not see colours alike.
_COOL, _WARM = (240, 244, 248), (11, 83, 148)
_INK, _FAINT = "#222", "#888"
# Rungs differ by form as well as by colour.
_COLOUR = {Rung.QUIET: "#b35900", Rung.CALL: "#a1001f"}
_DASH = {Rung.QUIET: "5 4", Rung.CALL: "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """All words in the picture. `weekdays` begin with Monday."""

    life: str
    limits: str
    asked: str
    called: str
    weekdays: Sequence[str]

    def of(self, rung: Rung) -> str:
        return self.called if rung is Rung.CALL else self.asked


def draw(past: Played, captions: Captions) -> str:
    """The whole picture as the text of an SVG file."""
    body = "".join(
        [
            *_heat(past, captions),
            *_alarms(past),
            *_limits(past, captions),
            *_legend(past, captions),
        ]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="#fff"/>{body}</svg>'
    )


def _heat(past: Played, captions: Captions) -> Iterator[str]:
    yield _text(_LEFT, 20, captions.life, weight="bold")
    busiest = max(max(row) for row in past.heat) or 1
    for day, row in enumerate(past.heat):
        y = _TOP + day * _CELL_H
        yield _text(_LEFT - 8, y + 15, captions.weekdays[day], anchor="end")
        for hour, count in enumerate(row):
            x = _LEFT + hour * _CELL_W
            yield (
                f'<rect x="{x}" y="{y}" width="{_CELL_W - 1}" height="{_CELL_H - 1}" '
                f'fill="{_shade(count / busiest)}"/>'
            )
    yield from _clock(_TOP + _DAYS * _CELL_H + 14)


def _clock(y: int) -> Iterator[str]:
    """The hours below a picture of the day."""
    for hour in range(0, _HOURS + 1, 3):
        yield _text(_LEFT + hour * _CELL_W, y, str(hour), fill=_FAINT, anchor="middle")


def _alarms(past: Played) -> Iterator[str]:
    for rung in Rung:
        for alarm in past.rungs[rung].alarms:
            yield _mark(rung, *_place(alarm))


def _place(alarm: Alarm) -> tuple[float, float]:
    """Where a moment lies in the week."""
    # The first of January 1970 was a Thursday.
    day = (int(alarm.at // DAY) + 3) % _DAYS
    return _LEFT + alarm.at % DAY / HOUR * _CELL_W, _TOP + (day + 0.5) * _CELL_H


def _mark(rung: Rung, x: float, y: float) -> str:
    """A ring for a question at home, a full square for a call."""
    if rung is Rung.QUIET:
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="none" '
            f'stroke="{_COLOUR[rung]}" stroke-width="2.5"/>'
        )
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{_COLOUR[rung]}"/>'


def _limits(past: Played, captions: Captions) -> Iterator[str]:
    yield _text(_LEFT, _CHART_TOP - 16, captions.limits, weight="bold")
    longest = max(max(limits) for limits in past.limits.values()) / HOUR
    step = 4 if longest <= _HOURS else _HOURS
    top = max(ceil(longest / step), 1) * step
    height = _scale(top)
    for hours in range(0, top + 1, step):
        y = height(hours)
        yield (
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _HOURS * _CELL_W}" y2="{y:.1f}" '
            'stroke="#ddd"/>'
        )
        yield _text(_LEFT - 8, y + 4, f"{hours} h", fill=_FAINT, anchor="end")
    for rung, limits in past.limits.items():
        yield _curve(rung, [height(limit / HOUR) for limit in limits])
    yield from _clock(_CHART_TOP + _CHART_H + 16)


def _scale(top: float) -> Callable[[float], float]:
    return lambda hours: _CHART_TOP + _CHART_H * (1.0 - hours / top)


def _curve(rung: Rung, heights: Sequence[float]) -> str:
    points = " ".join(
        f"{_LEFT + (hour + 0.5) * _CELL_W:.1f},{y:.1f}" for hour, y in enumerate(heights)
    )
    return (
        f'<polyline points="{points}" fill="none" stroke="{_COLOUR[rung]}" '
        f'stroke-width="2.5" stroke-dasharray="{_DASH[rung]}"/>'
    )


def _legend(past: Played, captions: Captions) -> Iterator[str]:
    y = _HEIGHT - 16
    for number, rung in enumerate(past.limits):
        x = _LEFT + number * (_WIDTH - _LEFT) // 2
        yield _mark(rung, x + 6, y - 4)
        yield (
            f'<line x1="{x + 20}" y1="{y - 4}" x2="{x + 48}" y2="{y - 4}" '
            f'stroke="{_COLOUR[rung]}" stroke-width="2.5" stroke-dasharray="{_DASH[rung]}"/>'
        )
        yield _text(x + 56, y, captions.of(rung))


def _shade(share: float) -> str:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(_COOL, _WARM, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _text(
    x: float, y: float, words: str, *, fill: str = _INK, anchor: str = "start", weight: str = ""
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" text-anchor="{anchor}"{bold}>'
        f"{escape(words)}</text>"
    )
