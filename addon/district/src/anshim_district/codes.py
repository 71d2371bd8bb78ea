"""One-time enrolment codes (contract §6).

100 random bits in Crockford's base 32, folded as people type them.
"""

import secrets
from typing import Final

from .door import digest

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 20
_GROUP: Final = 5
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(letters[i : i + _GROUP] for i in range(0, _LENGTH, _GROUP))


def normalised(code: str) -> str | None:
    """As it was issued, without hyphens; `None` when it cannot be a code."""
    folded = code.upper().translate(_READ_AS)
    fits = len(folded) == _LENGTH and all(letter in _ALPHABET for letter in folded)
    return folded if fits else None


def code_hash(normal: str) -> str:
    return digest(normal.encode())
