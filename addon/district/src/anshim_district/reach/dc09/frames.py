"""DC-09 frames, plain and encrypted, and what an answer says. Used by the line.

Pure: bytes in, bytes out. An answer that is not exactly what the standard asks for is garbled.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
import re
import secrets
import string

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

EVENT = "SIA-DCS"
POLL = "NULL"
BLOCK = 16
# The standard gives no other: what makes two frames differ is the padding in front.
IV = bytes(BLOCK)
PADDING = string.ascii_letters + string.digits
STAMP = "%H:%M:%S,%m-%d-%Y"
# An answer without anything to say is some 60 bytes long.
LONGEST_ANSWER = 1024

ANSWER = re.compile(
    r"\n(?P<crc>[0-9A-Fa-f]{4})(?P<length>[0-9A-Fa-f]{4})"
    r'(?P<content>"(?P<secret>\*?)(?P<word>ACK|NAK|DUH)"(?P<number>[0-9]{4})?[^\[\r]*'
    r"\[(?P<rest>[^\r]*))\r"
)
STAMPED = re.compile(r"_([0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{2}-[0-9]{2}-[0-9]{4})$")


class GarbledError(Exception):
    """Not a whole answer to our frame, or not one that our key made."""


class Word(StrEnum):
    """`NAK`: say it again with the right time or key. `DUH`: understood, and no use for it."""

    ACK = "ACK"
    NAK = "NAK"
    DUH = "DUH"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who we are at the centre."""

    number: str
    receiver: str = "1"
    line: str = "0"
    key: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    word: Word
    stamp: datetime | None


def frame(account: Account, token: str, data: str, *, number: int, stamp: datetime | None) -> bytes:
    rest = data + "]" + ("" if stamp is None else stamp.astimezone(UTC).strftime(f"_{STAMP}"))
    secret = ""
    if account.key is not None:
        secret, rest = "*", sealed(rest, account.key)
    head = f'"{secret}{token}"{number:04d}R{account.receiver}L{account.line}#{account.number}'
    content = f"{head}[{rest}".encode("ascii")
    return b"\n%04X%04X%s\r" % (crc16(content), len(content), content)


def sealed(rest: str, key: bytes) -> str:
    """At least one block of padding first, so that no two frames look alike."""
    length = BLOCK + (-(len(rest) + 1) % BLOCK)
    padding = "".join(secrets.choice(PADDING) for _ in range(length))
    encryptor = Cipher(algorithms.AES(key), modes.CBC(IV)).encryptor()
    clear = f"{padding}|{rest}".encode("ascii")
    return (encryptor.update(clear) + encryptor.finalize()).hex().upper()


def opened(rest: str, key: bytes) -> str:
    try:
        secret = bytes.fromhex(rest)
        decryptor = Cipher(algorithms.AES(key), modes.CBC(IV)).decryptor()
        clear = (decryptor.update(secret) + decryptor.finalize()).decode("ascii")
    except ValueError as error:
        raise GarbledError("not encrypted with our key") from error
    return clear.partition("|")[2] if "|" in clear else clear


def reply_in(answer: bytes, account: Account, *, number: int) -> Reply:
    """A NAK may be nobody's in particular and in the open; an ACK has to be ours."""
    found = ANSWER.fullmatch(answer.decode("ascii", errors="replace"))
    if found is None:
        raise GarbledError("not an answer")
    content = found["content"].encode("ascii", errors="replace")
    if (int(found["crc"], 16), int(found["length"], 16)) != (crc16(content), len(content)):
        raise GarbledError("wrong length or checksum")
    word, rest = Word(found["word"]), found["rest"]
    if found["secret"] and account.key is not None:
        rest = opened(rest, account.key)
    if word is not Word.NAK:
        if int(found["number"] or 0) != number:
            raise GarbledError("an answer to another frame")
        if bool(found["secret"]) is (account.key is None):
            raise GarbledError("not encrypted as agreed")
        if not re.match(r"[^\[\]|]*\]", rest):
            raise GarbledError("not encrypted with our key")
    return Reply(word=word, stamp=stamp_in(rest))


def stamp_in(rest: str) -> datetime | None:
    found = STAMPED.search(rest)
    try:
        return None if found is None else datetime.strptime(found[1], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def crc16(content: bytes) -> int:
    """CRC-16/ARC."""
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
