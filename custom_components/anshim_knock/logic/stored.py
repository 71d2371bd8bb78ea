"""Single values on their way to and from disk, for `snapshot` and `source`.

Readers raise `TypeError` or `ValueError` and never guess.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

# A clock that is not set may say 1970, and moments from before that boot lie before it.
_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_LAST = datetime(2300, 1, 1, tzinfo=UTC)


def iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def seconds(value: timedelta | None) -> float | None:
    return None if value is None else value.total_seconds()


def maybe[T](read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)


def mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is no object")
    return value


def items(value: Any) -> list[Any]:
    return _only(list, value)


def text(value: Any) -> str:
    return _only(str, value)


def flag(value: Any) -> bool:
    return _only(bool, value)


def _only[T](kind: type[T], value: Any) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r} is no count")
    return value


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def moment(value: Any) -> datetime:
    found = datetime.fromisoformat(text(value))
    if found.tzinfo is None or not _FIRST <= found <= _LAST:
        raise ValueError(f"no moment of a household: {value}")
    return found


def span(value: Any) -> timedelta:
    found = signed_span(value)
    if found < timedelta(0):
        raise ValueError(f"a span below zero: {value}")
    return found


def signed_span(value: Any) -> timedelta:
    return timedelta(seconds=number(value))
