"""Telephone numbers as +82…, and which of them a machine may dial.

Pure. Whoever dials takes a `Dialable`, and only `dialable` makes one: 119 and its like cannot be
reached by any road.
"""

from dataclasses import dataclass
import re
from typing import Final

# mobile, area codes, internet telephones: 9 to 11 digits after the leading 0
_NATIONAL: Final = re.compile(
    r"0(?:1[016789]\d{7,8}|2\d{7,8}|3[1-3]\d{7,8}|4[1-4]\d{7,8}|5[1-5]\d{7,8}|6[1-4]\d{7,8}|70\d{8})"
)
_SEPARATORS: Final = str.maketrans(dict.fromkeys(" -.()\u2010\u2011\u2013\u00a0"))
_COUNTRY: Final = "+82"


class NotDialableError(Exception):
    """A machine never dials this. `because` is a closed code."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True)
class Dialable:
    """A whole Korean subscriber's number, +82…; short numbers (119, 112, 110, 1588-…) are none."""

    e164: str

    def __post_init__(self) -> None:
        if not _NATIONAL.fullmatch("0" + self.e164.removeprefix(_COUNTRY)) or not (
            self.e164.startswith(_COUNTRY)
        ):
            raise NotDialableError("not_a_subscriber")


def normal_number(typed: str) -> str | None:
    """As it is kept: +82 and the rest. `None`: no Korean subscriber's number."""
    plain = typed.strip().translate(_SEPARATORS)
    if plain.startswith(_COUNTRY):
        plain = "0" + plain.removeprefix(_COUNTRY).lstrip("0")
    if not plain.isascii() or not _NATIONAL.fullmatch(plain):
        return None
    return _COUNTRY + plain[1:]


def dialable(number: str) -> Dialable:
    normal = normal_number(number)
    if normal is None:
        digits = number.strip().translate(_SEPARATORS)
        raise NotDialableError("short_number" if digits.isdigit() else "not_a_subscriber")
    return Dialable(normal)


def spoken_number(e164: str) -> str:
    """As people write it: 010-1234-5678."""
    plain = "0" + e164.removeprefix(_COUNTRY)
    head = 2 if plain.startswith("02") else 3
    return f"{plain[:head]}-{plain[head:-4]}-{plain[-4:]}"
