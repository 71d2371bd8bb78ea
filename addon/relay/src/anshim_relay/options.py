"""The door for the options file. Read once, when the program starts.

The Supervisor writes it to /data/options.json; elsewhere a person does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from anshim_relay import supervisor
from anshim_relay.centre import Centre, centre_from
from anshim_relay.invitation import district_url, invitation_from, is_local, parts_of
from anshim_relay.option_values import BadOptionsError, text, whole
from anshim_relay.outbox.room import MIB

__all__ = ["BadOptionsError", "Mqtt", "Options", "load", "options_from"]

PORT = 8787
HIGHEST_PORT = 65535
STORAGE_MB = 64
STORAGE_RANGE = range(1, 4097)
SHORTEST_TOKEN = 16
MQTT_PORTS = {"mqtt": 1883, "mqtts": 8883}
# Where the Supervisor looks for an app's page when config.yaml names no other port.
INGRESS_PORT = 8099


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
    page_port: int | None = None
    intake_token: str = ""
    district_url: str = ""
    other_district_urls: Sequence[str] = ()
    district_ca: Path | None = None
    district_key: str = ""
    enrolment_code: str = ""
    storage: int = STORAGE_MB * MIB
    mqtt: Mqtt | None = None
    mqtt_of_home: bool = False
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
    invitation = invitation_from(
        text(document, "enrolment_code"),
        url=text(document, "district_url"),
        key=text(document, "district_key"),
    )
    return Options(
        listen_host=text(document, "listen_host") or default_host(),
        listen_port=whole(document, "listen_port", PORT, range(HIGHEST_PORT + 1)),
        page_port=page_port(document),
        intake_token=token(document),
        district_url=invitation.url,
        other_district_urls=others(document),
        district_ca=existing(document, "district_ca"),
        district_key=invitation.district_key,
        enrolment_code=invitation.code,
        storage=whole(document, "storage_mb", STORAGE_MB, STORAGE_RANGE) * MIB,
        mqtt=mqtt(document),
        mqtt_of_home=mqtt_of_home(document),
        centre=centre_from(document),
    )


def others(document: dict[str, Any]) -> Sequence[str]:
    urls = document.get("other_district_urls") or []
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise BadOptionsError("Option other_district_urls must be a list of addresses.")
    try:
        return tuple(district_url(url.strip()) for url in urls if url.strip())
    except BadOptionsError as error:
        raise BadOptionsError(
            "Option other_district_urls: each must be an address that begins with https://."
        ) from error


def default_host() -> str:
    """To an app, Home Assistant comes from another container; otherwise only this machine may."""
    return "0.0.0.0" if supervisor.is_here() else "127.0.0.1"  # noqa: S104 - see above


def page_port(document: dict[str, Any]) -> int | None:
    """An app always has its page, in Home Assistant's sidebar; a plain program when it is asked."""
    if document.get("page_port") is None:
        return INGRESS_PORT if supervisor.is_here() else None
    return whole(document, "page_port", 0, range(HIGHEST_PORT + 1))


def token(document: dict[str, Any]) -> str:
    value = text(document, "intake_token")
    if value and (len(value) < SHORTEST_TOKEN or not value.isascii() or not value.isprintable()):
        raise BadOptionsError(
            f"Option intake_token must have at least {SHORTEST_TOKEN} plain characters; "
            "leave it empty and the relay makes one."
        )
    return value


def existing(document: dict[str, Any], name: str) -> Path | None:
    value = text(document, name)
    if value and not Path(value).is_file():
        raise BadOptionsError(f"Option {name}: there is no file {value}.")
    return Path(value) if value else None


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


def mqtt_of_home(document: dict[str, Any]) -> bool:
    wanted = document.get("mqtt_of_home") or False
    if not isinstance(wanted, bool):
        raise BadOptionsError("Option mqtt_of_home must be true or false.")
    if wanted and text(document, "mqtt_url"):
        raise BadOptionsError("Options mqtt_url and mqtt_of_home: there is one broker, choose.")
    if wanted and not supervisor.is_here():
        raise BadOptionsError("Option mqtt_of_home needs the Supervisor: write the mqtt_url.")
    return wanted
