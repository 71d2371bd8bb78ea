"""Turns msgspec's sentence about a flaw into a JSON pointer and one of the contract's reason codes.

Used by the doors.
"""

from dataclasses import dataclass
import re
from typing import Final

import msgspec

_PATH: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_FIELD: Final = re.compile(r"required field `([^`]+)`")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")

# the first that is found in msgspec's sentence; the order matters
_REASONS: Final = (
    ("missing required field", "missing"),
    ("unknown field", "forbidden"),
    ("matching regex", "format"),
    ("of length", "size"),
    ("Invalid enum value", "value"),
    ("Invalid datetime", "format"),
    (">", "range"),
    ("<", "range"),
    ("Expected", "type"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong: where (RFC 6901), the contract's reason code, and a sentence."""

    field: str
    reason: str
    detail: str

    def below(self, prefix: str) -> Flaw:
        return Flaw(field=prefix + self.field, reason=self.reason, detail=self.detail)


def explain(error: msgspec.DecodeError) -> Flaw:
    found = _PATH.match(str(error))
    what, path = (found["what"], found["path"] or "") if found else (str(error), "")
    steps = [name or number for name, number in _STEP.findall(path)]
    if missing := _FIELD.search(what):
        steps.append(missing[1])
    pointer = "".join(f"/{escaped(step)}" for step in steps)
    return Flaw(field=pointer, reason=_reason(error, what), detail=what.rstrip("."))


def escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _reason(error: msgspec.DecodeError, what: str) -> str:
    if not isinstance(error, msgspec.ValidationError):
        return "format"
    return next((code for mark, code in _REASONS if mark in what), "value")
