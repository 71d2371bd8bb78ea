"""Signatures of callbacks as Standard Webhooks has them (v1: HMAC-SHA-256).

Pure; the API's door for what a provider says.
"""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta
import hmac
from typing import Final

_PREFIX: Final = "whsec_"
_TOLERANCE: Final = timedelta(minutes=5)
_SHORTEST: Final = 24


class BadSecretError(Exception):
    """Not a secret of the standard: whsec_ and 24 bytes or more in base64."""


def secret_bytes(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError as error:
        raise BadSecretError from error
    if len(key) < _SHORTEST:
        raise BadSecretError
    return key


def secrets_in(text: str) -> tuple[bytes, ...]:
    """One on each line: two while one takes the other's place."""
    keys = tuple(secret_bytes(line.strip()) for line in text.splitlines() if line.strip())
    if not keys:
        raise BadSecretError
    return keys


def signature(key: bytes, *, id_: str, timestamp: str, body: bytes) -> str:
    signed = b".".join((id_.encode(), timestamp.encode(), body))
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()


def is_genuine(
    key: bytes, *, id_: str, timestamp: str, signatures: str, body: bytes, now: datetime
) -> bool:
    """One of the signatures is right, and it was made just now."""
    if not id_ or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:  # noqa: PLR2004 - seconds
        return False
    if abs(now.timestamp() - int(timestamp)) > _TOLERANCE.total_seconds():
        return False
    right = signature(key, id_=id_, timestamp=timestamp, body=body)
    return any(hmac.compare_digest(right.encode(), given.encode()) for given in signatures.split())
