"""Single values of the options file, or one sentence for the person who wrote it.

Used by the doors for options.
"""

from collections.abc import Mapping
from typing import Any


class BadOptionsError(ValueError):
    """One sentence that says which option to change, and how."""


def text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadOptionsError(f"Option {name} must be a text.")
    return value.strip()


def whole(document: Mapping[str, Any], name: str, default: int, allowed: range) -> int:
    value = document.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
        span = f"{allowed.start} to {allowed.stop - 1}"
        raise BadOptionsError(f"Option {name} must be a whole number from {span}.")
    return value
