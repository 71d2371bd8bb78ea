"""Time-based one-time codes (RFC 6238: SHA-1, 30 s, six digits), as every authenticator has them.

Pure; each code opens once.
"""

from base64 import b32encode
from datetime import datetime
import hmac
import secrets
from typing import Final
from urllib.parse import quote

_STEP_S: Final = 30
_DIGITS: Final = 6
# a telephone's clock may be a little off
_AROUND: Final = (0, -1, 1)


def new_secret() -> bytes:
    return secrets.token_bytes(20)


def code_at(secret: bytes, step: int) -> str:
    mac = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4]) & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def step_of(moment: datetime) -> int:
    return int(moment.timestamp()) // _STEP_S


def used_step(secret: bytes, typed: str, *, last: int, now: datetime) -> int | None:
    """The step whose code was typed, if it is newer than the last one that was used."""
    plain = "".join(typed.split())
    if not plain.isascii() or not plain.isdigit():
        return None
    for offset in _AROUND:
        step = step_of(now) + offset
        if step > last and hmac.compare_digest(code_at(secret, step), plain):
            return step
    return None


def uri(secret: bytes, *, user: str, issuer: str) -> str:
    text = b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{quote(issuer)}:{quote(user)}?secret={text}&issuer={quote(issuer)}"
