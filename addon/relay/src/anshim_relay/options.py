"""The door for the options file. Read once, when the program starts.

The Supervisor writes it to /data/options.json; elsewhere a person does.
"""

from dataclasses import dataclass
import ipaddress
from pathlib import Path
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from anshim_relay import supervisor
from anshim_relay.centre import Centre, centre_from
from anshim_relay.option_values import BadOptionsError, text, whole
from anshim_relay.outbox.room import MIB

__all__ = ["BadOptionsError", "Mqtt", "Options", "load", "normalised", "options_from"]

PORT = 8787
HIGHEST_PORT = 65535
STORAGE_MB = 64
STORAGE_RANGE = range(1, 4097)
SHORTEST_TOKEN = 16
QR = "anshim:enrol?"
MQTT_PORTS = {"mqtt": 1883, "mqtts": 8883}
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{20}")


@dataclass(frozen=True, kw_only=True)
class Mqtt:
    """The district's broker, as a second way to it."""

    host: str
    port: int
    is_plain: bool
    user: str
    password: str


@dataclass(frozen=True, kw_only=True)
class Options:
    listen_host: str
    listen_port: int = PORT
    intake_token: str = ""
    district_url: str = ""
    district_ca: Path | None = None
    district_key: str = ""
    enrolment_code: str = ""
    storage: int = STORAGE_MB * MIB
    mqtt: Mqtt | None = None
    centre: Centre | None = None


def load(path: Path) -> Options:
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise BadOptionsError(f"Cannot read the options file {path}: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise BadOptionsError(f"The options file {path} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise BadOptionsError(f"The options file {path} must hold one JSON object.")
    return options_from(document)


def options_from(document: dict[str, Any]) -> Options:
    url, code, key = enrolment_in(document)
    return Options(
        listen_host=text(document, "listen_host") or default_host(),
        listen_port=whole(document, "listen_port", PORT, range(HIGHEST_PORT + 1)),
        intake_token=token(document),
        district_url=district_url(url),
        district_ca=existing(document, "district_ca"),
        district_key=key,
        enrolment_code=code,
        storage=whole(document, "storage_mb", STORAGE_MB, STORAGE_RANGE) * MIB,
        mqtt=mqtt(document),
        centre=centre_from(document),
    )


def default_host() -> str:
    """To an app, Home Assistant comes from another container; otherwise only this machine may."""
    return "0.0.0.0" if supervisor.is_here() else "127.0.0.1"  # noqa: S104 - see above


def token(document: dict[str, Any]) -> str:
    value = text(document, "intake_token")
    if value and (len(value) < SHORTEST_TOKEN or not value.isascii() or not value.isprintable()):
        raise BadOptionsError(
            f"Option intake_token must have at least {SHORTEST_TOKEN} plain characters; "
            "leave it empty and the relay makes one."
        )
    return value


def enrolment_in(document: dict[str, Any]) -> tuple[str, str, str]:
    """The code's field also takes the whole QR text; what is written beside it goes before."""
    code = text(document, "enrolment_code")
    scanned: dict[str, list[str]] = {}
    if code.startswith(QR):
        scanned = parse_qs(code.removeprefix(QR))
        code = scanned.get("c", [""])[0]
    url = text(document, "district_url") or scanned.get("u", [""])[0]
    key = text(document, "district_key") or scanned.get("k", [""])[0]
    if key and not THUMBPRINT.fullmatch(key):
        raise BadOptionsError("Option district_key must be the 43 characters of a thumbprint.")
    if code and not CODE.fullmatch(normalised(code)):
        raise BadOptionsError(
            "Option enrolment_code must have the 20 characters of a code, or be the QR code's text."
        )
    return url, code, key


def normalised(code: str) -> str:
    """As people read and type it: case, hyphens and spaces do not count, O is 0, I and L are 1."""
    plain = code.upper().replace("-", "").replace(" ", "")
    return plain.translate(str.maketrans("OIL", "011"))


def existing(document: dict[str, Any], name: str) -> Path | None:
    value = text(document, name)
    if value and not Path(value).is_file():
        raise BadOptionsError(f"Option {name}: there is no file {value}.")
    return Path(value) if value else None


def district_url(url: str) -> str:
    """Heartbeats carry a bearer token: without TLS they stay in the house."""
    if not url:
        return ""
    scheme, host = parts_of(url)
    if scheme not in {"http", "https"} or not host:
        raise BadOptionsError(
            "Option district_url must be an address like https://district.example."
        )
    if scheme == "http" and not is_local(host):
        raise BadOptionsError(
            "Option district_url must begin with https:// unless the district is on this network."
        )
    return url.rstrip("/")


def mqtt(document: dict[str, Any]) -> Mqtt | None:
    """A password goes with it: without TLS it stays in the house."""
    url = text(document, "mqtt_url")
    if not url:
        return None
    scheme, host = parts_of(url)
    if scheme not in MQTT_PORTS or not host:
        raise BadOptionsError("Option mqtt_url must be an address like mqtts://district.example.")
    if scheme == "mqtt" and not is_local(host):
        raise BadOptionsError(
            "Option mqtt_url must begin with mqtts:// unless the broker is on this network."
        )
    return Mqtt(
        host=host,
        port=urlsplit(url).port or MQTT_PORTS[scheme],
        is_plain=scheme == "mqtt",
        user=text(document, "mqtt_user"),
        password=text(document, "mqtt_password"),
    )


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
