"""The options file → frozen `Options`, or `OptionsError` with one clear sentence.

Read once, by the command line.
"""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from .forgetting.periods import Keep
from .option_values import OptionsError, check_file, check_secret
from .pointer import explain
from .reach.options import Centre, Dc09, Mail, Reach, Sip, check_outward
from .reach.webhook import secret_bytes

type Port = Annotated[int, Meta(ge=0, le=65535)]
type DistrictId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z")]
type Minutes = Annotated[float, Meta(gt=0, le=240)]
type Hours = Annotated[float, Meta(gt=0, le=168)]

_SHORTEST_TOKEN = 16


__all__ = ["Options", "OptionsError", "read_options"]


class Listen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: str = "127.0.0.1"
    port: Port = 8480


class District(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: DistrictId
    name: Annotated[str, Meta(min_length=1, max_length=100)]


class Admin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first administrator. Without a password one is made and written to a file once."""

    user: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")] = "admin"
    password: Annotated[str, Meta(max_length=200)] = ""


class CaseTimes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the district's own clock goes on. The upper bounds are the contract's."""

    hold_minutes: Annotated[float, Meta(gt=0, le=30)] = 30
    rearm_hours: Annotated[float, Meta(gt=0, le=4)] = 4
    emergency_rearm_minutes: Annotated[float, Meta(gt=0, le=30)] = 30
    visit_again_minutes: Minutes = 30
    emergency_again_minutes: Minutes = 5
    # for a home that fell silent, and for an alert that says nothing of its rungs
    knock_minutes: Minutes = 60
    visit_minutes: Minutes = 120
    silent_rearm_hours: Hours = 24
    # how long a silence waits for those beside it: many at once are one outage
    settle_seconds: Annotated[float, Meta(ge=0, le=120)] = 60


class Sender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who tells of signs of life, with a key of their own."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
    # whsec_…
    secret: str
    means: Literal["telephone_record", "spoken"] = "telephone_record"


class Mqtt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The broker at which kits may also leave their events. Without `url` there is none."""

    url: Annotated[str, Meta(pattern=r"^(mqtts?://[^\s/@]+)?\Z")] = ""
    user: str = ""
    password: str = ""
    # the broker's authority, if it is not one of the world's
    ca: str = ""


class Metrics(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may read /metrics. Nothing is set: nobody. Both: either is enough."""

    # for `Authorization: Bearer …`
    token_file: str = ""
    # networks from which no token is asked, unless a proxy passes the request on
    networks: tuple[str, ...] = ()


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    district: District
    listen: Listen = msgspec.field(default_factory=Listen)
    public_url: Annotated[str, Meta(pattern=r"^https?://[^\s]+\Z")] = "http://127.0.0.1:8480"
    language: Literal["ko", "en"] = "ko"
    heartbeat_seconds: Annotated[int, Meta(ge=15, le=86400)] = 300
    session_hours: Hours = 24
    # postgresql://user:password@host/name for several workers; empty: SQLite in the data folder
    database: Annotated[str, Meta(pattern=r"^(postgresql://[^\s]+)?\Z")] = ""
    admin: Admin = msgspec.field(default_factory=Admin)
    times: CaseTimes = msgspec.field(default_factory=CaseTimes)
    reach: Reach = msgspec.field(default_factory=Reach)
    sip: Sip = msgspec.field(default_factory=Sip)
    mail: Mail = msgspec.field(default_factory=Mail)
    centre: Centre = msgspec.field(default_factory=Centre)
    dc09: Dc09 = msgspec.field(default_factory=Dc09)
    evidence: tuple[Sender, ...] = ()
    metrics: Metrics = msgspec.field(default_factory=Metrics)
    mqtt: Mqtt = msgspec.field(default_factory=Mqtt)
    # of the SQLite file, one a night, in the data folder; 0: none
    keep_backups: Annotated[int, Meta(ge=0, le=366)] = 7
    # how long what is kept for
    keep: Keep = msgspec.field(default_factory=Keep)
    # the journal of erasures; empty: in the data folder, left out of backups
    erasure_journal: str = ""
    time_zone: str = "Asia/Seoul"
    # whether everybody at the console must have one
    second_factor: Literal["required", "optional"] = "required"
    # where the key to names and addresses is; empty: beside the database, left out of backups
    registry_key: str = ""
    tls_certificate: str = ""
    tls_key: str = ""

    @property
    def session(self) -> timedelta:
        return timedelta(hours=self.session_hours)


def read_options(path: Path) -> Options:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise OptionsError(f"The options file {path} cannot be read: {error.strerror}.") from error
    try:
        options = msgspec.json.decode(raw, type=Options)
    except msgspec.DecodeError as error:
        flaw = explain(error)
        where = f"the option {flaw.field}" if flaw.field else "the file"
        raise OptionsError(f"The options in {path} are wrong: {where}: {flaw.detail}.") from error
    except UnicodeDecodeError as error:
        raise OptionsError(f"The options in {path} are wrong: the file is not UTF-8.") from error
    try:
        ZoneInfo(options.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise OptionsError(
            f"The option time_zone is wrong: {options.time_zone!r} is no time zone."
        ) from error
    check_outward(options)
    _check_evidence(options.evidence)
    _check_mqtt(options.mqtt)
    _check_metrics(options.metrics)
    if bool(options.tls_certificate) != bool(options.tls_key):
        raise OptionsError(
            "The options tls_certificate and tls_key belong together: give both or neither."
        )
    return options


def _check_evidence(senders: tuple[Sender, ...]) -> None:
    for sender in senders:
        check_secret(f"evidence ({sender.id})", sender.secret)
    for name, values in (
        ("id", {sender.id for sender in senders}),
        ("secret", {secret_bytes(sender.secret) for sender in senders}),
    ):
        if len(values) < len(senders):
            raise OptionsError(
                f"The option evidence is wrong: each sender has an {name} of its own."
            )


def _check_metrics(metrics: Metrics) -> None:
    for network in metrics.networks:
        try:
            wide = ip_network(network).prefixlen == 0
        except ValueError as error:
            raise OptionsError(f"The option metrics.networks is wrong: {error}.") from error
        if wide:
            raise OptionsError("The option metrics.networks is wrong: these are not for the world.")
    if not metrics.token_file:
        return
    try:
        token = Path(metrics.token_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OptionsError(f"The option metrics.token_file is wrong: {error}.") from error
    if len(token) < _SHORTEST_TOKEN:
        raise OptionsError("The option metrics.token_file is wrong: too short to be a secret.")


def _check_mqtt(mqtt: Mqtt) -> None:
    try:
        # the attribute itself refuses what is no port
        urlsplit(mqtt.url).port  # noqa: B018
    except ValueError as error:
        raise OptionsError(f"The option mqtt.url is wrong: {error}.") from error
    check_file("mqtt.ca", mqtt.ca)
