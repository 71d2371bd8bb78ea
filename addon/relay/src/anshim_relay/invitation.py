"""The door for what a district hands out: an address, a one-time code, a key, or a QR code's text.

Called by the options' door and by the page on which a technician types it.
"""

from dataclasses import dataclass
from enum import StrEnum
import ipaddress
import re
from urllib.parse import parse_qs, urlsplit

from anshim_relay import jws
from anshim_relay.option_values import BadOptionsError

QR = "anshim:enrol?"
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{20}")


class Wrong(StrEnum):
    CODE = "code"
    ADDRESS = "address"
    KEY = "key"


class BadInvitationError(BadOptionsError):
    """Also says which part it is, for whoever has words of their own for it."""

    def __init__(self, what: Wrong, sentence: str) -> None:
        super().__init__(sentence)
        self.what = what


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What a person was given; the district's key only if it was on the paper."""

    code: str
    district_key: str = ""
    url: str = ""

    @property
    def sha256(self) -> str:
        return jws.digest(normalised(self.code).encode())


def invitation_from(code: str, *, url: str = "", key: str = "") -> Invitation:
    """The code's field also takes the whole QR text; what is written beside it goes before."""
    scanned: dict[str, list[str]] = {}
    if code.startswith(QR):
        scanned = parse_qs(code.removeprefix(QR))
        code = scanned.get("c", [""])[0]
    key = key or scanned.get("k", [""])[0]
    if key and not THUMBPRINT.fullmatch(key):
        raise BadInvitationError(
            Wrong.KEY, "Option district_key must be the 43 characters of a thumbprint."
        )
    if code and not CODE.fullmatch(normalised(code)):
        raise BadInvitationError(
            Wrong.CODE,
            "Option enrolment_code must have the 20 characters of a code, "
            "or be the QR code's text.",
        )
    return Invitation(
        code=code, district_key=key, url=district_url(url or scanned.get("u", [""])[0])
    )


def normalised(code: str) -> str:
    """As people read and type it: case, hyphens and spaces do not count, O is 0, I and L are 1."""
    plain = code.upper().replace("-", "").replace(" ", "")
    return plain.translate(str.maketrans("OIL", "011"))


def district_url(url: str) -> str:
    """Heartbeats carry a bearer token: without TLS they stay in the house."""
    if not url:
        return ""
    scheme, host = parts_of(url)
    if scheme not in {"http", "https"} or not host:
        raise BadInvitationError(
            Wrong.ADDRESS, "Option district_url must be an address like https://district.example."
        )
    if scheme == "http" and not is_local(host):
        raise BadInvitationError(
            Wrong.ADDRESS,
            "Option district_url must begin with https:// unless the district is on this network.",
        )
    return url.rstrip("/")


def parts_of(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        plain = not (parts.query or parts.fragment or parts.username) and parts.port != 0
    except ValueError:
        return "", ""
    return (parts.scheme, parts.hostname or "") if plain else ("", "")


def is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal"))
    return address.is_loopback or address.is_private or address.is_link_local
